#include "pipeline/explain.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "box/observe/data_sanitizer.hpp"
#include "pipeline/api_error.hpp"
#include "pipeline/redactor.hpp"
#include "support/json.hpp"
#include "support/wipe.hpp"
#include "support/operation_error.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {
namespace {

/// What the attempt was doing when it failed, for a failure that has no text.
std::string_view activity(const Attempt& attempt) {
  switch (attempt.phase) {
    case Phase::prepare: return attempt.number > 1 ? "before the next attempt was sent" : "before anything was sent";
    case Phase::token: return "waiting for an access token";
    case Phase::pool: return "waiting for a connection";
    case Phase::resolve: return "looking up the host";
    case Phase::connect: return "connecting";
    case Phase::proxy: return "asking the proxy for a tunnel";
    case Phase::handshake: return "opening TLS";
    case Phase::write: return "sending the request";
    case Phase::read: return attempt.responseBegun ? "in the middle of the answer" : "waiting for the answer";
    case Phase::response: return attempt.response.bodyIntact ? "after the answer" : "in the middle of the answer";
    case Phase::backoff: return "waiting for the next attempt";
  }
  return "";
}

void explainAnswer(Attempt& attempt, const NetworkRequest& request, const Secret* token) {
  Redactor redact;
  if (token != nullptr) redact.add(*token);
  for (const Secret& secret : request.secrets) redact.add(secret);

  const FetchResponse& response = attempt.response;
  ApiErrorInfo info = describeApiError(response, request.session.clock()->now(), redact);
  const ExpectedStatus& expected = request.operation->expectedStatus;
  const bool another = response.statusCode < 400 && !expected.contains(response.statusCode);
  attempt.retryAfter = info.retryAfter;
  // One byte more, by which the summary sees that the body was longer.
  attempt.context = summarize(info, redact(response.body.substr(0, longestParsedAtOnce + 1)),
                              *request.session.dataSanitizer(), another ? expected.text() : std::string());
  attempt.api = std::make_unique<ApiErrorInfo>(std::move(info));
}

/// The text of an exception, as the end of a sentence. Empty if the exception has no text, or if the sanitizer throws:
/// a text that was not sanitized is not shown.
std::string endOfSentence(const std::exception_ptr& exception, const DataSanitizer& sanitizer) {
  const std::string text = textOf(exception);
  if (text.empty()) return text;
  try {
    return ": " + sanitizer.sanitize(text);
  } catch (...) {
    return std::string();
  }
}

}  // namespace

void explain(Attempt& attempt, const NetworkRequest& request, const Secret* token) {
  if (attempt.fate == Fate::accepted) {
    attempt.context = "cancelled after the acceptance";
    return;
  }
  // If the caller cancelled the call, that is the reason, and not the answer that had arrived in part.
  if (attempt.answered && attempt.code != asio::error::operation_aborted) return explainAnswer(attempt, request, token);
  if (!attempt.context.empty()) return;
  attempt.context = activity(attempt);
  if (attempt.cause.failed() && attempt.cause != attempt.code) attempt.context += ": " + attempt.cause.message();
}

void redactAnswer(FetchResponse& response, const Secret& token) {
  const std::string_view secret = token.reveal();
  if (secret.size() < Redactor::shortest) return;
  const auto repeatsIt = [secret](std::string_view part) {
    return part.size() >= secret.size() && findBytes(part, secret) != std::string_view::npos;
  };
  const auto redacted = [&token](std::string_view part) {
    Redactor redact;
    redact.add(token);
    return redact(std::string(part));
  };
  if (repeatsIt(response.body)) {
    std::string clean = redacted(response.body);
    wipe(response.body);
    response.body = std::move(clean);
  }
  const HttpHeaders& headers = response.headers;
  if (std::none_of(headers.begin(), headers.end(), [&](HeaderView header) { return repeatsIt(header.value); })) return;
  HttpHeaders clean;
  for (const HeaderView header : headers) clean.append(header.name, redacted(header.value));
  response.headers = std::move(clean);
}

void explainException(Attempt& attempt, const Thrown& thrown, const DataSanitizer& sanitizer) {
  if (const BoxSdkError* error = thrown.ours()) {
    attempt.context = nestedText(*error);
  } else if (thrown.isCancellation()) {
    attempt.context = activity(attempt);
  } else {
    attempt.context = "an interceptor, a policy, the data sanitizer or the Authentication has thrown an exception";
    attempt.context += endOfSentence(attempt.foreign, sanitizer);
  }
}

}  // namespace box::inline v0_1
