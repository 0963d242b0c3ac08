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

/// What client credentials, JWT and OAuth 2.0 have in common: they get a new token by themselves.
///
/// A token is renewed before it expires (`refreshMargin` of the configurations): one call waits for the new token, for
/// at most 5 s, and the others continue with the old one; where the renewal fails for a temporary reason, that call
/// uses the old one too. After Box has refused a token, it is renewed once, however many calls got the refusal.
///
/// *Errors* of a call that gets no token: Errc::credentialsInvalid, appNotAuthorized, refreshTokenExpired, clockSkew,
/// tokenUnavailable; where Box could not be asked, the code that says why (connectFailed, callTimeout, serverError, …).
/// The phase is Phase::token, the fate notSent, and api() the token endpoint's answer, if there was one.
class BOX_API RefreshingAuthentication : public Authentication {
 public:
  /// How long before its expiry a token is renewed; a quarter of its lifetime where that is less.
  static constexpr std::chrono::seconds defaultRefreshMargin{60};

  ~RefreshingAuthentication() override;

  Token currentToken(AccessToken::TimePoint now) const noexcept override;

  /// A token with fewer rights than this object's own, to hand on to others. `scopes`: at least one, as Box names them
  /// ("item_preview"). `resource`: the URL of the one file or folder that it is for; empty: all.
  /// *Errors*: Errc::invalidRequest for no or malformed scopes, and those of a token request.
  asio::awaitable<Token> downscopeToken(StringListView scopes, std::string_view resource, TokenContext context);

  /// Has Box refuse the stored token (and its refresh token) from now on, and forgets both. Does nothing if no token is
  /// stored.
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
