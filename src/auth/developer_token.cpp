#include "box/auth/developer_token.hpp"

#include <string>
#include <utility>

#include "auth/downscope.hpp"
#include "auth/token_failure.hpp"
#include "box/error.hpp"
#include "support/as_box_error.hpp"

namespace box::inline v0_1 {

BoxDeveloperTokenAuth::BoxDeveloperTokenAuth(Secret token)
    : token_(std::make_shared<const AccessToken>(std::move(token))) {}

Authentication::Token BoxDeveloperTokenAuth::currentToken(AccessToken::TimePoint) const noexcept { return token_; }

asio::awaitable<Authentication::Token> BoxDeveloperTokenAuth::requestToken(Token refused, TokenContext) {
  if (!refused) return ready(token_);
  return refuse();
}

asio::awaitable<Authentication::Token> BoxDeveloperTokenAuth::downscopeToken(StringListView scopes,
                                                                             std::string_view resource,
                                                                             TokenContext context) const {
  return asBoxError(downscope(ready(token_), joinScopes(scopes), std::string(resource), std::move(context)),
                    tokenOperationDetails);
}

asio::awaitable<Authentication::Token> BoxDeveloperTokenAuth::ready(Token token) { co_return token; }

asio::awaitable<Authentication::Token> BoxDeveloperTokenAuth::refuse() {
  throw BoxSdkError(Errc::tokenUnavailable,
                    "a developer token cannot be refreshed and lasts 60 minutes: make a new one in Box's console");
  co_return nullptr;
}

}  // namespace box::inline v0_1
