#include "pipeline/judge.hpp"

#include <boost/asio/error.hpp>

#include "network/validation.hpp"

namespace box {
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

/// Statuses by which something in between, or Box itself (503: "timed out"), says that it does not know.
bool leavesDoubt(int status) { return status >= 502 && status != 505 && isTransient(status); }

}  // namespace

Verdict judgeResponse(const FetchResponse& response, const ExpectedStatus& expected) {
  const int status = response.statusCode;
  Verdict verdict;
  const bool html = startsWithIgnoreCase(response.headers.get("Content-Type").value_or(""), "text/html");
  if (expected.contains(status) && !html) {
    verdict.success = true;
    verdict.fate = Fate::accepted;
  } else if (status < 300) {
    // Nobody knows what Box did, if it was Box; but the answer is whole, and another would be no different.
    verdict.fate = Fate::inDoubt;
  } else if (status < 400) {
    verdict.code = Errc::unexpectedResponse;
  } else if (status == 429) {
    verdict.code = Errc::rateLimited;
    verdict.kind = FailureKind::throttle;
  } else if (status < 500) {
    verdict.code = status == 400   ? Errc::badRequest
                   : status == 401 ? Errc::unauthorized
                   : status == 403 ? Errc::forbidden
                   : status == 404 ? Errc::notFound
                                   : Errc::requestRefused;
    verdict.kind = status == 401         ? FailureKind::auth
                   : isTransient(status) ? FailureKind::transient
                                         : FailureKind::permanent;
  } else {
    verdict.code = Errc::serverError;
    verdict.kind = isTransient(status) ? FailureKind::transient : FailureKind::permanent;
    verdict.fate = leavesDoubt(status) ? Fate::inDoubt : Fate::rejected;
  }
  return verdict;
}

FailureKind judgeFailure(const error_code& code, bool reused, bool begun) {
  return code == Errc::connectionLost && reused && !begun ? FailureKind::stale : kindOf(code);
}

void judge(Attempt& attempt, const ExpectedStatus& expected, bool wasSuccess) {
  if (!attempt.answered) {
    // A token request has had its own retries: one layer retries.
    const bool ofToken = attempt.phase == Phase::token;
    attempt.kind = ofToken ? FailureKind::final : judgeFailure(attempt.code, attempt.reusedConnection, attempt.begun);
    return;
  }
  // The caller's cancellation counts after a header too; our own limits and broken bodies do not unmake an answer.
  const bool cancelled = attempt.code == asio::error::operation_aborted;
  const Verdict verdict = judgeResponse(attempt.response, expected);
  const bool success = wasSuccess || verdict.success;
  attempt.phase = Phase::response;
  attempt.statusCode = attempt.response.statusCode;
  attempt.fate = success ? Fate::accepted : verdict.fate;
  attempt.kind = cancelled ? FailureKind::final : verdict.kind;
  if (cancelled) return;
  attempt.code = success ? error_code() : make_error_code(verdict.code);
}

}  // namespace box
