#include "bulk/call_reply.hpp"

#include "box/observe/data_sanitizer.hpp"

namespace box::inline v0_1 {

namespace {

/// The kind of reply for a kind of failure.
CallReply::Kind kindOfReply(const BoxSdkError& error) {
  using Kind = CallReply::Kind;
  const int status = error.api() != nullptr ? error.api()->statusCode : 0;
  switch (error.kind()) {
    case FailureKind::stale: return Kind::stale;
    case FailureKind::throttle: return Kind::throttled;
    case FailureKind::auth:
    case FailureKind::tlsFatal: return Kind::fatal;
    case FailureKind::hostNotFound:
    case FailureKind::tlsNotTls: return Kind::wrongAddress;
    case FailureKind::permanent:
      if (error.code() == ErrorCondition::proxyAuthentication) return Kind::fatal;
      if (error.code() == Errc::proxyRefused) return Kind::wrongAddress;
      return status >= 400 && status < 500 ? Kind::refused : Kind::temporary;
    // Invalid or closed; a call that was cancelled or whose deadline passed may succeed next time.
    case FailureKind::final:
      return error.code().category() == errorCategory() && error.code() != Errc::callTimeout ? Kind::fatal
                                                                                             : Kind::temporary;
    default: return Kind::temporary;
  }
}

}  // namespace

CallReply replyOf(const SessionTerminationMessage& message) {
  CallReply reply;
  reply.kind = CallReply::Kind::accepted;
  reply.fate = Fate::accepted;
  reply.status = 202;
  reply.requestId = message.boxRequestId;
  return reply;
}

CallReply replyOf(const BoxSdkError& error) {
  CallReply reply;
  reply.kind = kindOfReply(error);
  reply.fate = error.fate();
  reply.message = error.reason();  // all calls of a run are the same operation
  if (const ApiErrorInfo* api = error.api()) {
    reply.status = api->statusCode;
    reply.retryAfter = api->retryAfter;
    reply.code = defaultDataSanitizer()->sanitize(api->clientError.code.value_or(""));
    reply.requestId = api->boxRequestId;
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
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an unknown exception";
  }
}

}  // namespace box::inline v0_1
