#include "token_store.hpp"

#include <utility>

#include "contains.hpp"

namespace box::inline v0_1::emulator {

TokenStore::TokenStore(const EmulatorOptions& options) : options_(options) {
  deadTokens_.insert(options.expiredTokens.begin(), options.expiredTokens.end());
  for (const std::string& token : options.refreshTokens) {
    IssuedRefresh issued;
    issued.entitlement.subject.id = options.adminUser.id;
    issued.expires = WallTime::max();
    refreshTokens_.emplace(token, std::move(issued));
  }
}

std::optional<TokenStore::Access> TokenStore::use(const std::string& accessToken, WallTime now) {
  if (deadTokens_.count(accessToken) != 0) return std::nullopt;
  Access access;
  const auto issued = accessTokens_.find(accessToken);
  if (issued != accessTokens_.end()) {
    if (now >= issued->second.expires) return std::nullopt;
    // Box keeps the old refresh token valid until the first use of the new access token shows that the client has it.
    retire(std::exchange(issued->second.replaces, std::string()));
    access.entitlement = issued->second.entitlement;
    access.expires = issued->second.expires;
    return access;
  }
  const bool weak = contains(options_.underprivilegedTokens, accessToken);
  if (!weak && !trustsAnyone() && !contains(options_.accessTokens, accessToken)) return std::nullopt;
  seenTokens_.insert(accessToken);
  access.entitlement.subject.id = options_.adminUser.id;
  if (weak) access.entitlement.scopes.emplace();
  return access;
}

std::optional<Entitlement> TokenStore::refreshable(const std::string& refreshToken, WallTime now) const {
  const auto issued = refreshTokens_.find(refreshToken);
  if (issued == refreshTokens_.end() || now >= issued->second.expires) return std::nullopt;
  return issued->second.entitlement;
}

void TokenStore::addAccess(const std::string& token, const Entitlement& entitlement, WallTime expires) {
  IssuedAccess issued;
  issued.entitlement = entitlement;
  issued.expires = expires;
  accessTokens_[token] = std::move(issued);
}

void TokenStore::addPair(const std::string& accessToken, const std::string& refreshToken,
                         const Entitlement& entitlement, WallTime accessExpires, WallTime refreshExpires,
                         const std::string& replaces) {
  IssuedAccess access;
  access.entitlement = entitlement;
  access.expires = accessExpires;
  access.refreshToken = refreshToken;
  access.replaces = replaces;
  accessTokens_[accessToken] = std::move(access);
  IssuedRefresh refresh;
  refresh.entitlement = entitlement;
  refresh.expires = refreshExpires;
  refresh.accessToken = accessToken;
  refresh.replaces = replaces;
  refreshTokens_[refreshToken] = std::move(refresh);
}

void TokenStore::retire(std::string refreshToken) {
  // The loop ends because each round removes one token.
  for (auto issued = refreshTokens_.find(refreshToken); issued != refreshTokens_.end();
       issued = refreshTokens_.find(refreshToken)) {
    refreshToken = std::move(issued->second.replaces);
    refreshTokens_.erase(issued);
  }
}

void TokenStore::revoke(const std::string& token) {
  std::string accessToken = token;
  std::string refreshToken = token;
  const auto access = accessTokens_.find(token);
  const auto refresh = refreshTokens_.find(token);
  if (access != accessTokens_.end()) {
    refreshToken = access->second.refreshToken;
  } else if (refresh != refreshTokens_.end()) {
    accessToken = refresh->second.accessToken;
  }
  if (!accessToken.empty()) deadTokens_.insert(accessToken);
  // The refresh token that this one replaces is removed too: otherwise a revoked client could use it to get new tokens.
  retire(refreshToken);
}

void TokenStore::expireToken(const std::string& token) { deadTokens_.insert(token); }

void TokenStore::expireAllTokens() {
  deadTokens_.insert(seenTokens_.begin(), seenTokens_.end());
  deadTokens_.insert(options_.accessTokens.begin(), options_.accessTokens.end());
  for (auto issued = accessTokens_.begin(); issued != accessTokens_.end();) {
    // Where unknown tokens are not trusted, a forgotten token is invalid too, so that a server that runs for long
    // remembers only valid tokens. A token with a refresh token is kept, because it can still be revoked.
    if (issued->second.refreshToken.empty() && !trustsAnyone()) {
      issued = accessTokens_.erase(issued);
    } else {
      deadTokens_.insert(issued->first);
      ++issued;
    }
  }
}

std::size_t TokenStore::remembered() const {
  return deadTokens_.size() + seenTokens_.size() + accessTokens_.size() + refreshTokens_.size();
}

}  // namespace box::inline v0_1::emulator
