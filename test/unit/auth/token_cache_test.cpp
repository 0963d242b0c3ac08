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

constexpr AccessToken::TimePoint start{std::chrono::hours(24 * 365 * 50)};

Token token(const char* text, std::optional<AccessToken::TimePoint> expiresAt = std::nullopt) {
  return std::make_shared<const AccessToken>(Secret(text), expiresAt);
}

TEST(TokenCache, HasNothingAtFirst) {
  const TokenCache cache(60s);
  EXPECT_EQ(cache.token(), nullptr);
  EXPECT_EQ(cache.need(nullptr, start), Need::now);
}

TEST(TokenCache, UsesATokenUntilTheMarginBeforeItsExpiry) {
  TokenCache cache(60s);
  cache.renewed(token("a", start + 1h), start);
  EXPECT_EQ(cache.need(nullptr, start), Need::none);
  EXPECT_EQ(cache.need(nullptr, start + 59min - 1ns), Need::none);
  EXPECT_EQ(cache.need(nullptr, start + 59min), Need::early);
  EXPECT_EQ(cache.need(nullptr, start + 1h - 1ns), Need::early);
  EXPECT_EQ(cache.need(nullptr, start + 1h), Need::now);
}

TEST(TokenCache, WithoutAMarginRenewsNothingEarly) {
  TokenCache cache(0s);
  cache.renewed(token("a", start + 1h), start);
  EXPECT_EQ(cache.need(nullptr, start + 1h - 1ns), Need::none);
  EXPECT_EQ(cache.need(nullptr, start + 1h), Need::now);
}

TEST(TokenCache, TheMarginIsAtMostAQuarterOfWhatATokenHasToLive) {
  TokenCache cache(60s);
  cache.renewed(token("a", start + 2s), start);
  EXPECT_EQ(cache.need(nullptr, start + 1499ms), Need::none);
  EXPECT_EQ(cache.need(nullptr, start + 1500ms), Need::early);
  EXPECT_EQ(cache.need(nullptr, start + 2s), Need::now);
}

TEST(TokenCache, ATokenOfUnknownExpiryIsUsedUntilItIsRefused) {
  TokenCache cache(60s);
  const Token a = token("a");
  cache.renewed(a, start);
  EXPECT_EQ(cache.need(nullptr, start + std::chrono::hours(100000)), Need::none);
  EXPECT_EQ(cache.need(a.get(), start), Need::now);
}

TEST(TokenCache, ARefusalCountsForTheTokenThatWasRefusedOnly) {
  TokenCache cache(60s);
  const Token old = token("old", start + 1h);
  cache.renewed(old, start);
  EXPECT_EQ(cache.need(old.get(), start), Need::now);
  EXPECT_EQ(cache.need(token("old").get(), start), Need::now) << "told by its text";
  cache.renewed(token("new", start + 2h), start);
  EXPECT_EQ(cache.need(old.get(), start), Need::none) << "a late 401 for an older token";
}

TEST(TokenCache, ARenewalThatFailedIsNotTriedAgainAtOnce) {
  TokenCache cache(60s);
  cache.renewed(token("a", start + 1h), start);
  cache.postponed(start + 59min);
  EXPECT_EQ(cache.need(nullptr, start + 59min), Need::none);
  EXPECT_EQ(cache.need(nullptr, start + 59min + 10s - 1ns), Need::none);
  EXPECT_EQ(cache.need(nullptr, start + 59min + 10s), Need::early);
  EXPECT_EQ(cache.need(nullptr, start + 1h), Need::now) << "what has expired is not used";
}

TEST(TokenCache, AFailureBeforeATokenIsDuePostponesNothing) {
  TokenCache cache(60s);
  cache.renewed(token("a", start + 1h), start);
  cache.postponed(start);
  EXPECT_EQ(cache.need(nullptr, start + 59min - 1ns), Need::none);
  EXPECT_EQ(cache.need(nullptr, start + 59min), Need::early);
  cache.renewed(token("b"), start);
  cache.postponed(start + 1h);
  EXPECT_EQ(cache.need(nullptr, start + 2h), Need::none);
}

TEST(TokenCache, ATokenThatComesExpiredIsWantingAtOnce) {
  TokenCache cache(60s);
  cache.renewed(token("a", start - 1h), start);
  EXPECT_EQ(cache.need(nullptr, start), Need::now);
}

TEST(TokenCache, ForgetsOnDemand) {
  TokenCache cache(60s);
  cache.renewed(token("a", start + 1h), start);
  cache.forget();
  EXPECT_EQ(cache.token(), nullptr);
  EXPECT_EQ(cache.need(nullptr, start), Need::now);
}

}  // namespace
}  // namespace box
