#pragma once

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <functional>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <box/support/asio.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace box::cli {

/// Runs the next stage at each SIGINT, SIGTERM or SIGHUP; after the last stage, a further signal ends the program.
/// *Threads*: the one that runs the io_context.
class StopSignals {
 public:
  StopSignals(asio::io_context& context, std::vector<std::function<void()>> stages);

  bool happened() const noexcept { return next_ > 0; }
  /// No longer keeps the io_context running.
  void stopWaiting() { signals_.cancel(); }

 private:
  static constexpr std::array handled = {SIGINT, SIGTERM, SIGHUP};

  void await();

  asio::signal_set signals_;
  std::vector<int> awaited_;
  std::vector<std::function<void()>> stages_;
  std::size_t next_ = 0;
};

/// The first signal ends the call in flight, the second the program. Lives in the one thread that runs the io_context,
/// so the cancellation is emitted where the call's coroutine runs.
class Interruption {
 public:
  Interruption(asio::io_context& context, const Console& console);

  asio::cancellation_slot slot() noexcept { return cancellation_.slot(); }
  /// Ends the call in flight, as the first signal does.
  void cancel() { cancellation_.emit(asio::cancellation_type::terminal); }
  bool happened() const noexcept { return signals_.happened(); }
  /// No longer keeps the io_context running.
  void stopWaiting() { signals_.stopWaiting(); }

 private:
  asio::cancellation_signal cancellation_;
  StopSignals signals_;
};

/// Runs this work, and all that it starts, to its end, which an interruption hastens. True where there was one, even
/// if the work came to its own end. *Errors*: those of the work; of an interrupted one they are dropped.
bool runInterruptibly(asio::io_context& context, asio::awaitable<void> work, const Console& console);
/// The same for at most so long. What of it is done then is kept: that it was cancelled is no error.
bool runInterruptibly(asio::io_context& context, asio::awaitable<void> work, std::chrono::milliseconds limit,
                      const Console& console);

}  // namespace box::cli
