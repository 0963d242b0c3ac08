#include "policy/outcome.hpp"

#include "box/policy/retry.hpp"

namespace box::inline v0_1 {
namespace {

bool isTransient(int status) {
  switch (status) {
    case 408:
    case 425:
    case 500:
    case 502:
    case 503:
    case 504:
    case 520:
    case 521:
    case 522:
    case 523:
    case 524:
    case 529: return true;
    default: return false;
  }
}

/// Statuses with which an intermediary, or Box itself (503: "timed out"), says that it does not know what was done.
bool leavesDoubt(int status) { return status >= 502 && status != 505 && isTransient(status); }

}  // namespace

StatusMeaning meaningOf(int status) noexcept {
  StatusMeaning meaning;
  if (status < 300) {
    // It is not known what Box did, or whether the answer is Box's. But the answer is complete, and a retry would get
    // the same answer.
    meaning.fate = Fate::inDoubt;
  } else if (status < 400) {
    meaning.code = Errc::unexpectedResponse;
  } else if (status == 429) {
    meaning.code = Errc::rateLimited;
    meaning.kind = FailureKind::throttle;
  } else if (status < 500) {
    meaning.code = status == 400   ? Errc::badRequest
                   : status == 401 ? Errc::unauthorized
                   : status == 403 ? Errc::forbidden
                   : status == 404 ? Errc::notFound
                                   : Errc::requestRefused;
    meaning.kind = status == 401         ? FailureKind::auth
                   : isTransient(status) ? FailureKind::transient
                                         : FailureKind::permanent;
  } else {
    meaning.code = Errc::serverError;
    meaning.kind = isTransient(status) ? FailureKind::transient : FailureKind::permanent;
    meaning.fate = leavesDoubt(status) ? Fate::inDoubt : Fate::rejected;
  }
  return meaning;
}

AttemptOutcome AttemptOutcome::ofStatus(int status, std::optional<std::chrono::nanoseconds> retryAfter) noexcept {
  const StatusMeaning meaning = meaningOf(status);
  AttemptOutcome outcome;
  outcome.statusCode = status;
  outcome.code = meaning.code;
  outcome.kind = meaning.kind;
  outcome.fate = meaning.fate;
  outcome.phase = Phase::response;
  outcome.retryAfter = retryAfter;
  return outcome;
}

AttemptOutcome AttemptOutcome::ofFailure(Errc code, Fate fate) noexcept {
  AttemptOutcome outcome;
  outcome.code = code;
  outcome.kind = kindOf(outcome.code);
  outcome.fate = fate;
  outcome.phase = fate == Fate::notSent ? Phase::connect : Phase::read;
  return outcome;
}

}  // namespace box::inline v0_1
