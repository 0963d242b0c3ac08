#include "policy/retry_state.hpp"

#include <algorithm>
#include <utility>

#include "box/support/time.hpp"
#include "policy/jitter.hpp"

namespace box::inline v0_1 {

RetryState::RetryState(RetryRules rules, TimePoint deadline) : rules_(std::move(rules)), deadline_(deadline) {}

RetryStep RetryState::next(AttemptOutcome outcome, TimePoint now) {
  RetryStep step;
  ++counted_;
  outcome.attempt = counted_;
  outcome.sameKind = ++ofKind_[static_cast<std::size_t>(outcome.kind)];

  // No policy is called: an accepted request needs no retry, and a final failure ends the call.
  if (outcome.fate == Fate::accepted || outcome.kind == FailureKind::final) {
    step.ending = RetryEnding::permanent;
    return step;
  }
  const RetryDecision decision = rules_.policy->decide(outcome);
  if (decision == RetryDecision::stop) {
    step.ending = counted_ > 1 ? RetryEnding::exhausted : RetryEnding::permanent;
    return step;
  }
  step.fresh = outcome.kind == FailureKind::stale;
  const auto left = between(now, deadline_);
  if (decision == RetryDecision::retryAtOnce && !repeatedAtOnce_) {
    repeatedAtOnce_ = true;
    step.fresh = true;
    --counted_;
    if (left <= std::chrono::nanoseconds::zero()) step.ending = RetryEnding::deadline;
    return step;
  }

  BackoffContext context;
  context.retry = counted_;
  context.kind = outcome.kind;
  context.random = rules_.random->uniform();
  step.delay = std::clamp(rules_.backoff->delay(context), std::chrono::nanoseconds(0), longestBackoff);
  if (outcome.retryAfter) {
    const auto asked = std::min(*outcome.retryAfter, longestRetryAfter);
    if (asked >= step.delay) step.delay = withJitter(asked, rules_.random->uniform());
  }
  if (deadline_ != TimePoint::max() && step.delay + shortestAttempt > left) {
    step.ending = RetryEnding::deadline;
  } else if (rules_.budget && !rules_.budget->withdraw(outcome)) {
    step.ending = RetryEnding::budget;
  }
  return step;
}

}  // namespace box::inline v0_1
