#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "box/auth/authentication.hpp"

namespace box::inline v0_1 {

/// Decides whether a token is used, renewed while it is used, or waited for. No I/O, no clock, no lock.
class TokenCache {
 public:
  using Token = std::shared_ptr<const AccessToken>;
  using TimePoint = AccessToken::TimePoint;

  enum class Need : std::uint8_t {
    none,   ///< use the token
    early,  ///< the token is valid, and due: renew it, and use it where that fails
    now,    ///< there is no valid token
  };

  /// `margin`: how long before its expiry a token is due, at most a quarter of its lifetime when it arrives.
  explicit TokenCache(std::chrono::nanoseconds margin) noexcept : margin_(margin) {}

  const Token& token() const noexcept { return token_; }

  /// `refused`: the token that Box has just refused; null: none.
  Need need(const AccessToken* refused, TimePoint now) const noexcept;

  void renewed(Token token, TimePoint now);
  /// A renewal has failed for a temporary reason: a token that is still valid is not due again at once.
  void postponed(TimePoint now) noexcept;
  void forget() noexcept;

  static bool isExpired(const AccessToken& token, TimePoint now) noexcept {
    return token.expiresAt() && *token.expiresAt() <= now;
  }

 private:
  std::chrono::nanoseconds margin_;
  Token token_;
  std::optional<TimePoint> due_;  // unset: never
  TimePoint::duration pause_{};   // between two renewals of a token that is due
};

}  // namespace box::inline v0_1
