#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "box/policy/retry.hpp"
#include "box/policy/retry_simulation.hpp"

namespace box::inline v0_1 {

/// Decides after each failed attempt of one call what comes next. No I/O, no clock. RetrySimulation shows it to users.
class RetryState {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// The longest Retry-After that is followed; a longer one is cut to this.
  static constexpr std::chrono::nanoseconds longestRetryAfter{std::chrono::seconds(300)};
  /// The longest delay; a policy's longer delay is cut to this, so that no sum with it overflows.
  static constexpr std::chrono::nanoseconds longestBackoff{std::chrono::hours(24 * 365)};
  /// There is no retry that would have less time than this.
  static constexpr std::chrono::nanoseconds shortestAttempt{std::chrono::seconds(1)};

  /// `rules` have no null pointer, except that the budget may be null.
  RetryState(RetryRules rules, TimePoint deadline);

  /// This function sets `outcome.attempt` and `sameKind`.
  RetryStep next(AttemptOutcome outcome, TimePoint now);

 private:
  RetryRules rules_;
  TimePoint deadline_;
  unsigned counted_ = 0;
  bool repeatedAtOnce_ = false;
  std::array<std::uint16_t, 32> ofKind_{};
};

}  // namespace box::inline v0_1
