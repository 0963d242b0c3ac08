#pragma once

#include <string_view>

#include "box/auth/authentication.hpp"
#include "box/views.hpp"

namespace box::inline v0_1 {

/// A developer token from Box's console. It lasts 60 minutes and cannot be refreshed: it is for trials, not for
/// services.
class BOX_API BoxDeveloperTokenAuth : public Authentication {
 public:
  /// `token`: as the console shows it. *Errors*: those of AccessToken.
  explicit BoxDeveloperTokenAuth(Secret token);

  Token currentToken(AccessToken::TimePoint now) const noexcept override;
  /// A token with fewer rights: see RefreshingAuthentication::downscopeToken().
  asio::awaitable<Token> downscopeToken(StringListView scopes, std::string_view resource, TokenContext context) const;

 protected:
  /// Fails with Errc::tokenUnavailable where Box has refused the token: the remedy is a new token from the console.
  asio::awaitable<Token> requestToken(Token refused, TokenContext context) override;

 private:
  static asio::awaitable<Token> ready(Token token);
  static asio::awaitable<Token> refuse();

  Token token_;
};

}  // namespace box::inline v0_1
