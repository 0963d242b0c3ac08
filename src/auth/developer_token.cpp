#include "box/auth/developer_token.hpp"

#include <utility>

#include "box/error.hpp"

namespace box {

BoxDeveloperTokenAuth::BoxDeveloperTokenAuth(Secret token)
    : token_(std::make_shared<const AccessToken>(std::move(token))) {}

std::shared_ptr<const AccessToken> BoxDeveloperTokenAuth::currentToken() const noexcept { return token_; }

asio::awaitable<std::shared_ptr<const AccessToken>> BoxDeveloperTokenAuth::retrieveToken(TokenContext) {
  co_return token_;
}

asio::awaitable<std::shared_ptr<const AccessToken>> BoxDeveloperTokenAuth::refreshToken(
    std::shared_ptr<const AccessToken>, TokenContext) {
  throw BoxSdkError(Errc::tokenUnavailable,
                    "a developer token cannot be refreshed and lasts 60 minutes: make a new one in Box's console");
  co_return nullptr;
}

}  // namespace box
