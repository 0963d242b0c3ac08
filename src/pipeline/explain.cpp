#include "pipeline/explain.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>

#include "box/observe/data_sanitizer.hpp"
#include "http/challenge.hpp"
#include "network/http_date.hpp"
#include "network/validation.hpp"
#include "pipeline/retry_after.hpp"
#include "support/json.hpp"
#include "support/operation_error.hpp"
#include "support/text_encoding.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {
namespace {

namespace json = boost::json;

std::string_view reason(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "";
  }
}

/// The part of a text that an error keeps: without secrets, and at most 4 KiB.
std::string kept(std::string text, const Redactor& redact) {
  constexpr std::size_t longest = 4096;
  text = redact(std::move(text));
  text.resize(beginningOf(text, longest).size());
  return text;
}

std::optional<std::string> text(const json::object& object, std::string_view key, const Redactor& redact) {
  const auto string = stringIn(object, key);
  if (!string) return std::nullopt;
  return kept(std::string(*string), redact);
}

std::optional<int> number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  const std::int64_t n = value->get_int64();
  if (n < std::numeric_limits<int>::min() || n > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(n);
}

ClientError parseClientError(std::string_view body, const Redactor& redact) {
  ClientError error;
  json::monotonic_resource resource(4096);
  const json::value document = parseJson(body, &resource);
  if (!document.is_object()) return error;
  const json::object& object = document.get_object();
  error.type = text(object, "type", redact);
  error.status = number(object, "status");
  error.code = text(object, "code", redact);
  error.message = text(object, "message", redact);
  error.helpUrl = text(object, "help_url", redact);
  error.requestId = text(object, "request_id", redact);
  if (const json::value* context = object.if_contains("context_info"); context != nullptr && context->is_object()) {
    error.contextInfo = kept(json::serialize(*context), redact);
  }
  // The form of the authorization server: {"error": "invalid_grant", "error_description": "…"}.
  if (!error.code) error.code = text(object, "error", redact);
  if (!error.message) error.message = text(object, "error_description", redact);
  return error;
}

/// The title of an HTML page.
std::string_view title(std::string_view html) {
  constexpr std::string_view open = "<title>", close = "</title>";
  const auto find = [&](std::string_view tag, std::size_t from) {
    for (std::size_t i = from; i + tag.size() <= html.size(); ++i) {
      if (equalsIgnoreCase(html.substr(i, tag.size()), tag)) return i;
    }
    return std::string_view::npos;
  };
  const std::size_t begin = find(open, 0);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = find(close, begin);
  return end == std::string_view::npos ? std::string_view()
                                       : html.substr(begin + open.size(), end - begin - open.size());
}

/// Whether the text looks like a request id. Box's support asks for the id as it is; any other text is not shown.
bool isRequestId(std::string_view text) {
  constexpr std::size_t longest = 64;
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
    return isLetter(c) || isDigit(c) || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

ApiErrorInfo describeApiError(const FetchResponse& response, std::chrono::system_clock::time_point now,
                              const Redactor& redact) {
  const auto header = [&](std::string_view name) {
    return kept(std::string(response.headers.get(name).value_or("")), redact);
  };
  ApiErrorInfo info;
  info.statusCode = response.statusCode;
  info.clientError = parseClientError(response.body, redact);
  info.boxRequestId = header("box-request-id");
  info.wwwAuthenticate = header("WWW-Authenticate");
  info.contentType = header("Content-Type");
  info.retryAfter = parseRetryAfter(response.headers, now);
  info.date = dateIn(response.headers, now);
  return info;
}

std::string summarize(const ApiErrorInfo& info, const std::string& body, const DataSanitizer& sanitizer,
                      const std::string& expected) {
  std::string line = std::to_string(info.statusCode);
  if (const std::string_view phrase = reason(info.statusCode); !phrase.empty()) line.append(" ").append(phrase);
  if (!expected.empty()) line += " where " + expected + " was expected";

  std::string code = info.clientError.code.value_or("");
  std::string message = info.clientError.message.value_or("");
  if (code.empty()) code = challengeParameter(info.wwwAuthenticate, "error");
  if (message.empty()) message = challengeParameter(info.wwwAuthenticate, "error_description");
  if (!code.empty()) line += ", code " + sanitizer.sanitize(code);
  if (!message.empty()) {
    line += ": " + sanitizer.sanitize(message);
  } else if (body.empty()) {
    if (expected.empty()) line += ", without a body";
  } else if (startsWithIgnoreCase(info.contentType, "text/html")) {
    line += ", with a page in HTML instead of Box's JSON";
    if (const std::string_view name = title(body); !name.empty()) line += ": " + sanitizer.sanitize(name);
  } else if (code.empty() && expected.empty()) {
    line += ", with a body that is not Box's JSON";
  }
  if (info.retryAfter)
    line += ", Retry-After " +
            std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*info.retryAfter).count()) + " s";
  if (isRequestId(info.boxRequestId)) line += ", box-request-id " + info.boxRequestId;
  if (info.clientError.requestId && isRequestId(*info.clientError.requestId)) {
    line += ", request_id " + *info.clientError.requestId;
  }
  return line;
}

namespace {

/// What the attempt was doing when it failed, for a failure that has no text.
std::string_view activity(const Attempt& attempt) {
  switch (attempt.phase) {
    case Phase::prepare: return "before anything was sent";
    case Phase::token: return "waiting for an access token";
    case Phase::pool: return "waiting for a connection";
    case Phase::resolve: return "looking up the host";
    case Phase::connect: return "connecting";
    case Phase::proxy: return "asking the proxy for a tunnel";
    case Phase::handshake: return "opening TLS";
    case Phase::write: return "sending the request";
    case Phase::read: return attempt.begun ? "in the middle of the answer" : "waiting for the answer";
    case Phase::response: return "after the answer";
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
  attempt.context = summarize(info, redact(response.body), *request.session.dataSanitizer(),
                              another ? expected.text() : std::string());
  attempt.api = std::make_unique<ApiErrorInfo>(std::move(info));
}

/// The text of an exception, as the end of a sentence. Empty if the exception has no text, or if the sanitizer throws:
/// a text that was not sanitized is not shown.
std::string textOf(const std::exception_ptr& thrown, const DataSanitizer& sanitizer) {
  try {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      return ": " + sanitizer.sanitize(error.what());
    }
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
  if (attempt.answered) return explainAnswer(attempt, request, token);
  if (!attempt.context.empty()) return;
  attempt.context = activity(attempt);
  if (attempt.cause.failed() && attempt.cause != attempt.code) attempt.context += ": " + attempt.cause.message();
}

void redactAnswer(FetchResponse& response, const Secret& token) {
  const std::string_view secret = token.reveal();
  if (secret.size() < Redactor::shortest) return;
  const auto repeatsIt = [secret](std::string_view part) {
    return part.size() >= secret.size() && part.find(secret) != std::string_view::npos;
  };
  const auto redacted = [&token](std::string_view part) {
    Redactor redact;
    redact.add(token);
    return redact(std::string(part));
  };
  if (repeatsIt(response.body)) response.body = redacted(response.body);
  const HttpHeaders& headers = response.headers;
  if (std::none_of(headers.begin(), headers.end(), [&](HeaderView header) { return repeatsIt(header.value); })) return;
  HttpHeaders clean;
  for (const HeaderView header : headers) clean.append(header.name, redacted(header.value));
  response.headers = std::move(clean);
}

void explainException(Attempt& attempt, const std::exception_ptr& exception, bool cancelled,
                      const DataSanitizer& sanitizer) {
  const Thrown thrown(exception, cancelled);
  attempt.kind = FailureKind::final;
  if (attempt.fate == Fate::inDoubt && attempt.phase == Phase::prepare) attempt.phase = Phase::read;
  if (const BoxSdkError* error = thrown.ours()) {
    attempt.fail(*error, attempt.phase);
    attempt.context = nestedText(*error);
  } else if (thrown.isCancellation()) {
    attempt.fail(asio::error::operation_aborted, attempt.phase);
    attempt.context = activity(attempt);
  } else {
    attempt.fail(Errc::extensionFailed, attempt.phase);
    attempt.cause = thrown.cause();
    attempt.context = "an interceptor, a policy, the data sanitizer or the Authentication has thrown an exception";
    attempt.foreign = exception;
    attempt.context += textOf(exception, sanitizer);
  }
}

}  // namespace box::inline v0_1
