#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "box/policy/retry.hpp"
#include "box/policy/retry_simulation.hpp"

namespace box::inline v0_1 {

/// Decides what follows each failed attempt of one call. It has no I/O and no clock. RetrySimulation makes it available
/// to users.
class RetryState {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// The longest Retry-After that is obeyed; a longer one is shortened to this.
  static constexpr std::chrono::nanoseconds longestRetryAfter{std::chrono::seconds(300)};
  /// The longest delay; a longer delay of a policy is shortened to this, so that no sum with it overflows.
  static constexpr std::chrono::nanoseconds longestBackoff{std::chrono::hours(24 * 365)};
  /// A counted retry that would have less time than this is not made.
  static constexpr std::chrono::nanoseconds shortestAttempt{std::chrono::seconds(1)};

  /// The pointers in `rules` must not be null, except for the budget.
  RetryState(RetryRules rules, TimePoint deadline);

  /// Decides about the failed attempt `outcome`. This function sets `outcome.attempt` and `outcome.sameKind`.
  RetryStep next(AttemptOutcome outcome, TimePoint now);

 private:
  RetryRules rules_;
  TimePoint deadline_;
  unsigned counted_ = 0;
  bool repeatedAtOnce_ = false;
  std::array<std::uint16_t, 32> ofKind_{};
};

}  // namespace box::inline v0_1
