#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "box/policy/retry.hpp"
#include "box/policy/retry_simulation.hpp"

namespace box {

/// Decides after each failed attempt of one call what comes next. No I/O, no clock. RetrySimulation shows it to users.
class RetryState {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// What a Retry-After is followed up to; longer ones are cut.
  static constexpr std::chrono::nanoseconds longestRetryAfter{std::chrono::seconds(300)};
  /// What a policy's delay is cut to, so that no sum with it overflows.
  static constexpr std::chrono::nanoseconds longestBackoff{std::chrono::hours(24 * 365)};
  /// No retry is waited for that would have less time than this.
  static constexpr std::chrono::nanoseconds shortestAttempt{std::chrono::seconds(1)};

  /// None of `rules` is null, but the budget may be.
  RetryState(RetryRules rules, TimePoint deadline);

  /// `outcome.attempt` and `sameKind` are filled in here.
  RetryStep next(AttemptOutcome outcome, TimePoint now);

 private:
  RetryRules rules_;
  TimePoint deadline_;
  unsigned counted_ = 0;
  bool repeatedAtOnce_ = false;
  std::array<std::uint16_t, 32> ofKind_{};
};

}  // namespace box
