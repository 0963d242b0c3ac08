#pragma once

#include <memory>
#include <string>
#include <utility>

#include "auth/token_endpoint.hpp"
#include "box/auth/access_token.hpp"
#include "box/auth/authentication.hpp"
#include "box/support/asio.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// How one kind of app requests a token.
class Grant {
 public:
  using Token = std::shared_ptr<const AccessToken>;

  virtual ~Grant() = default;
  /// Requests a token. `stored`: the token in the storage, which is to be replaced; null: it has no token. Throws the
  /// errors of explainGrantError().
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

}  // namespace box::inline v0_1
