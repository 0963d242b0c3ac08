#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "auth/token_cache.hpp"
#include "auth/token_endpoint.hpp"
#include "auth/token_requests.hpp"
#include "box/auth/refreshing_authentication.hpp"

namespace box::inline v0_1 {

/// How one kind of app requests a token.
class Grant {
 public:
  using Token = std::shared_ptr<const AccessToken>;

  virtual ~Grant() = default;
  /// Requests a token. `stored`: the token in the storage, which is to be replaced; null: it has no token. Throws the
  /// errors of explainTokenError().
  virtual asio::awaitable<Token> request(Token stored, TokenContext context) = 0;
  /// Adds the fields with which the app identifies itself.
  virtual void identify(FormBody& form) const = 0;
  /// The binding of the tokens that this object requests, without the base URL.
  virtual TokenBinding binding() const = 0;
};

/// The client_id and the client_secret, which each kind of app has.
class ClientIdentity {
 public:
  ClientIdentity(std::string clientId, Secret clientSecret)
      : id_(std::move(clientId)), secret_(std::move(clientSecret)) {}
  void identify(FormBody& form) const { form.add("client_id", id_).add("client_secret", secret_.reveal()); }
  TokenBinding bindingFor(std::string subject) const {
    TokenBinding binding;
    binding.clientId = id_;
    binding.subject = std::move(subject);
    return binding;
  }

 private:
  std::string id_;
  Secret secret_;
};

/// The state of a RefreshingAuthentication: its token, the grant that renews the token, and the storage. The base class
/// ensures that only one request is in progress at a time. The mutex protects decisions only.
class RefreshingAuthentication::Service final : public TokenRequests {
 public:
  using Token = std::shared_ptr<const AccessToken>;

  Service(std::unique_ptr<Grant> grant, std::shared_ptr<TokenStorage> storage, std::chrono::nanoseconds margin);

  Token current(AccessToken::TimePoint now) const noexcept;
  /// Each of these functions is a coroutine that owns the service.
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

/// Checks the members that all configurations have in common. Throws BoxSdkError with Errc::invalidConfiguration, whose
/// text begins with `config`.
void requireClient(const std::string& config, const std::string& clientId, const Secret& clientSecret,
                   std::chrono::nanoseconds refreshMargin);
/// Checks that the margin is from 0 to 24 h, and returns it. `field`: its name for errors, such as
/// "CcgConfig::refreshMargin".
std::chrono::nanoseconds requireMargin(const std::string& field, std::chrono::nanoseconds margin);
/// A copy of a configuration for another subject: exactly one of the two ids must not be empty.
template <class Config>
Config forSubject(Config config, std::string_view enterpriseId, std::string_view userId,
                  std::shared_ptr<TokenStorage> storage) {
  config.enterpriseId = enterpriseId;
  config.userId = userId;
  config.tokenStorage = std::move(storage);
  return config;
}
/// Checks that exactly one of the two ids is given, and that it has digits only.
void requireSubject(const std::string& config, const std::string& enterpriseId, const std::string& userId);

}  // namespace box::inline v0_1
