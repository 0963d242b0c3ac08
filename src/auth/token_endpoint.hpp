#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/grant_errors.hpp"
#include "box/auth/authentication.hpp"
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

/// The operations `…/oauth2/token` and `…/oauth2/revoke`.
const std::shared_ptr<const Operation>& tokenOperation();
const std::shared_ptr<const Operation>& revokeOperation();

/// Makes one request of such an operation, with the pool, limits and retries of `context`; 200 is success. Throws the
/// error of the request, before explainGrantError().
asio::awaitable<FetchResponse> postForm(std::shared_ptr<const Operation> operation, const FormBody& form,
                                        const TokenContext& context);

/// The same, for a request whose answer is a token. If the answer is cut short, an idempotent request is repeated once.
asio::awaitable<std::shared_ptr<const AccessToken>> postForToken(std::shared_ptr<const Operation> operation,
                                                                 FormBody form, TokenContext context);

/// Requests a token by this grant. Throws the errors that explainGrantError() returns.
asio::awaitable<std::shared_ptr<const AccessToken>> postTokenRequest(GrantType grant, FormBody form,
                                                                     TokenContext context);

}  // namespace box::inline v0_1
