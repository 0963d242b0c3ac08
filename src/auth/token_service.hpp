#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "auth/grant.hpp"
#include "auth/token_cache.hpp"
#include "auth/token_requests.hpp"
#include "box/auth/refreshing_authentication.hpp"

namespace box::inline v0_1 {

/// The state of a RefreshingAuthentication: its token, the grant that renews the token, and the storage. The base class
/// ensures that one request is in progress at a time. The mutex protects decisions only.
class RefreshingAuthentication::Service final : public TokenRequests {
 public:
  using Token = std::shared_ptr<const AccessToken>;

  Service(std::unique_ptr<Grant> grant, std::shared_ptr<TokenStorage> storage, std::chrono::nanoseconds margin);

  Token current(AccessToken::TimePoint now) const noexcept;
  /// Each of these functions is a coroutine that owns the service. The caller of renew() has the turn.
  static asio::awaitable<Token> renew(std::shared_ptr<Service> self, Token refused, TokenContext context);
  static asio::awaitable<void> revoke(std::shared_ptr<Service> self, TokenContext context);
  /// Requests a token with a form that Box accepts only once, stores the token, and uses it from now on. Returns the
  /// stored token, which has a binding.
  static asio::awaitable<Token> adopt(std::shared_ptr<Service> self, GrantType type, FormBody form,
                                      TokenContext context);
  void identify(FormBody& form) const { grant_->identify(form); }

 private:
  Token fallback(const AccessToken* refused, TimePoint now) const noexcept override;
  void postpone(TimePoint now) noexcept override;
  void use(const Token& token, AccessToken::TimePoint now);
  /// Removes the token from the cache. `token`: only if it is this one; null: in any case.
  void forget(const AccessToken* token) noexcept;
  TokenBinding bindingAt(const TokenContext& context) const;

  const std::unique_ptr<Grant> grant_;
  const std::shared_ptr<TokenStorage> storage_;
  mutable std::mutex mutex_;  // protects the members after it
  TokenCache cache_;
};

}  // namespace box::inline v0_1
