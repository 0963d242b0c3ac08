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

/// The token in a response of the token endpoint. `now`: the time from which its lifetime counts.
///
/// expires_in may be a number or digits in a string; at most 24 h are used. If it is missing or not a positive number,
/// the token's expiry is unknown. Throws BoxSdkError with Errc::tokenUnavailable if the response has no access token.
std::shared_ptr<const AccessToken> parseTokenResponse(std::string_view body, AccessToken::TimePoint now);

/// The kinds of grants. The remedies of an error depend on the kind.
enum class GrantType : std::uint8_t {
  clientCredentials,
  jwtBearer,
  authorizationCode,
  refreshToken,
  tokenExchange,
  revocation
};

/// The error for a failed token request, with the code for its cause and with a remedy. An error that is not a refusal
/// (no network, a 503) keeps its code.
BoxSdkError explainTokenError(const BoxSdkError& error, GrantType grant);

/// Whether the server has refused the assertion because of its time or its id: invalid_grant with `exp` or `jti` in the
/// text.
bool isSkew(const BoxSdkError& error) noexcept;

/// The operations `…/oauth2/token` and `…/oauth2/revoke`.
const std::shared_ptr<const Operation>& tokenOperation();
const std::shared_ptr<const Operation>& revokeOperation();

/// Makes one request of such an operation, with the pool, limits and retries of `context`; 200 is success. Throws the
/// error of the request, before explainTokenError().
asio::awaitable<FetchResponse> postForm(std::shared_ptr<const Operation> operation, const FormBody& form,
                                        const TokenContext& context);

/// The same, for a request whose answer is a token.
asio::awaitable<std::shared_ptr<const AccessToken>> postForToken(FormBody form, TokenContext context);

/// Requests a token by this grant. Throws the errors that explainTokenError() returns.
asio::awaitable<std::shared_ptr<const AccessToken>> postTokenRequest(GrantType grant, FormBody form,
                                                                     TokenContext context);

}  // namespace box::inline v0_1
