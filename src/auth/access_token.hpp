#pragma once

#include <string_view>

#include "box/auth/access_token.hpp"

namespace box::inline v0_1 {

/// The token without one line break at the end, which files and shells add.
std::string_view withoutLineBreak(std::string_view token) noexcept;

/// Why this cannot be a bearer token; empty: it can.
std::string_view bearerTokenObjection(std::string_view token) noexcept;

/// Tokens are compared by their texts: two objects may hold the same token. Either may be null.
bool isSameToken(const AccessToken* a, const AccessToken* b) noexcept;

}  // namespace box::inline v0_1
