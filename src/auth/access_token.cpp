#include <algorithm>
#include <string>
#include <utility>

#include "box/auth/access_token.hpp"
#include "box/error.hpp"
#include "support/text_encoding.hpp"

namespace box {
namespace {

/// RFC 6750: letters, digits and -._~+/ with = at the end. What is no such token must not get near a header.
bool isBearerToken(std::string_view text) noexcept {
  static constexpr std::string_view marks = "-._~+/";
  const std::size_t padding = text.find_last_not_of('=');
  if (padding == std::string_view::npos) return false;
  text = text.substr(0, padding + 1);
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

Secret withoutLineBreak(Secret value) {
  std::string_view text = value.reveal();
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text.size() == value.size() ? std::move(value) : Secret(text);
}

/// `name`: for the error.
void require(const Secret& token, const std::string& name) {
  if (token.size() > 8192) throw BoxSdkError(Errc::invalidConfiguration, name + " is longer than 8192 bytes");
  if (!isBearerToken(token.reveal())) {
    throw BoxSdkError(Errc::invalidConfiguration,
                      name + " has characters that no bearer token has (" +
                          std::string(oddityOf(token.reveal(), "a blank, a quote, a second line?")) + ")");
  }
}

}  // namespace

AccessToken::AccessToken(Secret value, std::optional<TimePoint> expiresAt, Secret refreshToken)
    : value_(withoutLineBreak(std::move(value))),
      expiresAt_(expiresAt),
      refreshToken_(withoutLineBreak(std::move(refreshToken))) {
  if (value_.empty()) throw BoxSdkError(Errc::invalidConfiguration, "the access token is empty");
  require(value_, "the access token");
  if (!refreshToken_.empty()) require(refreshToken_, "the refresh token");
}

}  // namespace box
