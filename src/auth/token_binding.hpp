#pragma once

#include <memory>

#include "box/auth/access_token.hpp"

namespace box::inline v0_1 {

/// Returns a token from a storage if it may be used: it has this binding, or none (the caller stored it, or a storage
/// of the caller keeps the token's text only; it is bound when it is renewed). Otherwise throws BoxSdkError with
/// Errc::tokenUnavailable that names both bindings, before the token is sent anywhere. Null stays null.
std::shared_ptr<const AccessToken> requireBoundTo(const TokenBinding& binding,
                                                  std::shared_ptr<const AccessToken> stored);

/// The same token with its binding.
std::shared_ptr<const AccessToken> boundTo(TokenBinding binding, const std::shared_ptr<const AccessToken>& issued);

}  // namespace box::inline v0_1
