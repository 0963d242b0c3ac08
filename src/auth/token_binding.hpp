#pragma once

#include <memory>

#include "box/auth/access_token.hpp"

namespace box::inline v0_1 {

/// Returns a token from a storage if it may be used: it has this binding, or no binding. A token has no binding if the
/// caller stored it, or if a storage of the caller keeps only its text; it gets one when it is renewed. Otherwise this
/// throws BoxSdkError with Errc::tokenUnavailable, whose text names both bindings, before the token is sent anywhere.
/// Null is returned as null.
std::shared_ptr<const AccessToken> requireBoundTo(const TokenBinding& binding,
                                                  std::shared_ptr<const AccessToken> stored);

/// The same token with its binding.
std::shared_ptr<const AccessToken> boundTo(TokenBinding binding, const std::shared_ptr<const AccessToken>& issued);

}  // namespace box::inline v0_1
