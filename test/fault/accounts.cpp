#include "fault/accounts.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "box/auth/ccg.hpp"
#include "box/auth/jwt.hpp"
#include "box/auth/oauth.hpp"
#include "support/canaries.hpp"
#include "support/keys.hpp"

namespace box::test {
namespace {

constexpr const char* clientId = "the-client";

std::string registerClient(Stage& stage) {
  const std::string secret = Canaries::make("the client secret");
  stage.boxOptions().clientId = clientId;
  stage.boxOptions().clientSecret = secret;
  return secret;
}

class RowStorage : public InMemoryTokenStorage {
 public:
  RowStorage(Token token, bool full) : InMemoryTokenStorage(std::move(token)), full_(full) {}
  asio::awaitable<void> store(Token token) override {
    if (full_) throw BoxSdkError(Errc::tokenUnavailable, "the disk is full");
    return InMemoryTokenStorage::store(std::move(token));
  }

 private:
  bool full_;
};

}  // namespace

void useClientCredentials(Stage& stage) {
  CcgConfig config;
  config.clientId = clientId;
  config.clientSecret = Secret(registerClient(stage));
  config.enterpriseId = "4711";
  stage.use(std::make_shared<BoxCcgAuth>(config));
}

void useAssertion(Stage& stage) {
  const std::string passphrase = Canaries::make("the passphrase");
  const std::string pem = pkcs8Pem(rsaKey(), passphrase);
  Canaries::add("the private key", std::string_view(pem).substr(100, 200));
  JwtConfig config;
  config.clientId = clientId;
  config.clientSecret = Secret(registerClient(stage));
  config.publicKeyId = "k3y1d";
  config.privateKey = Secret(pem);
  config.privateKeyPassphrase = Secret(passphrase);
  config.enterpriseId = "4711";
  stage.boxOptions().jwtPublicKeys = {{config.publicKeyId, publicPem(rsaKey())}};
  stage.use(std::make_shared<BoxJwtAuth>(config));
}

void useRefreshToken(Stage& stage, Person person) {
  const std::string refreshToken = Canaries::make("the refresh token");
  if (person.known) stage.boxOptions().refreshTokens = {refreshToken};
  OAuthConfig config;
  config.clientId = clientId;
  config.clientSecret = Secret(registerClient(stage));
  config.tokenStorage = std::make_shared<RowStorage>(
      std::make_shared<const AccessToken>(Secret("expired"), AccessToken::TimePoint(std::chrono::seconds(1)),
                                          Secret(person.signedIn ? refreshToken : std::string())),
      person.diskFull);
  stage.use(std::make_shared<BoxOAuth>(config));
}

}  // namespace box::test
