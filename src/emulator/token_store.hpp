#pragma once

#include <box/emulator/emulator.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace box::inline v0_1::emulator {

/// The enterprise or user for whom a token acts.
struct Subject {
  /// True for an enterprise's service account, false for a user.
  bool enterprise = false;
  /// The id of the enterprise or user.
  std::string id;
};

/// The rights that a token gives to its holder.
struct Entitlement {
  Subject subject;
  /// No value: all scopes of the application.
  std::optional<std::set<std::string>> scopes;

  [[nodiscard]] bool permits(const std::string& scope) const { return !scopes || scopes->count(scope) != 0; }
};

/// The valid tokens and their rights. Has no clock and no random source; not thread-safe.
class TokenStore {
 public:
  using WallTime = std::chrono::system_clock::time_point;

  struct Access {
    Entitlement entitlement;
    /// No value for a token that the options declare valid.
    std::optional<WallTime> expires;
  };

  explicit TokenStore(const EmulatorOptions& options);

  /// The rights of an access token, which counts as used. No value: the token is invalid.
  [[nodiscard]] std::optional<Access> use(const std::string& accessToken, WallTime now);
  /// The rights for which a refresh token may be exchanged. No value: it is invalid. Does not change the token.
  [[nodiscard]] std::optional<Entitlement> refreshable(const std::string& refreshToken, WallTime now) const;

  void addAccess(const std::string& token, const Entitlement& entitlement, WallTime expires);
  /// Adds two tokens that are revoked together. `replaces`: the refresh token for which they were issued, or empty.
  void addPair(const std::string& accessToken, const std::string& refreshToken, const Entitlement& entitlement,
               WallTime accessExpires, WallTime refreshExpires, const std::string& replaces);
  /// Revokes a token of either kind, the token issued with it, and the refresh token that both were to replace.
  void revoke(const std::string& token);

  void expireToken(const std::string& token);
  void expireAllTokens();
  void expireRefreshTokens() { refreshTokens_.clear(); }

  /// The number of tokens that it remembers, valid or not.
  [[nodiscard]] std::size_t remembered() const;

 private:
  struct IssuedAccess {
    Entitlement entitlement;
    WallTime expires;
    std::string refreshToken;
    /// The refresh token that becomes invalid when this access token is first used.
    std::string replaces;
  };
  struct IssuedRefresh {
    Entitlement entitlement;
    WallTime expires;
    std::string accessToken;
    std::string replaces;
  };

  /// Whether every well-formed token is valid unless it is known to be revoked.
  [[nodiscard]] bool trustsAnyone() const { return options_.accessTokens.empty() && options_.clientId.empty(); }
  /// Removes a refresh token and the earlier ones that it was to replace.
  void retire(std::string refreshToken);

  const EmulatorOptions& options_;
  std::set<std::string> deadTokens_;
  std::set<std::string> seenTokens_;
  std::map<std::string, IssuedAccess> accessTokens_;
  std::map<std::string, IssuedRefresh> refreshTokens_;
};

}  // namespace box::inline v0_1::emulator
