#include "pipeline/judge.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "network/validation.hpp"
#include "pipeline/challenge.hpp"
#include "pipeline/retry_after.hpp"

namespace box {
namespace {

namespace json = boost::json;

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

std::optional<std::string> text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* string = value != nullptr ? value->if_string() : nullptr;
  constexpr std::size_t kept = 4096;
  if (string == nullptr) return std::nullopt;
  return std::string(string->data(), std::min(string->size(), kept));
}

std::optional<int> number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  const std::int64_t n = value->get_int64();
  if (n < std::numeric_limits<int>::min() || n > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(n);
}

ClientError parseClientError(std::string_view body) {
  ClientError error;
  json::parse_options options;
  options.max_depth = 16;
  boost::system::error_code ec;
  json::monotonic_resource resource(4096);
  const json::value document = json::parse(body, ec, &resource, options);
  if (ec || !document.is_object()) return error;
  const json::object& object = document.get_object();
  error.type = text(object, "type");
  error.status = number(object, "status");
  error.code = text(object, "code");
  error.message = text(object, "message");
  error.helpUrl = text(object, "help_url");
  error.requestId = text(object, "request_id");
  if (const json::value* context = object.if_contains("context_info"); context != nullptr && context->is_object()) {
    error.contextInfo = json::serialize(*context);
  }
  // The authorization server's form: {"error": "invalid_grant", "error_description": "…"}.
  if (!error.code) error.code = text(object, "error");
  if (!error.message) error.message = text(object, "error_description");
  return error;
}

/// What an HTML page says of itself.
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

/// Support asks for it as it is; what does not look like one is not shown.
bool isRequestId(std::string_view text) {
  constexpr std::size_t longest = 64;
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
    return (toLower(c) >= 'a' && toLower(c) <= 'z') || isDigit(c) || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

Verdict judgeResponse(const FetchResponse& response, int expected) {
  const int status = response.statusCode;
  Verdict verdict;
  const bool html = startsWithIgnoreCase(response.headers.get("Content-Type").value_or(""), "text/html");
  if (status == expected && !html) {
    verdict.success = true;
    verdict.fate = Fate::accepted;
  } else if (status < 300) {
    // A page of something between us and Box: it may or may not have passed the request on.
    verdict.kind = FailureKind::protocol;
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

FailureKind judgeFailure(const Failure& failure, bool reused, bool begun) {
  return failure.code == Errc::connectionLost && reused && !begun ? FailureKind::stale : kindOf(failure.code);
}

ApiErrorInfo describeApiError(const FetchResponse& response, std::chrono::system_clock::time_point now) {
  const auto header = [&](std::string_view name) { return std::string(response.headers.get(name).value_or("")); };
  ApiErrorInfo info;
  info.statusCode = response.statusCode;
  info.clientError = parseClientError(response.body);
  info.boxRequestId = header("box-request-id");
  info.wwwAuthenticate = header("WWW-Authenticate");
  info.contentType = header("Content-Type");
  info.retryAfter = parseRetryAfter(response.headers, now);
  // The year 9999 is a date, but more nanoseconds than the clock can count; a clock that far off tells nothing.
  constexpr std::chrono::sys_seconds latest = std::chrono::sys_days(std::chrono::year(2200) / 1 / 1);
  const auto date = parseHttpDate(header("Date"), std::chrono::floor<std::chrono::seconds>(now));
  if (date && *date >= std::chrono::sys_seconds() && *date < latest) info.date = *date;
  return info;
}

std::string summarize(const ApiErrorInfo& info, const std::string& body, const DataSanitizer& sanitizer) {
  std::string line = std::to_string(info.statusCode);
  if (const std::string_view phrase = reason(info.statusCode); !phrase.empty()) line.append(" ").append(phrase);

  std::string code = info.clientError.code.value_or("");
  std::string message = info.clientError.message.value_or("");
  if (code.empty()) code = challengeParameter(info.wwwAuthenticate, "error");
  if (message.empty()) message = challengeParameter(info.wwwAuthenticate, "error_description");
  if (!code.empty()) line += ", code " + sanitizer.sanitize(code);
  if (!message.empty()) {
    line += ": " + sanitizer.sanitize(message);
  } else if (body.empty()) {
    line += ", without a body";
  } else if (startsWithIgnoreCase(info.contentType, "text/html")) {
    line += ", with a page in HTML instead of Box's JSON";
    if (const std::string_view name = title(body); !name.empty()) line += ": " + sanitizer.sanitize(name);
  } else if (code.empty()) {
    line += ", with a body that is not Box's JSON";
  }
  if (info.retryAfter) line += ", Retry-After " + std::to_string(info.retryAfter->count() / 1000) + " s";
  if (isRequestId(info.boxRequestId)) line += ", box-request-id " + info.boxRequestId;
  if (info.clientError.requestId && isRequestId(*info.clientError.requestId)) {
    line += ", request_id " + *info.clientError.requestId;
  }
  return line;
}

}  // namespace box
