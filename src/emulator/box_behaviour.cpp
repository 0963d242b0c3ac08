#include "box_behaviour.hpp"

#include <boost/json.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace box::emulator {
namespace json = boost::json;
namespace {

constexpr std::string_view acceptedMessage =
    "Request is successful, please check the admin events for the status of the job";
constexpr std::string_view notJson = "Supported payload format is JSON";

bool contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool containsAny(const std::vector<std::string>& list, const std::vector<std::string>& values) {
  return std::any_of(values.begin(), values.end(), [&](const std::string& value) { return contains(list, value); });
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The media type without its parameters.
std::string_view mediaType(std::string_view contentType) {
  return trimmed(contentType.substr(0, contentType.find(';')));
}

std::string_view pathOf(std::string_view target) { return target.substr(0, target.find('?')); }

int hexValue(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool formDecode(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hexValue(text[i + 1]);
      const int low = hexValue(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return true;
}

void addJsonBody(BoxAnswer& answer, const json::object& body) {
  answer.body = json::serialize(body);
  answer.headers.emplace_back("Content-Type", "application/json");
}

enum class ListState { good, missing, malformed };

/// Reads one of the lists of ids. An empty string is no id.
ListState readList(const json::object& body, std::string_view key, std::vector<std::string>& out) {
  const json::value* value = body.if_contains(key);
  if (value == nullptr || value->is_null()) return ListState::missing;
  const json::array* array = value->if_array();
  if (array == nullptr) return ListState::malformed;
  for (const json::value& entry : *array) {
    const json::string* text = entry.if_string();
    if (text == nullptr || text->empty()) return ListState::malformed;
    out.emplace_back(text->data(), text->size());
  }
  return ListState::good;
}

}  // namespace

std::string digestOf(std::string_view secret) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  if (EVP_Digest(secret.data(), secret.size(), hash.data(), &size, EVP_sha256(), nullptr) != 1) return "????????";
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 4; ++i) {
    text += digits[hash[i] >> 4U];
    text += digits[hash[i] & 15U];
  }
  return text;
}

std::string withoutCredential(std::string_view name, const std::string& value) {
  if (equalNoCase(name, "Authorization") || equalNoCase(name, "Proxy-Authorization")) {
    const std::size_t space = value.find(' ');
    if (space == std::string::npos) return "sha256:" + digestOf(value);
    // The same text as AcceptedTermination::tokenDigest, so that records can be matched.
    return value.substr(0, space) + " sha256:" + digestOf(trimmed(std::string_view(value).substr(space)));
  }
  if (equalNoCase(name, "Cookie")) return "sha256:" + digestOf(value);
  return value;
}

bool equalNoCase(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string findHeader(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& header : headers) {
    if (equalNoCase(header.first, name)) return header.second;
  }
  return {};
}

std::string RequestInfo::header(const std::string& name) const { return findHeader(headers, name); }
std::string RequestRecord::header(const std::string& name) const { return findHeader(headers, name); }

std::optional<std::string> bearerToken(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  if (authorization.size() <= scheme.size() || !equalNoCase(authorization.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  const std::string_view token = trimmed(authorization.substr(scheme.size()));
  const std::string_view core = token.substr(0, token.find_last_not_of('=') + 1);
  if (core.empty()) return std::nullopt;
  for (const char c : core) {
    const bool letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letterOrDigit && std::string_view("-._~+/").find(c) == std::string_view::npos) return std::nullopt;
  }
  return std::string(token);
}

std::string_view usualCode(int status) {
  switch (status) {
    case 400: return "bad_request";
    case 401: return "unauthorized";
    case 403: return "access_denied_insufficient_permissions";
    case 404: return "not_found";
    case 405: return "method_not_allowed";
    case 409: return "conflict";
    case 412: return "precondition_failed";
    case 429: return "rate_limit_exceeded";
    case 503: return "unavailable";
    default: return status >= 500 ? "internal_server_error" : "bad_request";
  }
}

std::string_view reasonPhrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 102: return "Processing";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

std::optional<std::map<std::string, std::string>> parseForm(std::string_view body) {
  std::map<std::string, std::string> fields;
  std::string name;
  std::string value;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view right = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    if (!formDecode(pair.substr(0, equals), name) || !formDecode(right, value)) return std::nullopt;
    fields[name] = value;
  }
  return fields;
}

BoxBehaviour::BoxBehaviour(const EmulatorOptions& options) : options_(options), random_(std::random_device{}()) {
  grants_.emplace("client_credentials", &BoxBehaviour::grantClientCredentials);
  grants_.emplace("authorization_code", &BoxBehaviour::grantAuthorizationCode);
  grants_.emplace("refresh_token", &BoxBehaviour::grantRefreshToken);
  deadTokens_.insert(options.expiredTokens.begin(), options.expiredTokens.end());
  refreshTokens_.insert(options.refreshTokens.begin(), options.refreshTokens.end());
}

BoxAnswer BoxBehaviour::answer(const BoxRequest& request, TimePoint now) {
  const std::string_view path = pathOf(request.target);
  if (path == "/2.0/users/terminate_sessions") {
    if (request.method != "POST") return methodAnswer(request, "POST, OPTIONS");
    return terminate(request, TerminationKind::users, now);
  }
  if (path == "/2.0/groups/terminate_sessions") {
    if (request.method != "POST") return methodAnswer(request, "POST, OPTIONS");
    return terminate(request, TerminationKind::groups, now);
  }
  if (path == "/oauth2/token") {
    if (request.method != "POST") return methodAnswer(request, "POST, OPTIONS");
    return token(request, now);
  }
  if (path == "/oauth2/revoke") {
    if (request.method != "POST") return methodAnswer(request, "POST, OPTIONS");
    return revoke(request);
  }
  if (path == "*" && request.method == "OPTIONS") return methodAnswer(request, "POST, OPTIONS");
  return clientError(404);
}

BoxAnswer BoxBehaviour::methodAnswer(const BoxRequest& request, std::string_view allowed) {
  if (request.method == "OPTIONS") {
    BoxAnswer answer = bare(204);
    answer.headers.emplace_back("Allow", allowed);
    return answer;
  }
  BoxAnswer answer = clientError(405);
  answer.headers.emplace_back("Allow", allowed);
  return answer;
}

BoxAnswer BoxBehaviour::bare(int status) {
  BoxAnswer answer;
  answer.status = status;
  answer.boxRequestId = freshId(32);
  answer.headers.emplace_back("box-request-id", answer.boxRequestId);
  return answer;
}

BoxAnswer BoxBehaviour::unauthorized() {
  BoxAnswer answer = bare(401);
  answer.headers.emplace_back("WWW-Authenticate",
                              "Bearer realm=\"Service\", error=\"invalid_token\", "
                              "error_description=\"The access token provided is invalid.\"");
  return answer;
}

BoxAnswer BoxBehaviour::clientError(int status, std::string_view code, std::string_view message) {
  return errorAnswer(status, code, message, {}, {});
}

BoxAnswer BoxBehaviour::badField(std::string_view field, std::string_view message) {
  return errorAnswer(400, "bad_request", message, "invalid_parameter", field);
}

BoxAnswer BoxBehaviour::errorAnswer(int status, std::string_view code, std::string_view message,
                                    std::string_view reason, std::string_view field) {
  BoxAnswer answer = bare(status);
  if (code.empty()) code = usualCode(status);
  if (message.empty()) message = reasonPhrase(status);
  json::object body;
  body["type"] = "error";
  body["status"] = status;
  body["code"] = code;
  if (reason.empty()) {
    body["context_info"] = nullptr;
  } else {
    json::object entry;
    entry["reason"] = reason;
    entry["name"] = field;
    entry["message"] = message;
    json::array entries;
    entries.push_back(std::move(entry));
    json::object context;
    context["errors"] = std::move(entries);
    body["context_info"] = std::move(context);
  }
  body["help_url"] = "http://developers.box.com/docs/#errors";
  body["message"] = message;
  // Another id than the header's, as with Box: clients must not mistake one for the other.
  body["request_id"] = freshId(16);
  addJsonBody(answer, body);
  return answer;
}

BoxAnswer BoxBehaviour::acceptedAnswer() {
  BoxAnswer answer = bare(202);
  // Written out, because Box puts a space after the colon.
  answer.body = "{\"message\": \"" + std::string(acceptedMessage) + "\"}";
  answer.headers.emplace_back("Content-Type", "application/json");
  return answer;
}

bool BoxBehaviour::tokenIsGood(const std::string& token, TimePoint now) {
  if (deadTokens_.count(token) != 0) return false;
  const auto issued = issuedTokens_.find(token);
  if (issued != issuedTokens_.end()) {
    if (now >= issued->second.expires) return false;
    // Box lets the old refresh token live until the new access token proves to have arrived.
    refreshTokens_.erase(issued->second.replacesRefreshToken);
    return true;
  }
  if (contains(options_.accessTokens, token) || contains(options_.underprivilegedTokens, token)) return true;
  return options_.accessTokens.empty() && options_.clientId.empty();
}

std::optional<BoxAnswer> BoxBehaviour::refuseCaller(const BoxRequest& request, TimePoint now, std::string& token) {
  const std::string authorization = findHeader(request.headers, "Authorization");
  const std::optional<std::string> bearer = bearerToken(authorization);
  const bool known = bearer.has_value() && deadTokens_.count(*bearer) == 0;
  if (bearer) seenTokens_.insert(*bearer);
  if (!known || !tokenIsGood(*bearer, now)) {
    if (!authorization.empty()) return unauthorized();
    BoxAnswer answer = bare(401);
    answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"Service\"");
    return answer;
  }
  if (contains(options_.underprivilegedTokens, *bearer)) {
    BoxAnswer answer = bare(403);
    answer.headers.emplace_back("WWW-Authenticate",
                                "Bearer realm=\"Service\", error=\"insufficient_scope\", "
                                "error_description=\"The request requires higher privileges than provided by "
                                "the access token.\"");
    return answer;
  }
  token = *bearer;
  return std::nullopt;
}

std::optional<BoxAnswer> BoxBehaviour::refuseRate(const std::string& token, TimePoint now) {
  if (options_.rateLimitCalls == 0) return std::nullopt;
  std::deque<TimePoint>& times = callTimes_[token];
  while (!times.empty() && now - times.front() >= options_.rateLimitWindow) times.pop_front();
  if (times.size() < options_.rateLimitCalls) {
    times.push_back(now);
    return std::nullopt;
  }
  BoxAnswer answer = clientError(429, "rate_limit_exceeded", "Request rate limit exceeded, please try again later");
  answer.headers.emplace_back("retry-after", std::to_string(options_.retryAfterSeconds));
  return answer;
}

BoxAnswer BoxBehaviour::terminate(const BoxRequest& request, TerminationKind kind, TimePoint now) {
  std::string token;
  std::optional<BoxAnswer> refusal = refuseCaller(request, now, token);
  if (!refusal) refusal = refuseRate(token, now);
  if (refusal) return std::move(*refusal);

  // 400 and not 415: Box documents this very message under 400, and documents no 415 for these calls.
  if (!equalNoCase(mediaType(findHeader(request.headers, "Content-Type")), "application/json")) {
    return errorAnswer(400, "bad_request", notJson, "invalid_parameter", "content-type");
  }
  boost::system::error_code ec;
  const json::value parsed = json::parse(request.body, ec);
  const json::object* body = ec ? nullptr : parsed.if_object();
  if (body == nullptr) return errorAnswer(400, "bad_request", notJson, "invalid_parameter", "body");

  AcceptedTermination termination;
  termination.kind = kind;
  termination.asUser = findHeader(request.headers, "As-User");
  termination.tokenDigest = digestOf(token);
  std::size_t known = 0;
  std::size_t entries = 0;
  if (kind == TerminationKind::users) {
    const std::string_view empty = "Users can not be NULL or EMPTY";
    const std::string_view format = "User id format is string";
    const ListState ids = readList(*body, "user_ids", termination.userIds);
    const ListState logins = readList(*body, "user_logins", termination.userLogins);
    // Box's schema requires both keys; it is enough when one of the two lists has an entry.
    if (ids == ListState::missing) return badField("user_ids", empty);
    if (logins == ListState::missing) return badField("user_logins", empty);
    if (ids == ListState::malformed) return badField("user_ids", format);
    if (logins == ListState::malformed) return badField("user_logins", format);
    known = 2;
    entries = termination.userIds.size() + termination.userLogins.size();
    if (entries == 0) return badField("user_ids", empty);
  } else {
    const std::string_view empty = "Groups can not be NULL or EMPTY";
    const ListState ids = readList(*body, "group_ids", termination.groupIds);
    if (ids == ListState::missing) return badField("group_ids", empty);
    if (ids == ListState::malformed) return badField("group_ids", "group id format is string");
    known = 1;
    entries = termination.groupIds.size();
    if (entries == 0) return badField("group_ids", empty);
  }
  if (options_.refuseUnknownKeys && body->size() != known) {
    return errorAnswer(400, "bad_request", "The payload has keys that are not known", "invalid_parameter", "body");
  }
  if (options_.maxEntries != 0 && entries > options_.maxEntries) {
    return errorAnswer(400, "bad_request", "Too many entries in one request", "invalid_parameter", "body");
  }
  if (containsAny(options_.forbiddenUserIds, termination.userIds) ||
      containsAny(options_.forbiddenUserLogins, termination.userLogins) ||
      containsAny(options_.forbiddenGroupIds, termination.groupIds)) {
    return clientError(403, "access_denied_insufficient_permissions",
                       "Access denied - insufficient permission");
  }
  if (containsAny(options_.unknownUserIds, termination.userIds) ||
      containsAny(options_.unknownUserLogins, termination.userLogins) ||
      containsAny(options_.unknownGroupIds, termination.groupIds)) {
    return clientError(404);
  }
  BoxAnswer answer = acceptedAnswer();
  termination.boxRequestId = answer.boxRequestId;
  answer.accepted = std::move(termination);
  return answer;
}

void BoxBehaviour::expireToken(const std::string& token) { deadTokens_.insert(token); }

void BoxBehaviour::expireAllTokens() {
  deadTokens_.insert(seenTokens_.begin(), seenTokens_.end());
  deadTokens_.insert(options_.accessTokens.begin(), options_.accessTokens.end());
  for (const auto& issued : issuedTokens_) deadTokens_.insert(issued.first);
}

BoxAnswer BoxBehaviour::oauthError(int status, std::string_view error, std::string_view description) {
  BoxAnswer answer = bare(status);
  json::object body;
  body["error"] = error;
  body["error_description"] = description;
  addJsonBody(answer, body);
  return answer;
}

bool BoxBehaviour::clientIsGood(const Form& form) const {
  const auto id = form.find("client_id");
  const auto secret = form.find("client_secret");
  if (id == form.end() || secret == form.end() || id->second.empty() || secret->second.empty()) return false;
  if (options_.clientId.empty()) return true;
  return id->second == options_.clientId && secret->second == options_.clientSecret;
}

BoxAnswer BoxBehaviour::token(const BoxRequest& request, TimePoint now) {
  if (!equalNoCase(mediaType(findHeader(request.headers, "Content-Type")), "application/x-www-form-urlencoded")) {
    return oauthError(400, "invalid_request", "The content type must be application/x-www-form-urlencoded");
  }
  const std::optional<Form> form = parseForm(request.body);
  if (!form) return oauthError(400, "invalid_request", "The body is malformed");
  const auto type = form->find("grant_type");
  if (type == form->end() || type->second.empty()) {
    return oauthError(400, "invalid_request", "Invalid grant_type parameter or parameter missing");
  }
  const auto grant = grants_.find(type->second);
  if (grant == grants_.end()) {
    return oauthError(400, "unsupported_grant_type", "Grant type is not supported");
  }
  if (!clientIsGood(*form)) return oauthError(400, "invalid_client", "The client credentials are invalid");
  const Grant function = grant->second;
  return (this->*function)(*form, now);
}

BoxAnswer BoxBehaviour::grantClientCredentials(const Form& form, TimePoint now) {
  const auto type = form.find("box_subject_type");
  const auto id = form.find("box_subject_id");
  if (type == form.end() || (type->second != "enterprise" && type->second != "user")) {
    return oauthError(400, "invalid_grant", "Grant credentials are invalid");
  }
  const bool known = id != form.end() && !id->second.empty() &&
                     (options_.subjectIds.empty() || contains(options_.subjectIds, id->second));
  if (!known) return oauthError(400, "unauthorized_client", "This app is not authorized by the enterprise admin");
  return issueToken(now, false, std::string());
}

BoxAnswer BoxBehaviour::grantAuthorizationCode(const Form& form, TimePoint now) {
  const auto code = form.find("code");
  const bool known = code != form.end() && !code->second.empty() &&
                     (options_.authorizationCodes.empty() || contains(options_.authorizationCodes, code->second));
  if (!known || !usedCodes_.insert(code->second).second) {
    return oauthError(400, "invalid_grant", "The authorization code has expired");
  }
  return issueToken(now, true, std::string());
}

BoxAnswer BoxBehaviour::grantRefreshToken(const Form& form, TimePoint now) {
  const auto token = form.find("refresh_token");
  if (token == form.end() || refreshTokens_.count(token->second) == 0) {
    return oauthError(400, "invalid_grant", "Refresh token has expired");
  }
  return issueToken(now, true, token->second);
}

BoxAnswer BoxBehaviour::issueToken(TimePoint now, bool withRefreshToken, const std::string& replaces) {
  const std::string accessToken = freshId(32);
  IssuedToken issued;
  issued.expires = now + options_.tokenLifetime;
  issued.replacesRefreshToken = replaces;
  issuedTokens_[accessToken] = issued;
  BoxAnswer answer = bare(200);
  json::object body;
  body["access_token"] = accessToken;
  body["expires_in"] = options_.tokenLifetime.count();
  body["restricted_to"] = json::array();
  if (withRefreshToken) {
    const std::string refreshToken = freshId(64);
    refreshTokens_.insert(refreshToken);
    body["refresh_token"] = refreshToken;
  }
  body["token_type"] = "bearer";
  addJsonBody(answer, body);
  return answer;
}

BoxAnswer BoxBehaviour::revoke(const BoxRequest& request) {
  const std::optional<Form> form = parseForm(request.body);
  if (!form) return oauthError(400, "invalid_request", "The body is malformed");
  if (!clientIsGood(*form)) return oauthError(400, "invalid_client", "The client credentials are invalid");
  const auto token = form->find("token");
  if (token == form->end() || token->second.empty()) {
    return oauthError(400, "invalid_request", "The token parameter was not found");
  }
  // RFC 7009 2.2: an unknown token is no error.
  deadTokens_.insert(token->second);
  refreshTokens_.erase(token->second);
  return bare(200);
}

std::string BoxBehaviour::freshId(std::size_t hexDigits) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string id;
  while (id.size() < hexDigits) {
    std::uint64_t bits = random_();
    for (int i = 0; i < 16 && id.size() < hexDigits; ++i, bits >>= 4U) id += digits[bits & 15U];
  }
  return id;
}

}  // namespace box::emulator
