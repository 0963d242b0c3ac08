#include "box/policy/backoff.hpp"

#include <chrono>
#include <limits>

#include <gtest/gtest.h>

#include "box/support/unlimited.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

using std::chrono::nanoseconds;

constexpr double almostOne = 1.0 - 0x1.0p-53;  // the largest number that Random gives
constexpr unsigned endless = std::numeric_limits<unsigned>::max();

nanoseconds delay(const BackoffPolicy& policy, unsigned retry, double random,
                  FailureKind kind = FailureKind::transport) {
  BackoffContext context;
  context.retry = retry;
  context.random = random;
  context.kind = kind;
  return policy.delay(context);
}

TEST(ExponentialBackoff, DoublesUpToItsCap) {
  const ExponentialBackoffPolicy policy;
  constexpr milliseconds ceilings[] = {500ms, 1s, 2s, 4s, 8s, 16s, 20s, 20s};
  for (unsigned retry = 1; retry <= 8; ++retry) {
    const milliseconds ceiling = ceilings[retry - 1];
    EXPECT_EQ(delay(policy, retry, 0), 0ms) << "full jitter begins at zero";
    EXPECT_EQ(delay(policy, retry, 0.5), ceiling / 2) << retry;
    EXPECT_LE(delay(policy, retry, almostOne), ceiling) << retry;
    EXPECT_GE(delay(policy, retry, almostOne), ceiling - 1ms) << retry;
  }
}

TEST(ExponentialBackoff, WaitsLongerAndNeverNotAtAllWhenThrottled) {
  const ExponentialBackoffPolicy policy;
  constexpr milliseconds ceilings[] = {2s, 4s, 8s, 16s, 32s, 60s, 60s};
  for (unsigned retry = 1; retry <= 7; ++retry) {
    const milliseconds ceiling = ceilings[retry - 1];
    EXPECT_EQ(delay(policy, retry, 0, FailureKind::throttle), 1s) << retry;
    EXPECT_EQ(delay(policy, retry, 0.5, FailureKind::throttle), (1s + ceiling) / 2) << retry;
    EXPECT_LE(delay(policy, retry, almostOne, FailureKind::throttle), ceiling) << retry;
  }
}

TEST(ExponentialBackoff, HoldsItsCapHoweverOftenItIsAsked) {
  const ExponentialBackoffPolicy policy;
  for (const unsigned retry : {20U, 63U, 64U, 65U, 1024U, 65536U, 2147483648U, endless}) {
    EXPECT_EQ(delay(policy, retry, 0), 0ms) << retry;
    EXPECT_EQ(delay(policy, retry, 0.5), 10s) << retry;
    EXPECT_LE(delay(policy, retry, almostOne), 20s) << retry;
    EXPECT_LE(delay(policy, retry, almostOne, FailureKind::throttle), 60s) << retry;
  }
}

TEST(ExponentialBackoff, StaysWithinItsCurveForOddFigures) {
  const auto with = [](std::chrono::nanoseconds base, std::chrono::nanoseconds cap, std::chrono::nanoseconds floor) {
    return ExponentialBackoffPolicy({base, cap, floor}, ExponentialBackoffPolicy::defaultThrottle);
  };
  EXPECT_EQ(delay(with(0ms, 1s, 0ms), 5, almostOne), 0ms);
  EXPECT_EQ(delay(with(5s, 1s, 0ms), 1, 0.5), 500ms) << "a base beyond the cap";
  EXPECT_EQ(delay(with(100ms, 1s, 10s), 1, 0.5), 100ms) << "a floor above the ceiling is lowered";
  EXPECT_EQ(delay(with(-1s, 1s, 0ms), 1, 0.5), 0ms);
  EXPECT_EQ(delay(with(1ns, 1ns, 1ns), 1, 0.5), 1ns);
  EXPECT_EQ(delay(with(1s, -1s, 0ms), 1, 0.5), 0ms);
  const nanoseconds huge = delay(with(unlimited, unlimited, 0ms), endless, almostOne);
  EXPECT_GT(huge, std::chrono::hours(24 * 365));
  EXPECT_LT(huge, std::chrono::hours(24 * 365 * 100)) << "the delay can be added to any point in time";
}

TEST(BoxBackoff, HasTheFiguresOfTheOfficialSdks) {
  const BoxBackoffPolicy policy;  // 2^retry * 1 s * uniform(0.5, 1.5)
  nanoseconds middle = 2s;
  for (unsigned retry = 1; retry <= 4; ++retry, middle *= 2) {
    EXPECT_EQ(delay(policy, retry, 0), middle / 2) << retry;
    EXPECT_EQ(delay(policy, retry, 0.5), middle) << retry;
    EXPECT_LE(delay(policy, retry, almostOne), middle * 3 / 2) << retry;
    EXPECT_GE(delay(policy, retry, almostOne), middle * 3 / 2 - 1ms) << retry;
    EXPECT_EQ(delay(policy, retry, 0.5, FailureKind::throttle), middle) << "one curve for all";
  }
}

TEST(BoxBackoff, HasNoCapAndYetDoesNotOverflow) {
  const BoxBackoffPolicy policy;
  EXPECT_EQ(delay(policy, 20, 0.5), 1s * (1 << 20));
  for (const unsigned retry : {63U, 64U, 65U, endless}) {
    EXPECT_GT(delay(policy, retry, 0), std::chrono::hours(24 * 365)) << retry;
    EXPECT_LT(delay(policy, retry, almostOne), std::chrono::hours(24 * 365 * 100)) << retry;
  }
}

TEST(BoxBackoff, KeepsItsSpreadBetweenNoneAndAll) {
  EXPECT_EQ(delay(BoxBackoffPolicy(1s, 0), 1, 0), 2s);
  EXPECT_EQ(delay(BoxBackoffPolicy(1s, 0), 1, almostOne), 2s);
  EXPECT_EQ(delay(BoxBackoffPolicy(1s, -3), 1, 0), 2s);
  EXPECT_EQ(delay(BoxBackoffPolicy(1s, 7), 1, 0), 0ms);
  EXPECT_LE(delay(BoxBackoffPolicy(1s, 7), 1, almostOne), 4s);
}

}  // namespace
}  // namespace box
