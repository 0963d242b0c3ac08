#pragma once

#include <string_view>

#include "box/auth/access_token.hpp"

namespace box {

/// Without one line break at the end, which files and shells add.
std::string_view withoutLineBreak(std::string_view token) noexcept;

/// Why this cannot be a bearer token; empty: it can.
std::string_view bearerTokenObjection(std::string_view token) noexcept;

/// A token is told by its text: two objects may hold one. Either may be null.
bool isSameToken(const AccessToken* a, const AccessToken* b) noexcept;

}  // namespace box
