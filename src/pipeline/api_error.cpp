#include "pipeline/api_error.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>

#include "http/challenge.hpp"
#include "network/http_date.hpp"
#include "network/validation.hpp"
#include "pipeline/retry_after.hpp"
#include "support/ascii.hpp"
#include "support/json.hpp"
#include "support/text_encoding.hpp"

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

/// Whether two texts have the same letters in the same order, as "not_found" and "Not Found" do.
bool isSaidBy(std::string_view text, std::string_view phrase) {
  const auto bare = [](std::string_view from) {
    std::string letters;
    for (const char c : from)
      if (isLetter(c)) letters += toLower(c);
    return letters;
  };
  return bare(text) == bare(phrase);
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
  if (body.size() > longestParsedAtOnce) return error;
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
  const std::string_view phrase = reason(info.statusCode);
  if (!phrase.empty()) line.append(" ").append(phrase);
  if (!expected.empty()) line += " where " + expected + " was expected";

  std::string code = info.clientError.code.value_or("");
  std::string message = info.clientError.message.value_or("");
  if (code.empty()) code = challengeParameter(info.wwwAuthenticate, "error");
  if (message.empty()) message = challengeParameter(info.wwwAuthenticate, "error_description");
  if (!code.empty() && !isSaidBy(code, phrase)) line += ", code " + sanitizer.sanitize(code);
  if (!message.empty()) {
    if (!isSaidBy(message, phrase)) line += ": " + sanitizer.sanitize(message);
  } else if (body.empty()) {
    if (expected.empty()) line += ", without a body";
  } else if (startsWithIgnoreCase(info.contentType, "text/html")) {
    line += ", with a page in HTML instead of Box's JSON";
    if (const std::string_view name = title(body); !name.empty()) line += ": " + sanitizer.sanitize(name);
  } else if (code.empty() && expected.empty()) {
    line += body.size() > longestParsedAtOnce ? ", with a body that is too long for an error of Box"
                                              : ", with a body that is not Box's JSON";
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

}  // namespace box::inline v0_1
