#include "box/policy/retry.hpp"

#include <algorithm>

namespace box::inline v0_1 {

DefaultRetryPolicy::DefaultRetryPolicy(unsigned maxAttempts, RetryInDoubt inDoubt)
    : maxAttempts_(std::max(1U, maxAttempts)), inDoubt_(inDoubt) {}

RetryDecision DefaultRetryPolicy::decide(const AttemptOutcome& outcome) const {
  // Box has not carried out a request that it refused for a temporary reason, so a retry is safe under every rule.
  const bool doubtAllowed = inDoubt_ == RetryInDoubt::ifIdempotent && outcome.isSafeToRetry();
  if (outcome.fate == Fate::inDoubt && !doubtAllowed) return RetryDecision::stop;

  unsigned limit = maxAttempts_;
  switch (outcome.kind) {
    case FailureKind::stale:
      if (outcome.sameKind == 1 && maxAttempts_ > 1) return RetryDecision::retryAtOnce;
      break;
    case FailureKind::hostNotFound:  // the real cause may be a lack of descriptors
    case FailureKind::tlsNotTls:
    case FailureKind::protocol:
      limit = std::min(limit, outcome.attempt - outcome.sameKind + 2);  // one retry for each kind
      break;
    case FailureKind::transport:
    case FailureKind::connect:
    case FailureKind::dns:
    case FailureKind::local:
    case FailureKind::timeout:
    case FailureKind::throttle:
    case FailureKind::transient:
    case FailureKind::proxy: break;
    case FailureKind::tlsFatal:
    case FailureKind::auth:
    case FailureKind::permanent:
    case FailureKind::waiting:
    case FailureKind::final: return RetryDecision::stop;
  }
  return outcome.attempt < limit ? RetryDecision::retry : RetryDecision::stop;
}

BoxRetryPolicy::BoxRetryPolicy(unsigned maxAttempts, unsigned maxRetriesOnException)
    : maxAttempts_(std::max(1U, maxAttempts)), maxRetriesOnException_(maxRetriesOnException) {}

RetryDecision BoxRetryPolicy::decide(const AttemptOutcome& outcome) const {
  if (outcome.kind == FailureKind::final || outcome.attempt >= maxAttempts_) return RetryDecision::stop;
  if (!outcome.isSafeToRetry()) return RetryDecision::stop;
  if (outcome.statusCode != 0) {
    const bool again = outcome.statusCode == 429 || outcome.statusCode >= 500;
    return again ? RetryDecision::retry : RetryDecision::stop;
  }
  // A retry does not make a certificate valid. The official SDKs retry nevertheless.
  if (outcome.kind == FailureKind::tlsFatal) return RetryDecision::stop;
  return outcome.attempt <= maxRetriesOnException_ ? RetryDecision::retry : RetryDecision::stop;
}

}  // namespace box::inline v0_1
