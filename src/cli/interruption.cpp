#include "cli/interruption.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "cli/system/process.hpp"

namespace box::cli {

namespace {

extern "C" void leaveAtOnce(int) { std::_Exit(static_cast<int>(Exit::interrupted)); }

}  // namespace

StopSignals::StopSignals(asio::io_context& context, std::vector<std::function<void()>> stages)
    : signals_(context), awaited_(stopSignals()), stages_(std::move(stages)) {
  for (const int signal : awaited_) signals_.add(signal);
  await();
}

void StopSignals::await() {
  signals_.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    const std::function<void()>& stage = stages_[next_++];
    if (next_ < stages_.size()) {
      await();
    } else {
      signals_.clear();
      for (const int signal : awaited_) std::signal(signal, &leaveAtOnce);
    }
    stage();
  });
}

namespace {

/// The first signal cancels the call in progress, the second ends the program. *Threads*: the one that runs the
/// io_context, so that the cancellation is emitted where the call's coroutine runs.
class Interruption {
 public:
  Interruption(asio::io_context& context, const Console& console)
      : signals_(
            context, {[this, &console] {
              console.complain("stopping: the request in progress is cancelled. Press Ctrl-C again to stop at once");
              cancellation_.emit(asio::cancellation_type::terminal);
            }}) {}

  asio::cancellation_slot slot() noexcept { return cancellation_.slot(); }
  /// Cancels the call in progress, as the first signal does.
  void cancel() { cancellation_.emit(asio::cancellation_type::terminal); }
  bool happened() const noexcept { return signals_.happened(); }
  /// Ends the wait for signals, which keeps the io_context running.
  void stopWaiting() { signals_.stopWaiting(); }

 private:
  asio::cancellation_signal cancellation_;
  StopSignals signals_;
};

}  // namespace

bool runInterruptibly(asio::io_context& context, asio::awaitable<void> work, const Console& console,
                      std::optional<std::chrono::milliseconds> limit) {
  Interruption interruption(context, console);
  asio::steady_timer timer(context);
  bool isDone = false, isLate = false;
  if (limit) {
    timer.expires_after(*limit);
    timer.async_wait([&](const boost::system::error_code& cancelled) {
      if (cancelled || isDone) return;
      isLate = true;
      interruption.cancel();
    });
  }
  const WorkEnd<void> end = runToEnd(context, std::move(work), interruption.slot(), [&] {
    isDone = true;
    interruption.stopWaiting();
    timer.cancel();
  });
  if (end.failure && !interruption.happened() && !isLate) std::rethrow_exception(end.failure);
  return interruption.happened();
}

}  // namespace box::cli
