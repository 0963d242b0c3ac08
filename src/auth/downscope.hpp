#pragma once

#include <memory>
#include <string>

#include "box/auth/authentication.hpp"
#include "box/support/asio.hpp"
#include "box/views.hpp"

namespace box::inline v0_1 {

/// The scopes, separated by blanks. Empty: a scope is invalid or no scope is given, which downscope() reports later.
std::string joinScopes(StringListView scopes);

/// Exchanges the token that `subject` gives for one with fewer rights. Throws BoxSdkError.
asio::awaitable<std::shared_ptr<const AccessToken>> downscope(
    asio::awaitable<std::shared_ptr<const AccessToken>> subject, std::string scopes, std::string resource,
    TokenContext context);

}  // namespace box::inline v0_1
