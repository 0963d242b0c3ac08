#include "bulk/breaker.hpp"

#include <chrono>
#include <optional>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
constexpr Breaker::TimePoint startOfTest{1000h};

TEST(Breaker, OpensAfterTheNumberOfFailuresInARow) {
  Breaker breaker(3, 10s, 60s);
  EXPECT_FALSE(breaker.open());
  EXPECT_EQ(breaker.downSince(), std::nullopt);
  breaker.failed(startOfTest, false);
  breaker.failed(startOfTest + 1s, false);
  EXPECT_FALSE(breaker.open());
  EXPECT_TRUE(breaker.allows(startOfTest + 1s, 7));
  EXPECT_EQ(breaker.downSince(), startOfTest);
  breaker.failed(startOfTest + 2s, false);
  EXPECT_TRUE(breaker.open());
  EXPECT_EQ(breaker.probeAt(), startOfTest + 12s);
  EXPECT_EQ(breaker.downSince(), startOfTest) << "since the first failure";
}

TEST(Breaker, AnAnswerBeginsTheCountAndTheOutageAnew) {
  Breaker breaker(2, 10s, 60s);
  breaker.failed(startOfTest, false);
  breaker.answered();
  EXPECT_EQ(breaker.downSince(), std::nullopt);
  breaker.failed(startOfTest + 1s, false);
  EXPECT_FALSE(breaker.open());
  EXPECT_EQ(breaker.downSince(), startOfTest + 1s);
  breaker.failed(startOfTest + 2s, false);
  EXPECT_TRUE(breaker.open());
  breaker.answered();
  EXPECT_FALSE(breaker.open());
  EXPECT_EQ(breaker.downSince(), std::nullopt);
  EXPECT_TRUE(breaker.allows(startOfTest + 2s, 7));
}

TEST(Breaker, WhileItIsOpenItAllowsOneCallAtItsTime) {
  Breaker breaker(1, 10s, 60s);
  breaker.failed(startOfTest, false);
  ASSERT_TRUE(breaker.open());
  EXPECT_FALSE(breaker.allows(startOfTest + 10s - 1ns, 0));
  EXPECT_TRUE(breaker.allows(startOfTest + 10s, 0));
  EXPECT_FALSE(breaker.allows(startOfTest + 10s, 1)) << "another call is in progress";
}

TEST(Breaker, EachProbeThatFailsDoublesThePauseUpToTheLongest) {
  Breaker breaker(1, 10s, 100s);
  breaker.failed(startOfTest, false);
  Breaker::TimePoint now = startOfTest;
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
  breaker.failed(startOfTest, false);
  breaker.failed(startOfTest + 9s, false);
  EXPECT_EQ(breaker.probeAt(), startOfTest + 10s);
  breaker.failed(startOfTest + 10s, true);
  EXPECT_EQ(breaker.probeAt(), startOfTest + 30s) << "and does not double the pause";
}

}  // namespace
}  // namespace box
