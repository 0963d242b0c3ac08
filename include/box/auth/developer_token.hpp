#pragma once

#include <memory>
#include <string_view>

#include "box/auth/authentication.hpp"
#include "box/views.hpp"

namespace box {

/// A developer token from Box's console: lasts 60 minutes and cannot be refreshed. For trials, not for services.
class BOX_API BoxDeveloperTokenAuth : public Authentication {
 public:
  /// *Errors*: those of AccessToken.
  explicit BoxDeveloperTokenAuth(Secret token);

  std::shared_ptr<const AccessToken> currentToken(AccessToken::TimePoint now) const noexcept override;
  asio::awaitable<std::shared_ptr<const AccessToken>> retrieveToken(TokenContext context) override;
  /// A token that can do less: see RefreshingAuthentication::downscopeToken().
  asio::awaitable<std::shared_ptr<const AccessToken>> downscopeToken(StringListView scopes, std::string_view resource,
                                                                     TokenContext context) const;
  /// Always fails with Errc::tokenUnavailable: the remedy is a new token from the console.
  asio::awaitable<std::shared_ptr<const AccessToken>> refreshToken(std::shared_ptr<const AccessToken> refused,
                                                                   TokenContext context) override;

 private:
  static asio::awaitable<std::shared_ptr<const AccessToken>> ready(std::shared_ptr<const AccessToken> token);

  std::shared_ptr<const AccessToken> token_;
};

}  // namespace box
