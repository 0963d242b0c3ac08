#include "auth/bearer_token.hpp"

#include <algorithm>

#include "box/auth/access_token.hpp"
#include "support/ascii.hpp"

namespace box::inline v0_1 {
namespace {

/// Whether the text fits RFC 6750: letters, digits and -._~+/, with = at the end. No other text may get into a header.
bool isBearerToken(std::string_view text) noexcept {
  static constexpr std::string_view marks = "-._~+/";
  const std::size_t padding = text.find_last_not_of('=');
  if (padding == std::string_view::npos) return false;
  text = text.substr(0, padding + 1);
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return isLetter(c) || isDigit(c) || marks.find(c) != std::string_view::npos; });
}

}  // namespace

std::string_view withoutLineBreak(std::string_view token) noexcept {
  if (token.ends_with('\n')) token.remove_suffix(1);
  if (token.ends_with('\r')) token.remove_suffix(1);
  return token;
}

std::string_view bearerTokenObjection(std::string_view token) noexcept {
  if (token.size() > longestBearerToken) return "is longer than 8192 bytes";
  return isBearerToken(token) ? "" : "has characters that a bearer token cannot have";
}

bool isSameToken(const AccessToken* a, const AccessToken* b) noexcept {
  return a == b || (a != nullptr && b != nullptr && a->value().reveal() == b->value().reveal());
}

}  // namespace box::inline v0_1
