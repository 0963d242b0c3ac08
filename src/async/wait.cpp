#include "async/wait.hpp"

#include <optional>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/heard_cancellation.hpp"

namespace box::inline v0_1 {

asio::awaitable<error_code> waitWhileOpen(Waiter& waiter, const std::shared_ptr<Watchdog>& watchdog) {
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  // One that came while nothing was pending will not end a wait that begins now.
  asio::cancellation_type cancelled = state.cancelled();
  if (cancelled == asio::cancellation_type::none) {
    std::optional<Watchdog::CloseSubscription> closing;
    if (watchdog) closing.emplace(watchdog, waiter);
    cancelled = co_await waitForCancellation(waiter);
  }
  if (watchdog && watchdog->closed()) co_return make_error_code(Errc::clientClosed);
  co_return cancelled == asio::cancellation_type::none ? error_code() : error_code(asio::error::operation_aborted);
}

asio::awaitable<asio::cancellation_type> letOthersRun() {
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  HeardCancellation heard(state.slot());
  co_await asio::post(asio::bind_cancellation_slot(heard.slot(), asio::use_awaitable));
  co_return heard.types();
}

asio::awaitable<asio::cancellation_type> waitForCancellation(Waiter& waiter) {
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  HeardCancellation heard(state.slot());
  error_code ignored;
  auto token = asio::bind_cancellation_slot(heard.slot(), asio::redirect_error(asio::use_awaitable, ignored));
  co_await waiter.asyncWait(std::move(token));
  co_return heard.types();
}

}  // namespace box::inline v0_1
