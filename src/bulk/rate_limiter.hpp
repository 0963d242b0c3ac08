#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "box/bulk/rate_options.hpp"

namespace box::inline v0_1 {

/// Says when the next call may be sent: evenly spaced; gradually faster; slower after a 429, and not before its
/// Retry-After is over. In no window are there more calls than the cap allows, wherever the server's window begins.
///
/// No I/O, no clock. A call counts from its release until one window after its answer, because the server may have
/// counted it at any time in between. *Threads*: one at a time.
class RateLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Throws BoxSdkError with Errc::invalidConfiguration, which names the option.
  RateLimiter(const RateOptions& options, TimePoint now);

  /// Counts a call of another limiter in the window: one of an earlier run that this run continues.
  void countEarlier(TimePoint at);

  /// When the next call may be sent; `now` or earlier: at once. TimePoint::max(): not before an answer has come.
  TimePoint next(TimePoint now);
  /// A call is sent. Call this only when next(now) allows it.
  void release(TimePoint now);
  /// A released call was answered, or ended without an answer.
  void replied(TimePoint now);
  /// Instead of replied(): the answer was 429. `sentAt`: when the call was released; `random`: in [0, 1).
  void throttled(TimePoint sentAt, std::optional<std::chrono::nanoseconds> retryAfter, double random, TimePoint now);
  /// No call may be sent for the time `asked`, which is cut to longestRetryAfter and lengthened by up to a second at
  /// random.
  void pause(std::chrono::nanoseconds asked, double random, TimePoint now);

  /// Calls a second, as allowed now.
  double rate(TimePoint now);
  /// The time until which no call may be sent; in the past: calls may be sent.
  TimePoint coolDownUntil() const noexcept { return coolDownUntil_; }

 private:
  std::size_t inWindow(TimePoint now);
  void grow(TimePoint now);

  RateOptions options_;
  std::optional<std::size_t> limit_;  // calls in a window; none: no limit
  double rate_;
  std::optional<double> refused_;  // the rate at the last 429
  TimePoint grownAt_;
  TimePoint nextAt_;
  TimePoint coolDownUntil_;
  TimePoint decreasedAt_;
  unsigned throttlesInARow_ = 0;
  std::size_t inFlight_ = 0;
  std::deque<TimePoint> ends_;  // of the calls in the window, ascending
};

}  // namespace box::inline v0_1
