#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "box/support/export.hpp"

namespace box {

/// How fast calls may go out. Rates are calls a second, durations at most 24 h.
struct RateOptions {
  double start = 12;  ///< 0.00001 or more; cut to `cap`
  double cap = 15;    ///< 0.00001 or more; infinity lifts it. 15 leaves a tenth of Box's 1,000 calls a minute to others
  double floor = 0.2;  ///< what decreases stop at; 0.00001 or more
  double increase =
      0.05;  ///< added each second without a 429; a tenth of it from 0.85 to 1.1 times what was refused last
  double decrease =
      0.7;  ///< factor for the rate after a 429, applied once for all calls in progress then; within (0, 1]
  std::chrono::nanoseconds window = std::chrono::minutes(1);  ///< no more than cap · window in any span of this length
  std::chrono::nanoseconds coolDown =
      std::chrono::seconds(2);  ///< after a 429 without Retry-After, doubled each time in a row
  std::chrono::nanoseconds longestCoolDown = std::chrono::seconds(60);  ///< up to this
  std::chrono::nanoseconds longestRetryAfter = std::chrono::minutes(15);
};

/// Says when the next call may go: evenly spaced, faster by and by, slower after a 429, not at all until its Retry-After has
/// passed, and never more in any window than the cap allows, wherever in it the other side counts them.
///
/// No I/O, no clock. A call counts from its release until a window after its answer: where between the two the server has
/// seen it, nobody here knows. *Threads*: one at a time.
class BOX_API RateLimiter {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// *Errors*: BoxSdkError with Errc::invalidConfiguration, naming the option.
  RateLimiter(const RateOptions& options, TimePoint now);

  /// A call of another limiter's that the window has to count: of the run that this one goes on with.
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
