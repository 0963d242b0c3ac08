#include "async/wait.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace box::inline v0_1 {

asio::awaitable<error_code> waitWhileOpen(Waiter& waiter, const std::shared_ptr<Watchdog>& watchdog) {
  error_code ec;
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    // It came while nothing was pending, and will not end a wait that begins now.
    ec = asio::error::operation_aborted;
  } else {
    std::optional<Watchdog::CloseSubscription> closing;
    if (watchdog) closing.emplace(watchdog, waiter);
    co_await waiter.asyncWait(asio::redirect_error(asio::use_awaitable, ec));
  }
  if (watchdog && watchdog->closed()) co_return make_error_code(Errc::clientClosed);
  // A wake-up ends the wait of the timer in the same way as a cancellation.
  const bool cancelled = ec && !waiter.woken();
  co_return cancelled ? error_code(asio::error::operation_aborted) : error_code();
}

asio::awaitable<asio::cancellation_type> waitForCancellation(Waiter& waiter) {
  struct Heard {
    asio::cancellation_type types = asio::cancellation_type::none;
    asio::cancellation_signal passedOn;
  };
  // Asio does not clear the caller's slot if there is no memory for the wait.
  const auto heard = std::make_shared<Heard>();
  // The operation would put its own handler into this slot. Asio clears the slot when the operation ends.
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  asio::cancellation_slot slot = state.slot();
  if (slot.is_connected()) {
    slot.assign([weak = std::weak_ptr(heard)](asio::cancellation_type type) {
      const auto locked = weak.lock();
      if (!locked) return;
      locked->types = locked->types | type;
      locked->passedOn.emit(type);
    });
  }
  error_code ignored;
  auto token = asio::bind_cancellation_slot(heard->passedOn.slot(), asio::redirect_error(asio::use_awaitable, ignored));
  co_await waiter.asyncWait(std::move(token));
  co_return heard->types;
}

}  // namespace box::inline v0_1
