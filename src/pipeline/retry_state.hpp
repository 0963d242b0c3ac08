#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "box/network/session.hpp"
#include "box/policy/retry.hpp"

namespace box {

/// Decides after each failed attempt of one call what comes next. No I/O, no clock.
class RetryState {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Ending : std::uint8_t {
    none,       ///< another attempt
    permanent,  ///< the policy says stop at the first sight of this
    exhausted,  ///< the policy says stop after repeats
    budget,     ///< the retry budget is empty
    deadline,   ///< the wait, or what is left for the attempt behind it, would pass the deadline
  };

  struct Step {
    Ending ending = Ending::none;
    std::chrono::nanoseconds delay{0};
    bool fresh = false;  ///< not on a connection that has been idle
  };

  /// What a Retry-After is followed up to; longer ones are cut.
  static constexpr std::chrono::nanoseconds longestRetryAfter{std::chrono::seconds(300)};
  /// What a policy's delay is cut to, so that no sum with it overflows.
  static constexpr std::chrono::nanoseconds longestBackoff{std::chrono::hours(24 * 365)};
  /// No repeat is waited for that would have less time than this.
  static constexpr std::chrono::nanoseconds shortestAttempt{std::chrono::seconds(1)};

  RetryState(const NetworkSession& session, std::shared_ptr<const RetryPolicy> policy, TimePoint deadline);

  /// `outcome.attempt` and `sameKind` are filled in here.
  Step next(AttemptOutcome outcome, TimePoint now);

  unsigned countedAttempts() const noexcept { return counted_; }

 private:
  std::shared_ptr<const RetryPolicy> policy_;
  std::shared_ptr<const BackoffPolicy> backoff_;
  std::shared_ptr<RetryBudget> budget_;
  std::shared_ptr<const Random> random_;
  TimePoint deadline_;
  unsigned counted_ = 0;
  bool repeatedAtOnce_ = false;
  std::array<std::uint16_t, 32> ofKind_{};
};

}  // namespace box
