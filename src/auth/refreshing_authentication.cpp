#include "box/auth/refreshing_authentication.hpp"

#include <string>
#include <utility>

#include "auth/downscope.hpp"
#include "auth/token_service.hpp"

namespace box {

RefreshingAuthentication::RefreshingAuthentication(std::shared_ptr<Service> service) noexcept
    : service_(std::move(service)) {}

RefreshingAuthentication::~RefreshingAuthentication() = default;

RefreshingAuthentication::Token RefreshingAuthentication::currentToken(AccessToken::TimePoint now) const noexcept {
  return service_->current(now);
}

asio::awaitable<RefreshingAuthentication::Token> RefreshingAuthentication::retrieveToken(TokenContext context) {
  return service_->obtain(nullptr, std::move(context));
}

asio::awaitable<RefreshingAuthentication::Token> RefreshingAuthentication::refreshToken(Token refused,
                                                                                        TokenContext context) {
  return service_->obtain(std::move(refused), std::move(context));
}

asio::awaitable<RefreshingAuthentication::Token> RefreshingAuthentication::downscopeToken(StringListView scopes,
                                                                                          std::string_view resource,
                                                                                          TokenContext context) {
  asio::awaitable<Token> subject = service_->obtain(nullptr, context);
  return downscope(std::move(subject), joinScopes(scopes), std::string(resource), std::move(context));
}

asio::awaitable<void> RefreshingAuthentication::revokeToken(TokenContext context) {
  return service_->revoke(std::move(context));
}

}  // namespace box
