#include "pipeline/judge.hpp"

#include <utility>

#include <boost/asio/error.hpp>

#include "network/validation.hpp"

namespace box::inline v0_1 {
Verdict judgeResponse(const FetchResponse& response, const ExpectedStatus& expected, std::string_view method) {
  // An interceptor may have emptied the body, so only the kind of the answer tells whether it can have one.
  const bool mayHaveBody = method != "HEAD" && response.statusCode != 204 && response.statusCode != 205;
  const bool isPage =
      mayHaveBody && startsWithIgnoreCase(response.headers.get("Content-Type").value_or(""), "text/html");
  Verdict verdict;
  verdict.success = expected.contains(response.statusCode) && !isPage;
  if (verdict.success) {
    verdict.fate = Fate::accepted;
  } else {
    static_cast<StatusMeaning&>(verdict) = meaningOf(response.statusCode);
  }
  return verdict;
}

FailureKind judgeFailure(const error_code& code, bool reused, bool responseBegun) {
  return code == Errc::connectionLost && reused && !responseBegun ? FailureKind::stale : kindOf(code);
}

namespace {

void dropAnswerWithoutBody(Attempt& attempt, const Operation& operation) {
  const FetchResponse& response = attempt.response;
  if (!attempt.answered || !operation.answerInBody || response.bodyIntact) return;
  if (attempt.code == asio::error::operation_aborted) return;  // the caller has cancelled a call that was accepted
  if (!judgeResponse(response, operation.expectedStatus, operation.method).success) return;
  attempt.answered = false;
  if (attempt.failed()) return;
  attempt.fail(Errc::protocolError, Phase::read);
  attempt.context = "the body is in a content coding, such as gzip, that was not asked for";
}

}  // namespace

void judge(Attempt& attempt, const Operation& operation, bool wasSuccess) {
  if (!wasSuccess) dropAnswerWithoutBody(attempt, operation);
  if (!attempt.answered) {
    // A token request is a call with its own retries, so the call that waits for it does not retry.
    const bool ofToken = attempt.phase == Phase::token;
    attempt.kind =
        ofToken ? FailureKind::final : judgeFailure(attempt.code, attempt.reusedConnection, attempt.responseBegun);
    return;
  }
  // A cancellation by the caller takes effect even if the header has arrived; time limits and broken bodies do not
  // change an answer.
  const bool cancelled = attempt.code == asio::error::operation_aborted;
  const Verdict verdict = judgeResponse(attempt.response, operation.expectedStatus, operation.method);
  const bool success = wasSuccess || verdict.success;
  attempt.phase = Phase::response;
  attempt.statusCode = attempt.response.statusCode;
  attempt.fate = success ? Fate::accepted : verdict.fate;
  attempt.kind = cancelled ? FailureKind::final : verdict.kind;
  if (cancelled) return;
  attempt.code = success ? error_code() : make_error_code(verdict.code);
  attempt.cause = {};
}

void judgeException(Attempt& attempt, const Thrown& thrown, std::exception_ptr exception) {
  // The fate is set before the exchange and the phase after it, so with these two values the exception came out of the
  // exchange.
  if (attempt.fate == Fate::inDoubt && attempt.phase == Phase::prepare) attempt.phase = Phase::read;
  if (const BoxSdkError* error = thrown.ours()) return attempt.fail(*error, attempt.phase);
  attempt.kind = FailureKind::final;
  if (thrown.isCancellation()) return attempt.fail(asio::error::operation_aborted, attempt.phase);
  attempt.fail(Errc::extensionFailed, attempt.phase);
  attempt.cause = thrown.cause();
  attempt.foreign = std::move(exception);
}

}  // namespace box::inline v0_1
