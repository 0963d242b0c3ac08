#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "box/auth/authentication.hpp"

namespace box::inline v0_1 {

/// Decides whether a token is used, is renewed while it is used, or must be awaited. It has no I/O, no clock and no
/// lock.
class TokenCache {
 public:
  using Token = std::shared_ptr<const AccessToken>;
  using TimePoint = AccessToken::TimePoint;

  enum class Need : std::uint8_t {
    none,   ///< use the token
    early,  ///< the token is valid but should be renewed: renew it, and use the old one if that fails
    now,    ///< there is no valid token
  };

  /// `margin`: how long before its expiry a token should be renewed, at most a quarter of its lifetime when it arrives.
  explicit TokenCache(std::chrono::nanoseconds margin) noexcept : margin_(margin) {}

  const Token& token() const noexcept { return token_; }

  /// `refused`: the token that Box has just refused, or null.
  Need need(const AccessToken* refused, TimePoint now) const noexcept;

  void renewed(Token token, TimePoint now);
  /// A renewal has failed for a temporary reason. The next renewal of a token that is still valid is due after a pause.
  void postponed(TimePoint now) noexcept;
  void forget() noexcept;

 private:
  std::chrono::nanoseconds margin_;
  Token token_;
  std::optional<TimePoint> due_;  // when the token should be renewed; unset: never
  TimePoint::duration pause_{};   // the pause between two attempts to renew a token
};

}  // namespace box::inline v0_1
