#include "box/auth/refreshing_authentication.hpp"

#include <string>
#include <utility>

#include "auth/downscope.hpp"
#include "auth/token_failure.hpp"
#include "auth/token_service.hpp"
#include "support/as_box_error.hpp"

namespace box::inline v0_1 {

RefreshingAuthentication::RefreshingAuthentication(std::shared_ptr<Service> service) noexcept
    : Authentication(service), service_(std::move(service)) {}

RefreshingAuthentication::~RefreshingAuthentication() = default;

Authentication::Token RefreshingAuthentication::currentToken(AccessToken::TimePoint now) const noexcept {
  return service_->current(now);
}

asio::awaitable<Authentication::Token> RefreshingAuthentication::requestToken(Token refused, TokenContext context) {
  return Service::renew(service_, std::move(refused), std::move(context));
}

asio::awaitable<Authentication::Token> RefreshingAuthentication::downscopeToken(StringListView scopes,
                                                                                std::string_view resource,
                                                                                TokenContext context) {
  asio::awaitable<Token> subject = retrieveToken(context);
  return asBoxError(downscope(std::move(subject), joinScopes(scopes), std::string(resource), std::move(context)),
                    tokenOperationDetails);
}

asio::awaitable<void> RefreshingAuthentication::revokeToken(TokenContext context) {
  return asBoxError(Service::revoke(service_, std::move(context)), tokenOperationDetails);
}

}  // namespace box::inline v0_1
