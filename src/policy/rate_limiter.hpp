#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "box/policy/rate_options.hpp"

namespace box::inline v0_1 {

/// Decides when the next call may be sent. Calls are evenly spaced. Their rate grows gradually; after a 429 it is
/// lower, and no call is sent before the Retry-After is over. No window has more calls than the cap allows, wherever
/// the window of the server begins.
///
/// It has no I/O and no clock. A call counts from its sending until one window after its answer, because the server may
/// have counted it at any time in between. *Threads*: only one thread at a time.
class RateLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Throws BoxSdkError with Errc::invalidConfiguration; its text names the option.
  RateLimiter(const RateOptions& options, TimePoint now);

  /// Counts a call of an earlier run, which this run continues, in the window.
  void countEarlier(TimePoint at);

  /// The time at which the next call may be sent; `now` or earlier: at once. TimePoint::max(): not before another call
  /// has been answered.
  TimePoint next(TimePoint now);
  /// Records that a call is sent. May be called only when next(now) allows it.
  void sent(TimePoint now);
  /// Records that a call was answered, or has ended without an answer.
  void replied(TimePoint now);
  /// To be called instead of replied() if the answer was 429. `sentAt`: when the call was sent; `random`: in [0,
  /// 1).
  void throttled(TimePoint sentAt, std::optional<std::chrono::nanoseconds> retryAfter, double random, TimePoint now);
  /// Allows no call for the time `asked` by the server, which is limited to longestRetryAfter and lengthened by a
  /// random time of up to a second.
  void pause(std::chrono::nanoseconds asked, double random, TimePoint now);

  /// How many calls per second are allowed now.
  double rate(TimePoint now);
  /// The time until which no call may be sent; a time in the past means that calls may be sent.
  TimePoint coolDownUntil() const noexcept { return coolDownUntil_; }

 private:
  std::size_t inWindow(TimePoint now);
  void grow(TimePoint now);
  void coolDown(std::chrono::nanoseconds wait, double random, TimePoint now);

  RateOptions options_;
  std::optional<std::size_t> limit_;  // the most calls in a window; unset: no limit
  double rate_;
  std::optional<double> refused_;  // RateOptions::increase says what it is; unset: no 429, or the rate has exceeded it
  TimePoint grownAt_;
  TimePoint nextAt_;
  TimePoint coolDownUntil_;
  TimePoint decreasedAt_;
  unsigned throttlesInARow_ = 0;  // those without Retry-After
  std::size_t inFlight_ = 0;
  std::deque<TimePoint> ends_;  // the end times of the calls in the window, ascending
};

}  // namespace box::inline v0_1
