#pragma once

#include <chrono>

namespace box::inline v0_1 {

/// How fast calls may be sent. Rates are calls per second; durations are at most 24 h.
struct RateOptions {
  double start = 12;  ///< the rate at the start; 0.00001 or more; a value above `cap` counts as `cap`
  /// The highest rate; 0.00001 or more; infinity: no limit. 15 leaves a tenth of Box's 1,000 calls per minute to other
  /// programs.
  double cap = 15;
  double floor = 0.2;  ///< the rate is not decreased below this; 0.00001 or more; a value above `cap` counts as `cap`
  /// How much the rate grows in each second without a 429; 0 to 1,000,000. Near the rate at which Box last answered 429
  /// (0.85 to 1.1 times that rate), the rate grows by only a tenth of this. The rate at which Box answered 429 is
  /// estimated as the lower of two: the rate that was allowed at the last 429, and the average over the `window` before
  /// that 429, which is (calls that ended in the window + calls in progress) / window. The average is needed because
  /// Box counts the calls of a whole period, and for most of that period the rate may have been lower than at the 429.
  /// Where cap · window is 10,000,000 or more, calls are not counted, and only the rate at the last 429 is used.
  double increase = 0.05;
  /// The factor for the rate after a 429, applied once for all calls that were in progress then; more than 0 and at
  /// most 1.
  double decrease = 0.7;
  /// No period of this length has more than cap · window calls; if that product is less than 1, no more than one call.
  /// Where cap · window is 10,000,000 or more, the period limits nothing. More than 0.
  std::chrono::nanoseconds window = std::chrono::minutes(1);
  /// How long no call is sent after a 429 without Retry-After; doubled for each further such 429 in a row, where
  /// several 429s to calls that were in progress at the same time count as one; 0 or more.
  std::chrono::nanoseconds coolDown = std::chrono::seconds(2);
  std::chrono::nanoseconds longestCoolDown = std::chrono::seconds(60);    ///< the longest such pause; coolDown or more
  std::chrono::nanoseconds longestRetryAfter = std::chrono::minutes(15);  ///< a longer Retry-After counts as this
};

}  // namespace box::inline v0_1
