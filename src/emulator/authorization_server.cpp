#include "authorization_server.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "contains.hpp"

namespace box::inline v0_1::emulator {
namespace json = boost::json;
namespace {

constexpr std::string_view jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr std::string_view tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr std::string_view accessTokenType = "urn:ietf:params:oauth:token-type:access_token";
constexpr std::string_view badGrant = "Grant credentials are invalid";

/// Parses scopes as RFC 6749 3.3 defines them. No value: the text has no scope, or one with a wrong character.
std::optional<std::set<std::string>> readScopes(const std::string& text) {
  const auto strange = [](char c) { return c < '!' || c > '~' || c == '"' || c == '\\'; };
  std::set<std::string> scopes;
  for (const std::string& scope : words(text)) {
    if (std::any_of(scope.begin(), scope.end(), strange)) return std::nullopt;
    scopes.insert(scope);
  }
  if (scopes.empty()) return std::nullopt;
  return scopes;
}

/// The file or folder that a `resource` names. No value: it is not a URL of Box's API.
std::optional<json::object> readResource(std::string_view url) {
  for (const std::string_view kind : {"file", "folder"}) {
    const std::string path = "/2.0/" + std::string(kind) + "s/";
    const std::size_t at = url.find(path);
    const bool web = url.substr(0, 8) == "https://" || url.substr(0, 7) == "http://";
    if (!web || at == std::string_view::npos) continue;
    const std::string_view id = url.substr(at + path.size());
    if (id.empty() || id.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    json::object resource;
    resource["type"] = kind;
    resource["id"] = id;
    return resource;
  }
  return std::nullopt;
}

/// Whether a browser may be sent to this address with a code: over TLS, or only within this machine, and without a
/// fragment (RFC 6749 3.1.2).
bool isSafeRedirect(std::string_view uri) {
  const auto strange = [](char c) { return c <= ' ' || c > '~' || c == '#' || c == '\\' || c == '"'; };
  if (std::any_of(uri.begin(), uri.end(), strange)) return false;
  const bool secure = uri.substr(0, 8) == "https://";
  if (!secure && uri.substr(0, 7) != "http://") return false;
  uri.remove_prefix(secure ? 8 : 7);
  const std::string_view authority = uri.substr(0, uri.find_first_of("/?"));
  // A user name before the @ can make an address look like that of another host.
  if (authority.find('@') != std::string_view::npos) return false;
  // In an IPv6 address the colons within brackets belong to the host.
  const std::size_t bracket = authority.find(']');
  const std::size_t hostEnd = bracket == std::string_view::npos ? authority.find(':') : bracket + 1;
  const std::string_view host = authority.substr(0, hostEnd);
  const std::string_view port = authority.substr(host.size());
  if (host.empty() || (!port.empty() && (port[0] != ':' || port.find_first_not_of("0123456789", 1) != port.npos))) {
    return false;
  }
  constexpr std::array<std::string_view, 3> loopback = {"127.0.0.1", "localhost", "[::1]"};
  return secure || std::find(loopback.begin(), loopback.end(), host) != loopback.end();
}

/// An answer that contains a credential, so that no cache may keep it (RFC 6749 5.1).
BoxAnswer uncached(BoxAnswer answer) {
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

json::object tokenBody(const std::string& accessToken, std::chrono::seconds lifetime) {
  json::object body;
  body["access_token"] = accessToken;
  body["expires_in"] = static_cast<std::int64_t>(lifetime.count());
  body["restricted_to"] = json::array();
  body["token_type"] = "bearer";
  return body;
}

}  // namespace

AuthorizationServer::AuthorizationServer(const EmulatorOptions& options, BoxAnswers& answers)
    : options_(options), answers_(answers), tokens_(options), jwt_(options.jwtPublicKeys) {
  grants_.emplace("client_credentials", &AuthorizationServer::grantClientCredentials);
  grants_.emplace("authorization_code", &AuthorizationServer::grantAuthorizationCode);
  grants_.emplace("refresh_token", &AuthorizationServer::grantRefreshToken);
  grants_.emplace(jwtBearer, &AuthorizationServer::grantJwt);
  grants_.emplace(tokenExchange, &AuthorizationServer::exchangeToken);
}

std::optional<FormFields> AuthorizationServer::formOf(const BoxRequest& request, BoxAnswer& refusal) {
  if (!equalNoCase(mediaType(findHeader(request.headers, "Content-Type")), "application/x-www-form-urlencoded")) {
    refusal = answers_.oauthError(400, "invalid_request", "The content type must be application/x-www-form-urlencoded");
    return std::nullopt;
  }
  std::optional<FormFields> form = parseForm(request.body);
  if (!form) refusal = answers_.oauthError(400, "invalid_request", "The body is malformed");
  return form;
}

bool AuthorizationServer::clientIsGood(const FormFields& form) const {
  const std::string& id = fieldOf(form, "client_id");
  const std::string& secret = fieldOf(form, "client_secret");
  if (id.empty() || secret.empty()) return false;
  return options_.clientId.empty() || (id == options_.clientId && secret == options_.clientSecret);
}

bool AuthorizationServer::subjectIsAuthorized(const std::string& id) const {
  return options_.subjectIds.empty() || contains(options_.subjectIds, id);
}

BoxAnswer AuthorizationServer::refuseClient() {
  return answers_.oauthError(400, "invalid_client", "The client credentials are invalid");
}

BoxAnswer AuthorizationServer::refuseSubject() {
  return answers_.oauthError(400, "unauthorized_client", "This app is not authorized by the enterprise admin.");
}

BoxAnswer AuthorizationServer::token(const BoxRequest& request, WallTime now) {
  BoxAnswer refusal;
  const std::optional<FormFields> form = formOf(request, refusal);
  if (!form) return refusal;
  const std::string& type = fieldOf(*form, "grant_type");
  if (type.empty()) {
    return answers_.oauthError(400, "invalid_request", "Invalid grant_type parameter or parameter missing");
  }
  const auto grant = grants_.find(type);
  if (grant == grants_.end()) {
    return answers_.oauthError(400, "unsupported_grant_type", "Grant type is not supported");
  }
  // A client that has a token may exchange it for one with fewer rights without naming the application.
  const bool anonymous = fieldOf(*form, "client_id").empty() && fieldOf(*form, "client_secret").empty();
  if (!(anonymous && type == tokenExchange) && !clientIsGood(*form)) return refuseClient();
  const Grant function = grant->second;
  return (this->*function)(*form, now);
}

BoxAnswer AuthorizationServer::grantClientCredentials(const FormFields& form, WallTime now) {
  const std::string& type = fieldOf(form, "box_subject_type");
  const std::string& id = fieldOf(form, "box_subject_id");
  if (type != "enterprise" && type != "user") return answers_.oauthError(400, "invalid_grant", badGrant);
  if (id.empty() || !subjectIsAuthorized(id)) return refuseSubject();
  Entitlement entitlement;
  entitlement.subject.enterprise = type == "enterprise";
  entitlement.subject.id = id;
  return issueToken(entitlement, now);
}

BoxAnswer AuthorizationServer::grantJwt(const FormFields& form, WallTime now) {
  const std::string& assertion = fieldOf(form, "assertion");
  if (assertion.empty()) return answers_.oauthError(400, "invalid_request", "The assertion parameter was not found");
  const JwtVerdict verdict = jwt_.verify(assertion, fieldOf(form, "client_id"), now);
  if (!verdict.refusal.empty()) return answers_.oauthError(400, "invalid_grant", verdict.refusal);
  if (!subjectIsAuthorized(verdict.subjectId)) return refuseSubject();
  Entitlement entitlement;
  entitlement.subject.enterprise = verdict.subjectType == "enterprise";
  entitlement.subject.id = verdict.subjectId;
  return issueToken(entitlement, now);
}

BoxAnswer AuthorizationServer::grantAuthorizationCode(const FormFields& form, WallTime now) {
  const std::string& code = fieldOf(form, "code");
  const std::string& redirectUri = fieldOf(form, "redirect_uri");
  Entitlement entitlement;
  entitlement.subject.id = options_.adminUser.id;
  bool good = !code.empty();
  const auto given = codes_.find(code);
  if (given != codes_.end()) {
    // Box does not require the redirect address here, but if one is sent it must be the same as before (RFC 6749
    // 4.1.3).
    good = now < given->second.expires && (redirectUri.empty() || redirectUri == given->second.redirectUri);
    entitlement = given->second.entitlement;
  } else if (!options_.authorizationCodes.empty() || !codes_.empty()) {
    good = good && contains(options_.authorizationCodes, code);
  }
  // A code is used up even if its exchange is refused, provided that it was a real code.
  const bool first = usedCodes_.insert(code).second;
  if (!good || !first) return answers_.oauthError(400, "invalid_grant", "The authorization code has expired");
  return issuePair(entitlement, std::string(), now);
}

BoxAnswer AuthorizationServer::grantRefreshToken(const FormFields& form, WallTime now) {
  const std::string& refreshToken = fieldOf(form, "refresh_token");
  const std::optional<Entitlement> entitlement = tokens_.refreshable(refreshToken, now);
  if (!entitlement) return answers_.oauthError(400, "invalid_grant", "Refresh token has expired");
  return issuePair(*entitlement, refreshToken, now);
}

BoxAnswer AuthorizationServer::exchangeToken(const FormFields& form, WallTime now) {
  if (fieldOf(form, "subject_token_type") != accessTokenType) {
    return answers_.oauthError(400, "invalid_request", "The subject_token_type is not supported");
  }
  const std::optional<std::set<std::string>> scopes = readScopes(fieldOf(form, "scope"));
  if (!scopes) return answers_.oauthError(400, "invalid_scope", "The scope is missing or malformed");
  const std::string& resource = fieldOf(form, "resource");
  const std::optional<json::object> object = readResource(resource);
  if (!resource.empty() && !object) {
    return answers_.oauthError(400, "invalid_resource", "The target resource is invalid");
  }
  const std::string& subjectToken = fieldOf(form, "subject_token");
  std::optional<TokenStore::Access> subject;
  if (!subjectToken.empty()) subject = tokens_.use(subjectToken, now);
  if (!subject) return answers_.oauthError(400, "invalid_grant", badGrant);
  const auto permitted = [&](const std::string& scope) { return subject->entitlement.permits(scope); };
  if (!std::all_of(scopes->begin(), scopes->end(), permitted)) {
    // The status is 401 because Box's documentation says so.
    return answers_.oauthError(401, "invalid_scope", "The subject token lacks a scope that was asked for");
  }

  std::chrono::seconds lifetime = options_.tokenLifetime;
  WallTime expires = now + lifetime;
  if (subject->expires && *subject->expires < expires) {
    expires = *subject->expires;
    lifetime = std::chrono::floor<std::chrono::seconds>(expires - now);
  }
  Entitlement entitlement;
  entitlement.subject = subject->entitlement.subject;
  entitlement.scopes = scopes;
  const std::string accessToken = answers_.freshId(32);
  tokens_.addAccess(accessToken, entitlement, expires);
  json::object body = tokenBody(accessToken, lifetime);
  body["issued_token_type"] = accessTokenType;
  json::array restrictions;
  for (const std::string& scope : *scopes) {
    json::object restriction;
    restriction["scope"] = scope;
    if (object) restriction["object"] = *object;
    restrictions.push_back(std::move(restriction));
  }
  body["restricted_to"] = std::move(restrictions);
  return uncached(answers_.withJson(200, json::serialize(body)));
}

BoxAnswer AuthorizationServer::issueToken(const Entitlement& entitlement, WallTime now) {
  const std::string accessToken = answers_.freshId(32);
  tokens_.addAccess(accessToken, entitlement, now + options_.tokenLifetime);
  const json::object body = tokenBody(accessToken, options_.tokenLifetime);
  return uncached(answers_.withJson(200, json::serialize(body)));
}

BoxAnswer AuthorizationServer::issuePair(const Entitlement& entitlement, const std::string& replaces, WallTime now) {
  const std::string accessToken = answers_.freshId(32);
  const std::string refreshToken = answers_.freshId(64);
  tokens_.addPair(accessToken, refreshToken, entitlement, now + options_.tokenLifetime,
                  now + options_.refreshTokenLifetime, replaces);
  json::object body = tokenBody(accessToken, options_.tokenLifetime);
  body["refresh_token"] = refreshToken;
  return uncached(answers_.withJson(200, json::serialize(body)));
}

BoxAnswer AuthorizationServer::revoke(const BoxRequest& request) {
  BoxAnswer refusal;
  const std::optional<FormFields> form = formOf(request, refusal);
  if (!form) return refusal;
  if (!clientIsGood(*form)) return refuseClient();
  const std::string& token = fieldOf(*form, "token");
  if (token.empty()) return answers_.oauthError(400, "invalid_request", "The token parameter was not found");
  // RFC 7009 2.2: an unknown token is not an error.
  tokens_.revoke(token);
  return answers_.bare(200);
}

BoxAnswer AuthorizationServer::authorize(const BoxRequest& request, WallTime now) {
  const std::optional<FormFields> query = parseForm(queryOf(request.target));
  if (!query) return answers_.page(400, "The request is malformed.");
  const std::string& clientId = fieldOf(*query, "client_id");
  if (clientId.empty() || (!options_.clientId.empty() && clientId != options_.clientId)) {
    return answers_.page(400, "The client_id is invalid.");
  }
  std::string redirectUri = fieldOf(*query, "redirect_uri");
  if (redirectUri.empty() && options_.redirectUris.size() == 1) redirectUri = options_.redirectUris.front();
  const bool registered = options_.redirectUris.empty() || contains(options_.redirectUris, redirectUri);
  // The browser must not be sent to an unverified address, so the error is shown as a page here.
  if (!registered || !isSafeRedirect(redirectUri)) return answers_.page(400, "The redirect_uri is invalid.");

  std::string result;
  const std::string& scope = fieldOf(*query, "scope");
  const std::optional<std::set<std::string>> scopes = readScopes(scope);
  if (fieldOf(*query, "response_type") != "code") {
    result = "error=unsupported_response_type";
  } else if (!scope.empty() && !scopes) {
    result = "error=invalid_scope";
  } else if (options_.refuseAuthorization) {
    result = "error=access_denied&error_description=The%20user%20denied%20access%20to%20your%20application";
  } else {
    Code code;
    code.expires = now + options_.codeLifetime;
    code.redirectUri = redirectUri;
    code.entitlement.subject.id = options_.adminUser.id;
    code.entitlement.scopes = scopes;
    const std::string name = answers_.freshId(32);
    codes_.emplace(name, std::move(code));
    result = "code=" + name;
  }
  const std::string& state = fieldOf(*query, "state");
  if (!state.empty()) result += "&state=" + percentEncoded(state);
  BoxAnswer answer = answers_.bare(302);
  const char* separator = redirectUri.find('?') == std::string::npos ? "?" : "&";
  answer.headers.emplace_back("Location", redirectUri + separator + result);
  return uncached(std::move(answer));
}

}  // namespace box::inline v0_1::emulator
