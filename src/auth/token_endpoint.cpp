#include "auth/token_endpoint.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

#include <boost/json/monotonic_resource.hpp>

#include "auth/bearer_token.hpp"
#include "auth/token_failure.hpp"
#include "box/network/network_client.hpp"
#include "network/fetch_as.hpp"
#include "network/validation.hpp"
#include "support/json.hpp"
#include "support/text_codec.hpp"
#include "support/wipe.hpp"

namespace box::inline v0_1 {
namespace {

namespace json = boost::json;

std::string_view text(const json::object& object, std::string_view key) {
  return stringIn(object, key).value_or(std::string_view());
}

/// Checks the token here, because AccessToken would report a wrong argument of the caller, but this token comes from
/// the server.
void requireBearerToken(std::string_view field, std::string_view token) {
  const std::string_view objection = bearerTokenObjection(withoutLineBreak(token));
  if (objection.empty()) return;
  throw BoxSdkError(Errc::tokenUnavailable, "the token endpoint's answer has an unusable " + std::string(field) +
                                                ", which " + std::string(objection));
}

/// A lifetime in seconds; unset if the value is not valid.
std::optional<std::chrono::seconds> lifetimeIn(const json::value* value) {
  constexpr double longest = 86400;
  if (value == nullptr) return std::nullopt;
  double seconds = 0;
  if (const json::string* string = value->if_string()) {
    for (const char c : *string) {
      if (!isDigit(c)) return std::nullopt;
      seconds = std::min(10 * seconds + (c - '0'), longest);
    }
  } else if (value->is_number()) {
    seconds = value->to_number<double>();
  } else {
    return std::nullopt;
  }
  if (!(seconds > 0)) return std::nullopt;  // this is true for NaN too
  return std::chrono::seconds(static_cast<std::int64_t>(std::min(std::ceil(seconds), longest)));
}

/// Whether the field's value is secret.
bool isSecret(std::string_view field) {
  constexpr std::array<std::string_view, 6> secret{"client_secret", "assertion", "refresh_token",
                                                   "code",          "token",     "subject_token"};
  return std::find(secret.begin(), secret.end(), field) != secret.end();
}

std::shared_ptr<const Operation> endpoint(const char* name, Idempotency idempotency) {
  const std::string path = std::string("/oauth2/") + name;
  return std::make_shared<const Operation>(path.substr(1), "POST", path, ExpectedStatus(200), idempotency, true);
}

/// The request with a person's authorization code, which Box accepts once; a server may revoke the tokens of a code
/// that it gets twice (RFC 6749, 4.1.2).
const std::shared_ptr<const Operation>& codeOperation() {
  static const std::shared_ptr<const Operation> operation = endpoint("token", Idempotency::notIdempotent);
  return operation;
}

}  // namespace

const std::shared_ptr<const Operation>& tokenOperation() {
  // A second token request is harmless, because Box accepts the old refresh token until the new access token is first
  // used.
  static const std::shared_ptr<const Operation> operation = endpoint("token", Idempotency::idempotent);
  return operation;
}

const std::shared_ptr<const Operation>& revokeOperation() {
  static const std::shared_ptr<const Operation> operation = endpoint("revoke", Idempotency::idempotent);
  return operation;
}

FormBody::~FormBody() { wipe(text_); }

FormBody& FormBody::add(std::string_view name, std::string_view value) {
  makeRoom(text_, std::max<std::size_t>(text_.size() + name.size() + 2 + 3 * value.size(), 1024));
  appendParam(text_, name, value);
  if (isSecret(name)) secrets_.emplace_back(value);
  return *this;
}

std::shared_ptr<const AccessToken> parseTokenResponse(std::string_view body, AccessToken::TimePoint now) {
  if (body.size() > longestParsedAtOnce) {
    throw BoxSdkError(Errc::tokenUnavailable, "the token endpoint's answer has more than 32 KiB");
  }
  WipingResource memory;
  WipedRoom room(16384);  // tokens are copied into this memory; a larger answer gets more
  json::monotonic_resource resource(room.data(), room.size(), &memory);
  const json::value document = parseJson(body, &resource);
  if (!document.is_object()) {
    throw BoxSdkError(Errc::tokenUnavailable, "the token endpoint's answer is not the JSON object that it should be");
  }
  const json::object& object = document.get_object();
  const std::string_view token = text(object, "access_token");
  if (token.empty()) throw BoxSdkError(Errc::tokenUnavailable, "the token endpoint's answer has no access_token");
  const std::string_view type = text(object, "token_type");
  if (!type.empty() && !equalsIgnoreCase(type, "bearer")) {
    throw BoxSdkError(Errc::tokenUnavailable, "the token endpoint's answer has a token of another type than bearer");
  }
  std::optional<AccessToken::TimePoint> expiresAt;
  if (const auto seconds = lifetimeIn(object.if_contains("expires_in"))) expiresAt = after(now, *seconds);
  const std::string_view refreshToken = text(object, "refresh_token");
  requireBearerToken("access_token", token);
  if (!refreshToken.empty()) requireBearerToken("refresh_token", refreshToken);
  return std::make_shared<const AccessToken>(Secret(token), expiresAt, Secret(refreshToken));
}

asio::awaitable<FetchResponse> postForm(std::shared_ptr<const Operation> operation, const FormBody& form,
                                        const TokenContext& context) {
  NetworkRequest request(std::move(operation), context.session);
  request.route = context.route;
  request.contentType = "application/x-www-form-urlencoded";
  request.body = form.text();
  request.secrets = form.secrets();
  request.deadline = context.deadline;
  return fetchAs<FetchResponse>(context.client, std::move(request), wholeResponse);
}

namespace {

std::shared_ptr<const AccessToken> tokenIn(const FetchResponse& response, AccessToken::TimePoint asked) {
  if (response.bodyIntact) return parseTokenResponse(response.body, asked);
  if (isContentCoding(response.headers.get("Content-Encoding").value_or(""))) {
    throw BoxSdkError(
        Errc::tokenUnavailable,
        "the token endpoint's answer is in a content coding, such as gzip, that was not asked for; a proxy "
        "or a gateway on the way may have added it");
  }
  throw BoxSdkError(Errc::connectionLost, "the token endpoint's answer was cut short");
}

}  // namespace

asio::awaitable<std::shared_ptr<const AccessToken>> postForToken(std::shared_ptr<const Operation> operation,
                                                                 FormBody form, TokenContext context) {
  const std::shared_ptr<const Clock> clock = context.session.clock();
  for (bool again = operation->idempotency == Idempotency::idempotent;; again = false) {
    // The time before the request is sent, so that the computed expiry is too early rather than too late.
    const AccessToken::TimePoint asked = clock->now();
    FetchResponse response = co_await postForm(operation, form, context);
    const WipeGuard guard(response.body);
    // If the body was cut, a token was issued but did not arrive. It can be requested again, because Box accepts the
    // old refresh token until the new access token is first used.
    const bool cut = !response.bodyIntact && !isContentCoding(response.headers.get("Content-Encoding").value_or(""));
    if (cut && again) continue;
    try {
      co_return tokenIn(response, asked);
    } catch (const BoxSdkError&) {
      raiseAfterAnswer(std::current_exception());
    }
  }
}

asio::awaitable<std::shared_ptr<const AccessToken>> postTokenRequest(GrantType grant, FormBody form,
                                                                     TokenContext context) {
  std::optional<BoxSdkError> failure;
  try {
    const auto& operation = grant == GrantType::authorizationCode ? codeOperation() : tokenOperation();
    co_return co_await postForToken(operation, std::move(form), std::move(context));
  } catch (const BoxSdkError& error) {
    failure = explainGrantError(error, grant);
  }
  failure->raise();
}

}  // namespace box::inline v0_1
