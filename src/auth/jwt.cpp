#include "box/auth/jwt.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "async/blocking.hpp"
#include "auth/config_checks.hpp"
#include "auth/jwt_assertion.hpp"
#include "auth/private_key.hpp"
#include "auth/token_service.hpp"
#include "box/error.hpp"
#include "support/random_hex.hpp"

namespace box::inline v0_1 {
namespace {

/// An app as the issuer of assertions: the contents of an assertion except its time and id, and the key. Immutable.
struct JwtSigner {
  JwtSigner(const JwtConfig& config, PrivateKey privateKey)
      : clientId(config.clientId),
        publicKeyId(config.publicKeyId),
        isEnterprise(!config.enterpriseId.empty()),
        subject(isEnterprise ? config.enterpriseId : config.userId),
        algorithm(config.algorithm),
        key(std::move(privateKey)) {}

  Secret assertionAt(std::chrono::sys_seconds now) const {
    const std::string jti = randomHex(32);
    AssertionClaims claims;
    claims.clientId = clientId;
    claims.publicKeyId = publicKeyId;
    claims.subject = subject;
    claims.isEnterprise = isEnterprise;
    claims.jti = jti;
    claims.now = now;
    return makeAssertion(claims, key, algorithm);
  }

  const std::string clientId, publicKeyId;
  const bool isEnterprise;
  const std::string subject;
  const JwtAlgorithm algorithm;
  const PrivateKey key;
};

class JwtGrant final : public Grant {
 public:
  JwtGrant(const JwtConfig& config, PrivateKey key)
      : identity_(config.clientId, config.clientSecret),
        signer_(std::make_shared<const JwtSigner>(config, std::move(key))) {}

  void identify(FormBody& form) const override { identity_.identify(form); }
  TokenBinding binding() const override {
    return identity_.bindingFor((signer_->isEnterprise ? "enterprise " : "user ") + signer_->subject);
  }

  asio::awaitable<Token> request(Token, TokenContext context) override {
    const std::shared_ptr<const Clock> clock = context.session.clock();
    std::optional<BoxSdkError> failure;
    for (bool repaired = false;; repaired = true) {
      try {
        // Signs on a helper thread, because a signature takes milliseconds.
        const auto now = std::chrono::floor<std::chrono::seconds>(clock->now()) + std::chrono::seconds(skew_.load());
        const auto sign = [signer = signer_, now] { return signer->assertionAt(now); };
        const Secret assertion = co_await compute<Secret>(sign);
        co_return co_await postForToken(tokenOperation(), formWith(assertion), context);
      } catch (const BoxSdkError& error) {
        failure = error;
      }
      // The next assertion has the server's own time and another id, so that the one that was wrong is corrected.
      if (repaired || !isSkew(*failure)) break;
      if (const auto& theirs = failure->api()->date) {
        skew_.store(std::chrono::duration_cast<std::chrono::seconds>(between(clock->now(), *theirs)).count());
      }
    }
    explainGrantError(*failure, GrantType::jwtBearer).raise();
  }

 private:
  FormBody formWith(const Secret& assertion) const {
    FormBody form;
    form.add("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    identity_.identify(form);
    form.add("assertion", assertion.reveal());
    return form;
  }

  const ClientIdentity identity_;
  const std::shared_ptr<const JwtSigner> signer_;
  std::atomic<std::int64_t> skew_{0};  // how many seconds the server's clock is ahead of this machine's
};

const JwtConfig& checkedJwt(const JwtConfig& config) {
  requireClient("JwtConfig", config.clientId, config.clientSecret, config.refreshMargin);
  if (config.publicKeyId.empty()) {
    throw BoxSdkError(Errc::invalidConfiguration,
                      "JwtConfig::publicKeyId is empty: Box's console shows it with the key");
  }
  requireSubject("JwtConfig", config.enterpriseId, config.userId);
  return config;
}

}  // namespace

/// The configuration of an app, and its key in the form in which OpenSSL uses it.
struct BoxJwtAuth::App {
  explicit App(JwtConfig c)
      : config(std::move(c)), key(PrivateKey::fromPem(checkedJwt(config).privateKey, config.privateKeyPassphrase)) {}
  App(JwtConfig c, PrivateKey k) : config(std::move(c)), key(std::move(k)) { checkedJwt(config); }

  const JwtConfig config;
  const PrivateKey key;
};

BoxJwtAuth::BoxJwtAuth(JwtConfig config) : BoxJwtAuth(std::make_shared<const App>(std::move(config))) {}

BoxJwtAuth::BoxJwtAuth(std::shared_ptr<const App> app)
    : RefreshingAuthentication(std::make_shared<Service>(std::make_unique<JwtGrant>(app->config, app->key),
                                                         app->config.tokenStorage, app->config.refreshMargin)),
      app_(std::move(app)) {}

std::shared_ptr<BoxJwtAuth> BoxJwtAuth::withConfig(JwtConfig config) const {
  auto app = std::make_shared<const App>(std::move(config), app_->key);
  return std::shared_ptr<BoxJwtAuth>(new BoxJwtAuth(std::move(app)));
}

std::shared_ptr<BoxJwtAuth> BoxJwtAuth::withUserSubject(std::string_view userId,
                                                        std::shared_ptr<TokenStorage> storage) const {
  return withConfig(forSubject(app_->config, "", userId, std::move(storage)));
}

std::shared_ptr<BoxJwtAuth> BoxJwtAuth::withEnterpriseSubject(std::string_view enterpriseId,
                                                              std::shared_ptr<TokenStorage> storage) const {
  return withConfig(forSubject(app_->config, enterpriseId, "", std::move(storage)));
}

}  // namespace box::inline v0_1
