#include "emulator/token_store.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace box::inline v0_1::emulator {
namespace {

using namespace std::chrono_literals;

const TokenStore::WallTime now{24h * 20000};

TEST(EmulatorTokenStore, ExpiredTokensOfAnApplicationAreForgottenAndStayExpired) {
  EmulatorOptions options;
  options.clientId = "app";
  TokenStore store(options);
  for (int i = 0; i < 1000; ++i) {
    const std::string token = "token" + std::to_string(i);
    store.addAccess(token, Entitlement(), now + 1h);
    ASSERT_TRUE(store.use(token, now));
    store.expireAllTokens();
    ASSERT_FALSE(store.use(token, now));
  }
  EXPECT_LE(store.remembered(), 1U);
}

TEST(EmulatorTokenStore, WhereAnybodyIsTrustedExpiredTokensAreRemembered) {
  const EmulatorOptions options;
  TokenStore store(options);
  store.addAccess("issued", Entitlement(), now + 1h);
  ASSERT_TRUE(store.use("issued", now));
  ASSERT_TRUE(store.use("seen", now));
  store.expireAllTokens();
  EXPECT_FALSE(store.use("issued", now));
  EXPECT_FALSE(store.use("seen", now));
  EXPECT_TRUE(store.use("new", now));
}

TEST(EmulatorTokenStore, AnExpiredTokenStillRevokesItsRefreshToken) {
  EmulatorOptions options;
  options.clientId = "app";
  TokenStore store(options);
  store.addPair("access", "refresh", Entitlement(), now + 1h, now + 2h, "");
  store.expireAllTokens();
  EXPECT_FALSE(store.use("access", now));
  EXPECT_TRUE(store.refreshable("refresh", now));
  store.revoke("access");
  EXPECT_FALSE(store.refreshable("refresh", now));
}

}  // namespace
}  // namespace box::inline v0_1::emulator
