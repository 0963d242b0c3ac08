#pragma once

#include <memory>

#include "box/auth/access_token.hpp"

namespace box {

/// A token that a storage gave, where it may be used: it was issued for this, or does not say for whom (it was stored
/// by the caller, or by an own storage that keeps the token's text only; it is bound when it is renewed). Throws
/// BoxSdkError with Errc::tokenUnavailable that names both, before the token goes anywhere. Null stays null.
std::shared_ptr<const AccessToken> requireBoundTo(const TokenBinding& binding,
                                                  std::shared_ptr<const AccessToken> stored);

/// The same token for whom it was issued.
std::shared_ptr<const AccessToken> boundTo(TokenBinding binding, const std::shared_ptr<const AccessToken>& issued);

}  // namespace box
