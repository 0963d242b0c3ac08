#include "box/auth/developer_token.hpp"

#include <string>
#include <utility>

#include "auth/downscope.hpp"
#include "box/error.hpp"

namespace box {

BoxDeveloperTokenAuth::BoxDeveloperTokenAuth(Secret token)
    : token_(std::make_shared<const AccessToken>(std::move(token))) {}

std::shared_ptr<const AccessToken> BoxDeveloperTokenAuth::currentToken(AccessToken::TimePoint) const noexcept {
  return token_;
}

asio::awaitable<std::shared_ptr<const AccessToken>> BoxDeveloperTokenAuth::retrieveToken(TokenContext) {
  return ready(token_);
}

asio::awaitable<std::shared_ptr<const AccessToken>> BoxDeveloperTokenAuth::refreshToken(
    std::shared_ptr<const AccessToken>, TokenContext) {
  throw BoxSdkError(Errc::tokenUnavailable,
                    "a developer token cannot be refreshed and lasts 60 minutes: make a new one in Box's console");
  co_return nullptr;
}

asio::awaitable<std::shared_ptr<const AccessToken>> BoxDeveloperTokenAuth::downscopeToken(StringListView scopes,
                                                                                          std::string_view resource,
                                                                                          TokenContext context) const {
  return downscope(ready(token_), joinScopes(scopes), std::string(resource), std::move(context));
}

asio::awaitable<std::shared_ptr<const AccessToken>> BoxDeveloperTokenAuth::ready(
    std::shared_ptr<const AccessToken> token) {
  co_return token;
}

}  // namespace box
