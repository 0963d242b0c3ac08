#include "bulk/call_reply.hpp"

#include <utility>

#include "box/observe/data_sanitizer.hpp"
#include "support/refusal.hpp"
#include "support/temporary.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {

namespace {

/// The kind of reply for a kind of failure.
CallReply::Kind kindOfReply(const BoxSdkError& error) {
  using Kind = CallReply::Kind;
  const int status = error.api() != nullptr ? error.api()->statusCode : 0;
  switch (error.kind()) {
    case FailureKind::stale: return Kind::stale;
    case FailureKind::throttle: return isOfToken(error) ? Kind::temporary : Kind::throttled;
    case FailureKind::hostNotFound:
    case FailureKind::tlsNotTls: return Kind::wrongAddress;
    case FailureKind::permanent:
      if (error.code() == Errc::proxyRefused) return Kind::wrongAddress;
      if (error.code() == ErrorCondition::proxyAuthentication) return Kind::fatal;
      if (isOfToken(error)) break;
      return status >= 400 && status < 500 ? Kind::refused : Kind::temporary;
    default: break;
  }
  // The call was cancelled, and the next one need not be.
  if (error.kind() == FailureKind::final && error.code().category() != errorCategory()) return Kind::temporary;
  return isTemporary(error.code(), error.kind()) ? Kind::temporary : Kind::fatal;
}

CallReply acceptance() {
  CallReply reply;
  reply.kind = CallReply::Kind::accepted;
  reply.fate = Fate::accepted;
  reply.status = 202;
  return reply;
}

}  // namespace

CallReply replyOf(const SessionTerminationMessage& message) {
  CallReply reply = acceptance();
  reply.requestId = message.boxRequestId;
  return reply;
}

CallReply replyOf(const BoxSdkError& error) {
  if (error.fate() == Fate::accepted) return acceptance();  // the call was cancelled after the header of the 202
  CallReply reply;
  reply.kind = kindOfReply(error);
  reply.fate = error.fate();
  reply.message = error.reason();  // without the operation's name, which is the same in all calls of a run
  if (const ApiErrorInfo* api = error.api()) {
    reply.status = api->statusCode;
    reply.retryAfter = api->retryAfter;
    reply.code = defaultDataSanitizer()->sanitize(api->clientError.code.value_or(""));
    reply.requestId = api->boxRequestId;
  }
  if (isOfToken(error)) {  // the answer is the token endpoint's, or a 401 to the call: it concerns no entry
    reply.tokenStatus = reply.status;
    reply.status = error.attempts().empty() ? 0 : error.attempts().back().statusCode;
    reply.code.clear();
    reply.requestId.clear();
  }
  reply.error.emplace(error);
  return reply;
}

CallReply replyOf(const std::exception_ptr& error) {
  CallReply reply;
  reply.kind = CallReply::Kind::fatal;
  reply.fate = Fate::inDoubt;
  reply.message = describe(error);
  return reply;
}

std::string describe(const std::exception_ptr& error) {
  std::string text = textOf(error);
  return text.empty() ? "an unknown exception" : text;
}

BulkVerdict verdictOf(Fate fate) { return fate == Fate::inDoubt ? BulkVerdict::inDoubt : BulkVerdict::notDone; }

BulkVerdictDetails verdictWith(BulkVerdict verdict, CallReply& reply) {
  BulkVerdictDetails details;
  details.verdict = verdict;
  details.status = reply.status;
  details.code = std::move(reply.code);
  details.message = std::move(reply.message);
  details.requestId = std::move(reply.requestId);
  return details;
}

}  // namespace box::inline v0_1
