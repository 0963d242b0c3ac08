#pragma once

#include <cstddef>
#include <string_view>

#include "box/auth/access_token.hpp"

namespace box::inline v0_1 {

/// The most bytes that a bearer token may have.
inline constexpr std::size_t longestBearerToken = 8192;

/// The token without one line break at its end. Files and shells add such a line break.
std::string_view withoutLineBreak(std::string_view token) noexcept;

/// Why the text cannot be a bearer token; empty: it can be one.
std::string_view bearerTokenObjection(std::string_view token) noexcept;

/// Whether both are the same token. Tokens are compared by their texts, because two objects may have the same token.
/// Either argument may be null.
bool isSameToken(const AccessToken* a, const AccessToken* b) noexcept;

inline bool isExpired(const AccessToken& token, AccessToken::TimePoint now) noexcept {
  return token.expiresAt() && *token.expiresAt() <= now;
}

}  // namespace box::inline v0_1
