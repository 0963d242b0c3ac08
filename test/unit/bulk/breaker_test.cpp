#include "bulk/breaker.hpp"

#include <chrono>
#include <optional>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using TimePoint = Breaker::TimePoint;

constexpr TimePoint start{1000h};

TEST(Breaker, OpensAfterTheNumberOfFailuresInARow) {
  Breaker breaker(3, 10s, 60s);
  EXPECT_FALSE(breaker.open());
  EXPECT_EQ(breaker.downSince(), std::nullopt);
  breaker.failed(start, false);
  breaker.failed(start + 1s, false);
  EXPECT_FALSE(breaker.open());
  EXPECT_TRUE(breaker.allows(start + 1s, 7));
  EXPECT_EQ(breaker.downSince(), start);
  breaker.failed(start + 2s, false);
  EXPECT_TRUE(breaker.open());
  EXPECT_EQ(breaker.probeAt(), start + 12s);
  EXPECT_EQ(breaker.downSince(), start) << "since the first failure";
}

TEST(Breaker, AnAnswerBeginsTheCountAndTheOutageAnew) {
  Breaker breaker(2, 10s, 60s);
  breaker.failed(start, false);
  breaker.answered();
  EXPECT_EQ(breaker.downSince(), std::nullopt);
  breaker.failed(start + 1s, false);
  EXPECT_FALSE(breaker.open());
  EXPECT_EQ(breaker.downSince(), start + 1s);
  breaker.failed(start + 2s, false);
  EXPECT_TRUE(breaker.open());
  breaker.answered();
  EXPECT_FALSE(breaker.open());
  EXPECT_EQ(breaker.downSince(), std::nullopt);
  EXPECT_TRUE(breaker.allows(start + 2s, 7));
}

TEST(Breaker, WhileItIsOpenItAllowsOneCallAtItsTime) {
  Breaker breaker(1, 10s, 60s);
  breaker.failed(start, false);
  ASSERT_TRUE(breaker.open());
  EXPECT_FALSE(breaker.allows(start + 10s - 1ns, 0));
  EXPECT_TRUE(breaker.allows(start + 10s, 0));
  EXPECT_FALSE(breaker.allows(start + 10s, 1)) << "another call is in progress";
}

TEST(Breaker, EachProbeThatFailsDoublesThePauseUpToTheLongest) {
  Breaker breaker(1, 10s, 100s);
  breaker.failed(start, false);
  TimePoint now = start;
  for (const std::chrono::seconds pause : {10s, 20s, 40s, 80s, 100s, 100s}) {
    EXPECT_EQ(breaker.probeAt(), now + pause);
    now = breaker.probeAt();
    breaker.failed(now, true);
  }
  breaker.answered();
  breaker.failed(now, false);
  EXPECT_EQ(breaker.probeAt(), now + 10s) << "the next outage begins with the first pause";
}

TEST(Breaker, ACallThatWasSentBeforeItOpenedChangesNothing) {
  Breaker breaker(1, 10s, 60s);
  breaker.failed(start, false);
  breaker.failed(start + 9s, false);
  EXPECT_EQ(breaker.probeAt(), start + 10s);
  breaker.failed(start + 10s, true);
  EXPECT_EQ(breaker.probeAt(), start + 30s) << "and does not double the pause";
}

}  // namespace
}  // namespace box
