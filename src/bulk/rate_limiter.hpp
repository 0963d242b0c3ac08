#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "box/bulk/rate_options.hpp"

namespace box {

/// Says when the next call may go: evenly spaced, faster by and by, slower after a 429, not at all until its
/// Retry-After has passed, and never more in any window than the cap allows, wherever in it the other side counts them.
///
/// No I/O, no clock. A call counts from its release until a window after its answer: where between the two the server
/// has seen it, nobody here knows. *Threads*: one at a time.
class RateLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Throws BoxSdkError with Errc::invalidConfiguration, which names the option.
  RateLimiter(const RateOptions& options, TimePoint now);

  /// A call of another limiter's that the window has to count: of an earlier run, which this one continues.
  void countEarlier(TimePoint at);

  /// When the next call may go; `now` or earlier: at once. TimePoint::max(): not before an answer has come.
  TimePoint next(TimePoint now);
  /// The call goes. To be called when next(now) allows it.
  void release(TimePoint now);
  /// A released call was answered, or ended without an answer.
  void replied(TimePoint now);
  /// Instead of replied(): the answer was 429. `sentAt`: when the call was released; `random`: in [0, 1).
  void throttled(TimePoint sentAt, std::optional<std::chrono::nanoseconds> retryAfter, double random, TimePoint now);
  /// Nothing goes for so long; `asked` is cut to longestRetryAfter, and lengthened by up to a second at random.
  void pause(std::chrono::nanoseconds asked, double random, TimePoint now);

  /// Calls a second, as allowed now.
  double rate(TimePoint now);
  /// Until when nothing goes; in the past: it does.
  TimePoint coolDownUntil() const noexcept { return coolDownUntil_; }

 private:
  std::size_t inWindow(TimePoint now);
  void grow(TimePoint now);

  RateOptions options_;
  std::optional<std::size_t> limit_;  // calls in a window; none: no limit
  double rate_;
  std::optional<double> refused_;  // the rate that the last 429 was about
  TimePoint grownAt_;
  TimePoint nextAt_;
  TimePoint coolDownUntil_;
  TimePoint decreasedAt_;
  unsigned throttlesInARow_ = 0;
  std::size_t inFlight_ = 0;
  std::deque<TimePoint> ends_;  // of the calls in the window, ascending
};

}  // namespace box
