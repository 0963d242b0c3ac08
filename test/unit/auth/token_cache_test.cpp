#include "auth/token_cache.hpp"

#include <chrono>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using Need = TokenCache::Need;
using Token = TokenCache::Token;

constexpr AccessToken::TimePoint startOfTest{std::chrono::hours(24 * 365 * 50)};

Token token(const char* text, std::optional<AccessToken::TimePoint> expiresAt = std::nullopt) {
  return std::make_shared<const AccessToken>(Secret(text), expiresAt);
}

/// The shortest time that the clock knows; it differs between standard libraries.
constexpr AccessToken::TimePoint::duration tick(1);

TEST(TokenCache, HasNothingAtFirst) {
  const TokenCache cache(60s);
  EXPECT_EQ(cache.token(), nullptr);
  EXPECT_EQ(cache.need(nullptr, startOfTest), Need::now);
}

TEST(TokenCache, UsesATokenUntilTheMarginBeforeItsExpiry) {
  TokenCache cache(60s);
  cache.renewed(token("a", startOfTest + 1h), startOfTest);
  EXPECT_EQ(cache.need(nullptr, startOfTest), Need::none);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 59min - tick), Need::none);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 59min), Need::early);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 1h - tick), Need::early);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 1h), Need::now);
}

TEST(TokenCache, WithoutAMarginRenewsNothingEarly) {
  TokenCache cache(0s);
  cache.renewed(token("a", startOfTest + 1h), startOfTest);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 1h - tick), Need::none);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 1h), Need::now);
}

TEST(TokenCache, TheMarginIsAtMostAQuarterOfWhatATokenHasToLive) {
  TokenCache cache(60s);
  cache.renewed(token("a", startOfTest + 2s), startOfTest);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 1499ms), Need::none);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 1500ms), Need::early);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 2s), Need::now);
}

TEST(TokenCache, ATokenOfUnknownExpiryIsUsedUntilItIsRefused) {
  TokenCache cache(60s);
  const Token a = token("a");
  cache.renewed(a, startOfTest);
  EXPECT_EQ(cache.need(nullptr, startOfTest + std::chrono::hours(100000)), Need::none);
  EXPECT_EQ(cache.need(a.get(), startOfTest), Need::now);
}

TEST(TokenCache, ARefusalCountsForTheTokenThatWasRefusedOnly) {
  TokenCache cache(60s);
  const Token old = token("old", startOfTest + 1h);
  cache.renewed(old, startOfTest);
  EXPECT_EQ(cache.need(old.get(), startOfTest), Need::now);
  EXPECT_EQ(cache.need(token("old").get(), startOfTest), Need::now) << "told by its text";
  cache.renewed(token("new", startOfTest + 2h), startOfTest);
  EXPECT_EQ(cache.need(old.get(), startOfTest), Need::none) << "a late 401 for an older token";
}

TEST(TokenCache, ARenewalThatFailedIsNotTriedAgainAtOnce) {
  TokenCache cache(60s);
  cache.renewed(token("a", startOfTest + 1h), startOfTest);
  cache.postponed(startOfTest + 59min);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 59min), Need::none);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 59min + 10s - tick), Need::none);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 59min + 10s), Need::early);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 1h), Need::now) << "what has expired is not used";
}

TEST(TokenCache, AFailureBeforeATokenIsDuePostponesNothing) {
  TokenCache cache(60s);
  cache.renewed(token("a", startOfTest + 1h), startOfTest);
  cache.postponed(startOfTest);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 59min - tick), Need::none);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 59min), Need::early);
  cache.renewed(token("b"), startOfTest);
  cache.postponed(startOfTest + 1h);
  EXPECT_EQ(cache.need(nullptr, startOfTest + 2h), Need::none);
}

TEST(TokenCache, ATokenThatComesExpiredIsWantingAtOnce) {
  TokenCache cache(60s);
  cache.renewed(token("a", startOfTest - 1h), startOfTest);
  EXPECT_EQ(cache.need(nullptr, startOfTest), Need::now);
}

TEST(TokenCache, ForgetsOnDemand) {
  TokenCache cache(60s);
  cache.renewed(token("a", startOfTest + 1h), startOfTest);
  cache.forget();
  EXPECT_EQ(cache.token(), nullptr);
  EXPECT_EQ(cache.need(nullptr, startOfTest), Need::now);
}

}  // namespace
}  // namespace box
