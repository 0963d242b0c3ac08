#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "box/auth/authentication.hpp"

namespace box {

/// Decides whether a token is used, renewed while it is used, or waited for. No I/O, no clock, no lock.
class TokenCache {
 public:
  using Token = std::shared_ptr<const AccessToken>;
  using TimePoint = AccessToken::TimePoint;

  enum class Need : std::uint8_t {
    none,   ///< use the token
    early,  ///< it is good, and due: renew it, and use it where that fails
    now,    ///< there is none that is good
  };

  /// `margin`: how long before its expiry a token is due, at most a quarter of what it has to live when it comes.
  explicit TokenCache(std::chrono::nanoseconds margin) noexcept : margin_(margin) {}

  const Token& token() const noexcept { return token_; }

  /// `refused`: the token that Box has just refused; null: none.
  Need need(const AccessToken* refused, TimePoint now) const noexcept;

  void renewed(Token token, TimePoint now);
  /// A renewal has failed for a reason that passes: a token that is still good is not due again at once.
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

}  // namespace box
