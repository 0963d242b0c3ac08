#include "bulk/call_reply.hpp"

namespace box {

namespace {

CallReply::Kind kindOfStatus(int status) {
  using Kind = CallReply::Kind;
  if (status == 429) return Kind::throttled;
  if (status == 401 || status == 407) return Kind::fatal;
  if (status >= 400 && status < 500 && status != 408 && status != 425) return Kind::refused;
  return Kind::passing;
}

bool wasStale(const BoxSdkError& error) {
  return error.code() == Errc::connectionLost && !error.attempts().empty() &&
         error.attempts().back().reusedConnection && error.attempts().back().statusCode == 0;
}

CallReply::Kind kindOfError(const BoxSdkError& error) {
  using Kind = CallReply::Kind;
  if (error.code().category() != errorCategory()) return Kind::passing;  // cancelled, most of all
  switch (static_cast<Errc>(error.code().value())) {
    case Errc::invalidRequest:
    case Errc::invalidConfiguration:
    case Errc::clientClosed:
    case Errc::proxyAuthenticationFailed:
    case Errc::tlsVerificationFailed:
    case Errc::tlsProtocolError:
    case Errc::unauthorized:
    case Errc::tokenUnavailable:
    case Errc::credentialsInvalid:
    case Errc::appNotAuthorized:
    case Errc::refreshTokenExpired:
    case Errc::clockSkew: return Kind::fatal;
    case Errc::hostNotFound:
    case Errc::proxyRefused:
    case Errc::tlsNotTls: return Kind::hopeless;
    default: break;
  }
  if (wasStale(error)) return Kind::stale;
  return error.api() != nullptr ? kindOfStatus(error.api()->statusCode) : Kind::passing;
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
  reply.kind = kindOfError(error);
  reply.fate = error.fate();
  reply.message = error.what();
  if (const ApiErrorInfo* api = error.api()) {
    reply.status = api->statusCode;
    reply.retryAfter = api->retryAfter;
    reply.code = api->clientError.code.value_or("");
    reply.requestId = api->boxRequestId;
  }
  reply.error.emplace(error);
  return reply;
}

}  // namespace box
