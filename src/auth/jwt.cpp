#include "box/auth/jwt.hpp"

#include <atomic>
#include <optional>
#include <utility>

#include "auth/jwt_assertion.hpp"
#include "auth/private_key.hpp"
#include "auth/token_service.hpp"
#include "box/error.hpp"

namespace box {
namespace {

class JwtGrant final : public Grant {
 public:
  JwtGrant(const JwtConfig& config, PrivateKey key)
      : identity_(config.clientId, config.clientSecret),
        clientId_(config.clientId),
        publicKeyId_(config.publicKeyId),
        isEnterprise_(!config.enterpriseId.empty()),
        subject_(isEnterprise_ ? config.enterpriseId : config.userId),
        algorithm_(config.algorithm),
        key_(std::move(key)) {}

  void identify(FormBody& form) const override { identity_.identify(form); }
  TokenBinding binding() const override {
    return identity_.bindingFor((isEnterprise_ ? "enterprise " : "user ") + subject_);
  }

  asio::awaitable<Token> request(Token, TokenContext context) override {
    const std::shared_ptr<const Clock> clock = context.session.clock();
    std::optional<BoxSdkError> failure;
    for (bool repaired = false;; repaired = true) {
      try {
        co_return co_await postForToken(makeForm(clock->now()), context);
      } catch (const BoxSdkError& error) {
        failure = error;
      }
      // By the server's own clock and with another id: what was wrong with either is right then.
      if (repaired || !isSkew(*failure)) break;
      if (const auto& theirs = failure->api()->date) {
        skew_.store(std::chrono::duration_cast<std::chrono::seconds>(between(clock->now(), *theirs)).count());
      }
    }
    explainTokenError(*failure, GrantType::jwtBearer).raise();
  }

 private:
  FormBody makeForm(AccessToken::TimePoint now) const {
    const std::string jti = randomHex(32);
    AssertionClaims claims;
    claims.clientId = clientId_;
    claims.publicKeyId = publicKeyId_;
    claims.subject = subject_;
    claims.isEnterprise = isEnterprise_;
    claims.jti = jti;
    claims.now = std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds(skew_.load());
    const Secret assertion = makeAssertion(claims, key_, algorithm_);
    FormBody form;
    form.add("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    identity_.identify(form);
    form.add("assertion", assertion.reveal());
    return form;
  }

  const ClientIdentity identity_;
  const std::string clientId_, publicKeyId_;
  const bool isEnterprise_;
  const std::string subject_;
  const JwtAlgorithm algorithm_;
  const PrivateKey key_;
  std::atomic<std::int64_t> skew_{0};  // seconds by which the server's clock is ahead of ours
};

/// Checks the configuration and reads its key.
std::unique_ptr<Grant> makeGrant(const JwtConfig& config) {
  requireClient("JwtConfig", config.clientId, config.clientSecret, config.refreshMargin);
  if (config.publicKeyId.empty()) {
    throw BoxSdkError(Errc::invalidConfiguration,
                      "JwtConfig::publicKeyId is empty: it stands beside the key in Box's console");
  }
  requireSubject("JwtConfig", config.enterpriseId, config.userId);
  return std::make_unique<JwtGrant>(config, PrivateKey::fromPem(config.privateKey, config.privateKeyPassphrase));
}

}  // namespace

BoxJwtAuth::BoxJwtAuth(JwtConfig config)
    : RefreshingAuthentication(std::make_shared<Service>(makeGrant(config), config.tokenStorage, config.refreshMargin)),
      config_(std::make_shared<const JwtConfig>(std::move(config))) {}

std::shared_ptr<BoxJwtAuth> BoxJwtAuth::withUserSubject(std::string_view userId,
                                                        std::shared_ptr<TokenStorage> storage) const {
  JwtConfig config = *config_;
  config.userId = userId;
  config.enterpriseId.clear();
  config.tokenStorage = std::move(storage);
  return std::make_shared<BoxJwtAuth>(std::move(config));
}

std::shared_ptr<BoxJwtAuth> BoxJwtAuth::withEnterpriseSubject(std::string_view enterpriseId,
                                                              std::shared_ptr<TokenStorage> storage) const {
  JwtConfig config = *config_;
  config.userId.clear();
  config.enterpriseId = enterpriseId;
  config.tokenStorage = std::move(storage);
  return std::make_shared<BoxJwtAuth>(std::move(config));
}

}  // namespace box
