#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "box/support/export.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// The base URL, the app and the subject that a token was issued for. An empty member is not known.
class BOX_API TokenBinding {
 public:
  TokenBinding() {}

  std::string baseUrl;   ///< the base URL at which the token is accepted, as in NetworkSession::baseUrls()
  std::string clientId;  ///< the client id of the app
  std::string subject;   ///< "enterprise 5", "user 7", "the person who signed in", or "the caller's token source"

  /// Whether at least one of the three is known.
  bool isKnown() const noexcept { return !baseUrl.empty() || !clientId.empty() || !subject.empty(); }
  /// Whether all three are the same.
  friend bool operator==(const TokenBinding& a, const TokenBinding& b) noexcept {
    return a.baseUrl == b.baseUrl && a.clientId == b.clientId && a.subject == b.subject;
  }
};

/// An access token and its expiry. Shared and immutable.
class BOX_API AccessToken {
 public:
  using TimePoint = std::chrono::system_clock::time_point;  ///< a point in time of the clock by which tokens expire

  /// If `expiresAt` is set, the library renews the token before that time (after it if the refresh margin is 0). One
  /// line break at the end of a token is removed, because tokens are often read from files. *Errors*: BoxSdkError with
  /// Errc::invalidConfiguration where a token is longer than 8 KiB or has characters that a bearer token cannot have,
  /// or `value` is empty.
  explicit AccessToken(Secret value, std::optional<TimePoint> expiresAt = std::nullopt, Secret refreshToken = Secret());

  /// The token as requests contain it, without a line break. Never empty.
  const Secret& value() const noexcept { return value_; }
  /// When the token expires. Unset: not known; the token is used until Box refuses it.
  const std::optional<TimePoint>& expiresAt() const noexcept { return expiresAt_; }
  /// The refresh token (OAuth 2.0). It serves once, to request a new access token: Box ends it when that access token
  /// is first used. Empty where the grant gives no refresh token.
  const Secret& refreshToken() const noexcept { return refreshToken_; }

  /// For which base URL, app and subject the token was issued. The library binds each token that it stores.
  const TokenBinding& binding() const noexcept { return binding_; }
  /// The same token, bound to another base URL, app or subject. For a TokenStorage that keeps bindings.
  AccessToken withBinding(TokenBinding binding) const {
    AccessToken bound(*this);
    bound.binding_ = std::move(binding);
    return bound;
  }

 private:
  Secret value_;
  std::optional<TimePoint> expiresAt_;
  Secret refreshToken_;
  TokenBinding binding_;
};

}  // namespace box::inline v0_1
