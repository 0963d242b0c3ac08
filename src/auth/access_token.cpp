#include "box/auth/access_token.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "auth/bearer_token.hpp"
#include "box/error.hpp"
#include "support/text_encoding.hpp"

namespace box::inline v0_1 {
namespace {

Secret trimmed(Secret value) {
  const std::string_view text = withoutLineBreak(value.reveal());
  return text.size() == value.size() ? std::move(value) : Secret(text);
}

/// `name`: the name of the token, for the error.
void require(const Secret& token, const std::string& name) {
  const std::string_view objection = bearerTokenObjection(token.reveal());
  if (objection.empty()) return;
  std::string text = name + " " + std::string(objection);
  if (token.size() <= longestBearerToken) {
    text += " (" + std::string(oddityOf(token.reveal(), "a blank, a quote, a second line?")) + ")";
  }
  throw BoxSdkError(Errc::invalidConfiguration, text);
}

}  // namespace

AccessToken::AccessToken(Secret value, std::optional<TimePoint> expiresAt, Secret refreshToken)
    : value_(trimmed(std::move(value))), expiresAt_(expiresAt), refreshToken_(trimmed(std::move(refreshToken))) {
  if (value_.empty()) throw BoxSdkError(Errc::invalidConfiguration, "the access token is empty");
  require(value_, "the access token");
  if (!refreshToken_.empty()) require(refreshToken_, "the refresh token");
}

}  // namespace box::inline v0_1
