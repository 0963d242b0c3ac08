#include "auth/access_token.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "box/auth/access_token.hpp"
#include "box/error.hpp"
#include "support/ascii.hpp"
#include "support/text_encoding.hpp"

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

constexpr std::size_t longest = 8192;

Secret trimmed(Secret value) {
  const std::string_view text = withoutLineBreak(value.reveal());
  return text.size() == value.size() ? std::move(value) : Secret(text);
}

/// `name`: the name of the token, for the error.
void require(const Secret& token, const std::string& name) {
  const std::string_view objection = bearerTokenObjection(token.reveal());
  if (objection.empty()) return;
  std::string text = name + " " + std::string(objection);
  if (token.size() <= longest) {
    text += " (" + std::string(oddityOf(token.reveal(), "a blank, a quote, a second line?")) + ")";
  }
  throw BoxSdkError(Errc::invalidConfiguration, text);
}

}  // namespace

std::string_view withoutLineBreak(std::string_view token) noexcept {
  if (token.ends_with('\n')) token.remove_suffix(1);
  if (token.ends_with('\r')) token.remove_suffix(1);
  return token;
}

std::string_view bearerTokenObjection(std::string_view token) noexcept {
  if (token.size() > longest) return "is longer than 8192 bytes";
  return isBearerToken(token) ? "" : "has characters that a bearer token cannot have";
}

bool isSameToken(const AccessToken* a, const AccessToken* b) noexcept {
  return a == b || (a != nullptr && b != nullptr && a->value().reveal() == b->value().reveal());
}

AccessToken::AccessToken(Secret value, std::optional<TimePoint> expiresAt, Secret refreshToken)
    : value_(trimmed(std::move(value))), expiresAt_(expiresAt), refreshToken_(trimmed(std::move(refreshToken))) {
  if (value_.empty()) throw BoxSdkError(Errc::invalidConfiguration, "the access token is empty");
  require(value_, "the access token");
  if (!refreshToken_.empty()) require(refreshToken_, "the refresh token");
}

}  // namespace box::inline v0_1
