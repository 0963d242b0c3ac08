#pragma once

#include <chrono>

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

}  // namespace box
