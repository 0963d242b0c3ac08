#pragma once

#include <box/emulator/emulator.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace box::emulator {

/// For whom a token acts.
struct Subject {
  /// An enterprise's service account, or a user.
  bool enterprise = false;
  /// The enterprise's or the user's id.
  std::string id;
};

/// What a token lets its holder do.
struct Entitlement {
  Subject subject;
  /// Unset: all that the application may do.
  std::optional<std::set<std::string>> scopes;

  [[nodiscard]] bool permits(const std::string& scope) const { return !scopes || scopes->count(scope) != 0; }
};

/// The tokens that are good, and for what. No clock and no random source of its own; not thread-safe.
class TokenStore {
 public:
  using WallTime = std::chrono::system_clock::time_point;

  struct Access {
    Entitlement entitlement;
    /// Unset for a token that the options declare good.
    std::optional<WallTime> expires;
  };

  explicit TokenStore(const EmulatorOptions& options);

  /// What the bearer of an access token may do; nothing when it is not good. Counts as its use.
  [[nodiscard]] std::optional<Access> use(const std::string& accessToken, WallTime now);
  /// What a refresh token may be exchanged for; nothing when it is not good. Leaves it as it is.
  [[nodiscard]] std::optional<Entitlement> refreshable(const std::string& refreshToken, WallTime now) const;

  void addAccess(const std::string& token, const Entitlement& entitlement, WallTime expires);
  /// Two tokens that live and die together. `replaces`: the refresh token that they were given for, or empty.
  void addPair(const std::string& accessToken, const std::string& refreshToken, const Entitlement& entitlement,
               WallTime accessExpires, WallTime refreshExpires, const std::string& replaces);
  /// Ends a token of either kind, the one issued with it, and the refresh token that both were to replace.
  void revoke(const std::string& token);

  void expireToken(const std::string& token);
  void expireAllTokens();
  void expireRefreshTokens() { refreshTokens_.clear(); }

  /// Tokens that it knows anything of, good or not.
  [[nodiscard]] std::size_t remembered() const;

 private:
  struct IssuedAccess {
    Entitlement entitlement;
    WallTime expires;
    std::string refreshToken;
    /// The refresh token that dies when this access token is first used.
    std::string replaces;
  };
  struct IssuedRefresh {
    Entitlement entitlement;
    WallTime expires;
    std::string accessToken;
    std::string replaces;
  };

  /// Every well-formed token is good that is not known to be dead.
  [[nodiscard]] bool trustsAnyone() const { return options_.accessTokens.empty() && options_.clientId.empty(); }
  /// Forgets a refresh token and those before it that it was to replace.
  void retire(std::string refreshToken);

  const EmulatorOptions& options_;
  std::set<std::string> deadTokens_;
  std::set<std::string> seenTokens_;
  std::map<std::string, IssuedAccess> accessTokens_;
  std::map<std::string, IssuedRefresh> refreshTokens_;
};

}  // namespace box::emulator
