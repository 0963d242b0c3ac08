#include "box/auth/oauth.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "auth/config_checks.hpp"
#include "auth/token_failure.hpp"
#include "auth/token_service.hpp"
#include "box/error.hpp"
#include "box/observe/data_sanitizer.hpp"
#include "support/as_box_error.hpp"
#include "support/random_hex.hpp"
#include "support/text_codec.hpp"
#include "support/same_secret.hpp"

namespace box::inline v0_1 {
namespace {

class OAuthGrant final : public Grant {
 public:
  explicit OAuthGrant(const OAuthConfig& config) : identity_(config.clientId, config.clientSecret) {}

  void identify(FormBody& form) const override { identity_.identify(form); }
  TokenBinding binding() const override { return identity_.bindingFor("the person who signed in"); }

  asio::awaitable<Token> request(Token stored, TokenContext context) override {
    if (!stored || stored->refreshToken().empty()) {
      throw BoxSdkError(Errc::signInRequired, "there is no refresh token in the storage; a person must sign in first");
    }
    FormBody form;
    form.add("grant_type", "refresh_token");
    identity_.identify(form);
    form.add("refresh_token", stored->refreshToken().reveal());
    const Token token = co_await postTokenRequest(GrantType::refreshToken, std::move(form), std::move(context));
    if (!token->refreshToken().empty()) co_return token;
    // If the answer has no refresh token, the old one is kept; otherwise the person would have to sign in again.
    co_return std::make_shared<const AccessToken>(token->value(), token->expiresAt(), stored->refreshToken());
  }

 private:
  ClientIdentity identity_;
};

const OAuthConfig& checkedOAuth(const OAuthConfig& config) {
  requireClient("OAuthConfig", config.clientId, config.clientSecret, config.refreshMargin);
  return config;
}

/// The decoded value of a field in a query; empty: the field is missing or malformed. Throws an error with `code` if
/// the field occurs twice (RFC 6749 3.1), because one of the two values may come from an attacker.
std::string field(std::string_view query, std::string_view name, Errc code) {
  std::optional<std::string> value;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) != name) continue;
    if (value) {
      throw BoxSdkError(code, "the answer to the sign-in has more than one " + std::string(name) + "; start again");
    }
    value = percentDecoded(pair.substr(std::min(equals + 1, pair.size())), Plus::blank).value_or(std::string());
  }
  return std::move(value).value_or(std::string());  // moved, because a copy of an authorization code would stay
}

}  // namespace

BoxOAuth::BoxOAuth(OAuthConfig config)
    : RefreshingAuthentication(std::make_shared<Service>(std::make_unique<OAuthGrant>(checkedOAuth(config)),
                                                         config.tokenStorage, config.refreshMargin)),
      clientId_(std::move(config.clientId)) {}

std::string BoxOAuth::getAuthorizeUrl(const GetAuthorizeUrlOptions& options, const BaseUrls& baseUrls) const {
  std::string query = "response_type=code";
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) appendParam(query, name, value);
  };
  add("client_id", clientId_);
  add("redirect_uri", options.redirectUri);
  add("state", options.state);
  add("scope", options.scope);
  return baseUrls.oauth2Url + "/authorize?" + query;
}

asio::awaitable<BoxOAuth::Token> BoxOAuth::getTokensAuthorizationCodeGrant(Secret authorizationCode,
                                                                           TokenContext context,
                                                                           std::string_view redirectUri) {
  FormBody form;
  form.add("grant_type", "authorization_code");
  service_->identify(form);
  form.add("code", authorizationCode.reveal());
  if (!redirectUri.empty()) form.add("redirect_uri", redirectUri);
  return asBoxError(Service::adopt(service_, GrantType::authorizationCode, std::move(form), std::move(context)),
                    tokenOperationDetails);
}

std::string BoxOAuth::makeState() { return randomHex(16); }

Secret BoxOAuth::authorizationCode(std::string_view redirected, std::string_view state) {
  const std::size_t question = redirected.find('?');
  std::string_view query = question == std::string_view::npos ? std::string_view() : redirected.substr(question + 1);
  query = query.substr(0, query.find('#'));
  if (state.empty()) {
    throw BoxSdkError(
        Errc::invalidRequest,
        "the state is empty: without the one that the sign-in began with, anybody's answer would be taken");
  }
  const std::string returned = field(query, "state", Errc::stateMismatch);
  if (!isSameSecret(returned, state)) {
    throw BoxSdkError(
        Errc::stateMismatch,
        "the state that came back is not the one that was sent: the answer belongs to another sign-in, or "
        "somebody forged it; start again");
  }
  if (const std::string error = field(query, "error", Errc::tokenUnavailable); !error.empty()) {
    throw BoxSdkError(Errc::tokenUnavailable, "the sign-in was refused: " + defaultDataSanitizer()->sanitize(error));
  }
  std::string code = field(query, "code", Errc::tokenUnavailable);
  if (code.empty()) throw BoxSdkError(Errc::tokenUnavailable, "no authorization code came back; start again");
  return Secret(std::move(code));
}

}  // namespace box::inline v0_1
