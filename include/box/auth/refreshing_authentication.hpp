#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "box/auth/authentication.hpp"
#include "box/auth/token_storage.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"
#include "box/views.hpp"

namespace box::inline v0_1 {

/// The base class of BoxCcgAuth, BoxJwtAuth, BoxOAuth and CallbackAuth, which request a new token without the caller's
/// help.
///
/// A token is renewed before it expires (`refreshMargin` of the configurations). One call waits for the new token, for
/// at most 5 s, and never longer than half of the call's remaining time; the others continue with the old token. If the
/// renewal fails for a temporary reason, that one call uses the old token too. After Box has refused a token, it is
/// renewed once, however many calls were refused.
///
/// *Errors* of a call that gets no token: BoxSdkError with Errc::credentialsInvalid, appNotAuthorized,
/// refreshTokenExpired, signInRequired, clockSkew, tokenUnavailable; where the request got no usable answer, the code
/// that says why (connectFailed, callTimeout, serverError, …). The phase is Phase::token, and api() is the answer of
/// the token endpoint, if there was one. The fate is that of the attempts before it: inDoubt if one was in doubt, else
/// rejected if one was rejected (such as by a 401), else notSent. After such a 401, a failure with tokenUnavailable
/// leaves the call with Errc::unauthorized, Phase::response and the answer with the 401. If, after such a 401, the
/// token request fails with another code, and the token endpoint has not answered, the error is a BoxApiError: its
/// code() is that of the token request (connectFailed), its api() the answer with the 401. After callTimeout,
/// clientClosed, extensionFailed or a cancellation it is a plain BoxSdkError.
class BOX_API RefreshingAuthentication : public Authentication {
 public:
  /// How long before its expiry a token is renewed by default. Any margin is at most a quarter of the time that the
  /// token has left when the library gets it.
  static constexpr std::chrono::seconds defaultRefreshMargin{60};

  ~RefreshingAuthentication() override;

  Token currentToken(AccessToken::TimePoint now) const noexcept override;

  /// Gets a token with fewer rights than the token of this object, to give to others. `scopes`: at least one, as Box
  /// names them ("item_preview"). `resource`: the URL of the one file or folder that the token is for; empty: all.
  /// *Errors*: BoxSdkError with Errc::invalidRequest where there are no scopes or a malformed one, and those of a token
  /// request.
  asio::awaitable<Token> downscopeToken(StringListView scopes, std::string_view resource, TokenContext context);

  /// Revokes the stored token and its refresh token at Box, and removes both from the storage. Does nothing if no token
  /// is stored. *Errors*: those of a token request; Errc::invalidConfiguration where the stored token comes from the
  /// caller's own function, because only its issuer can revoke it. With Fate::accepted Box has revoked the token, and
  /// the storage failed.
  asio::awaitable<void> revokeToken(TokenContext context);

 protected:
  asio::awaitable<Token> requestToken(Token refused, TokenContext context) override;

 private:
  friend class BoxCcgAuth;
  friend class BoxJwtAuth;
  friend class BoxOAuth;
  friend class CallbackAuth;
  class Service;
  explicit RefreshingAuthentication(std::shared_ptr<Service> service) noexcept;

  std::shared_ptr<Service> service_;
};

}  // namespace box::inline v0_1
