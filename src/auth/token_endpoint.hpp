#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "box/auth/authentication.hpp"
#include "box/error.hpp"
#include "box/network/fetch.hpp"
#include "box/network/operation.hpp"
#include "box/support/asio.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// A body of application/x-www-form-urlencoded, wiped when it is destroyed.
class FormBody {
 public:
  FormBody() = default;
  FormBody(FormBody&&) noexcept = default;
  FormBody& operator=(FormBody&&) = delete;
  ~FormBody();

  FormBody& add(std::string_view name, std::string_view value);
  const std::string& text() const noexcept { return text_; }
  /// The values that must be removed from errors.
  const std::vector<Secret>& secrets() const noexcept { return secrets_; }

 private:
  std::string text_;
  std::vector<Secret> secrets_;
};

/// The token in a response of the token endpoint, which came at `now`.
///
/// expires_in is taken as a number or as digits in a string, at most 24 h; without it, or where it is not a positive
/// number, the token's expiry is unknown. Throws BoxSdkError with Errc::tokenUnavailable where there is no access token
/// in it.
std::shared_ptr<const AccessToken> parseTokenResponse(std::string_view body, AccessToken::TimePoint now);

/// The kinds of grants. For each the remedies of an error differ.
enum class GrantType : std::uint8_t {
  clientCredentials,
  jwtBearer,
  authorizationCode,
  refreshToken,
  tokenExchange,
  revocation
};

/// The error of a failed token request, with the code for its cause and with the remedy. An error that is not a refusal
/// of the request (a network that is down, a 503) keeps its code.
BoxSdkError explainTokenError(const BoxSdkError& error, GrantType grant);

/// Whether the server has refused the assertion for its time or its id: invalid_grant about `exp` or `jti`.
bool isSkew(const BoxSdkError& error) noexcept;

/// `…/oauth2/token` and `…/oauth2/revoke`.
const std::shared_ptr<const Operation>& tokenOperation();
const std::shared_ptr<const Operation>& revokeOperation();

/// One request at one of them, with the pool, limits and retries of `context`; 200 is success.
/// Throws the request's error, not explained yet.
asio::awaitable<FetchResponse> postForm(std::shared_ptr<const Operation> operation, const FormBody& form,
                                        TokenContext context);

/// The same for a token.
asio::awaitable<std::shared_ptr<const AccessToken>> postForToken(FormBody form, TokenContext context);

/// Requests a token by this grant. Throws errors as explainTokenError() makes them.
asio::awaitable<std::shared_ptr<const AccessToken>> requestToken(GrantType grant, FormBody form, TokenContext context);

}  // namespace box::inline v0_1
