#pragma once

#include <memory>

#include "box/auth/access_token.hpp"
#include "box/error.hpp"
#include "box/network/session.hpp"

namespace box::inline v0_1 {

/// Returns a token from a storage if it may be used: what is known of its binding agrees with this one. A token has no
/// binding if the caller stored it, or if a storage of the caller keeps only its text; it gets one when it is renewed.
/// Otherwise this throws BoxSdkError with Errc::tokenUnavailable, whose text names both bindings, before the token is
/// sent anywhere.
/// Null is returned as null.
std::shared_ptr<const AccessToken> requireBoundTo(const TokenBinding& binding,
                                                  std::shared_ptr<const AccessToken> stored);

/// The same token with its binding.
std::shared_ptr<const AccessToken> boundTo(TokenBinding binding, const std::shared_ptr<const AccessToken>& issued);

/// Whether the token may be sent to the base URL of the session. A token without a binding may.
inline bool isForBaseUrlOf(const NetworkSession& session, const AccessToken& token) noexcept {
  const std::string& bound = token.binding().baseUrl;
  return bound.empty() || bound == session.baseUrls().baseUrl;
}

/// Throws BoxSdkError with Errc::tokenUnavailable if the token may not be sent there. Null may.
void requireForBaseUrlOf(const NetworkSession& session, const std::shared_ptr<const AccessToken>& token);

}  // namespace box::inline v0_1
