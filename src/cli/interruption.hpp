#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <box/support/asio.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace box::cli {

/// Runs the next stage at each of stopSignals(); after the last stage, a further signal ends the program.
/// *Threads*: the one that runs the io_context.
class StopSignals {
 public:
  StopSignals(asio::io_context& context, std::vector<std::function<void()>> stages);

  bool happened() const noexcept { return next_ > 0; }
  /// Ends the wait for signals, which keeps the io_context running.
  void stopWaiting() { signals_.cancel(); }

 private:
  void await();

  asio::signal_set signals_;
  const std::vector<int> awaited_;
  std::vector<std::function<void()>> stages_;
  std::size_t next_ = 0;
};

/// How some work has ended: with a result, or with an exception.
template <class T>
struct WorkEnd {
  std::conditional_t<std::is_void_v<T>, std::monostate, T> result{};
  std::exception_ptr failure{};
};

/// Runs this work, and all that it starts, to its end. `atEnd` is called when the work has ended: it ends what would
/// keep the io_context running.
template <class T, class AtEnd>
WorkEnd<T> runToEnd(asio::io_context& context, asio::awaitable<T> work, asio::cancellation_slot slot, AtEnd atEnd) {
  WorkEnd<T> end;
  asio::co_spawn(context, std::move(work),
                 asio::bind_cancellation_slot(slot, [&](std::exception_ptr error, auto... value) {
                   end.failure = error;
                   if constexpr (sizeof...(value) != 0) end.result = (std::move(value), ...);
                   atEnd();
                 }));
  context.restart();
  context.run();
  return end;
}

/// The same for work that `signals` end. *Errors*: those of the work.
template <class T>
T runToEnd(asio::io_context& context, asio::awaitable<T> work, StopSignals& signals, const Console& console) {
  WorkEnd<T> end = runToEnd(context, std::move(work), asio::cancellation_slot(), [&signals] { signals.stopWaiting(); });
  console.status({});
  if (end.failure) std::rethrow_exception(end.failure);
  return std::move(end.result);
}

/// Runs this work and everything that it starts until it has ended. A signal cancels it. True: a signal came, even if
/// the work ended by itself. *Errors*: those of the work, unless a signal came. `limit`: when this time is up the work
/// is cancelled; what it has done by then counts, and the cancellation is not an error.
bool runInterruptibly(asio::io_context& context, asio::awaitable<void> work, const Console& console,
                      std::optional<std::chrono::milliseconds> limit = std::nullopt);

}  // namespace box::cli
