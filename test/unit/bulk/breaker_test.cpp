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
  EXPECT_FALSE(breaker.isOpen());
  EXPECT_EQ(breaker.downSince(), std::nullopt);
  breaker.noteFailure(startOfTest, false);
  breaker.noteFailure(startOfTest + 1s, false);
  EXPECT_FALSE(breaker.isOpen());
  EXPECT_TRUE(breaker.allows(startOfTest + 1s, 7));
  EXPECT_EQ(breaker.downSince(), startOfTest);
  breaker.noteFailure(startOfTest + 2s, false);
  EXPECT_TRUE(breaker.isOpen());
  EXPECT_EQ(breaker.probeAt(), startOfTest + 12s);
  EXPECT_EQ(breaker.downSince(), startOfTest) << "since the first failure";
}

TEST(Breaker, AnAnswerBeginsTheCountAndTheOutageAnew) {
  Breaker breaker(2, 10s, 60s);
  breaker.noteFailure(startOfTest, false);
  breaker.noteAnswer();
  EXPECT_EQ(breaker.downSince(), std::nullopt);
  breaker.noteFailure(startOfTest + 1s, false);
  EXPECT_FALSE(breaker.isOpen());
  EXPECT_EQ(breaker.downSince(), startOfTest + 1s);
  breaker.noteFailure(startOfTest + 2s, false);
  EXPECT_TRUE(breaker.isOpen());
  breaker.noteAnswer();
  EXPECT_FALSE(breaker.isOpen());
  EXPECT_EQ(breaker.downSince(), std::nullopt);
  EXPECT_TRUE(breaker.allows(startOfTest + 2s, 7));
}

TEST(Breaker, WhileItIsOpenItAllowsOneCallAtItsTime) {
  Breaker breaker(1, 10s, 60s);
  breaker.noteFailure(startOfTest, false);
  ASSERT_TRUE(breaker.isOpen());
  EXPECT_FALSE(breaker.allows(startOfTest + 10s - 1ns, 0));
  EXPECT_TRUE(breaker.allows(startOfTest + 10s, 0));
  EXPECT_FALSE(breaker.allows(startOfTest + 10s, 1)) << "another call is in progress";
}

TEST(Breaker, EachProbeThatFailsDoublesThePauseUpToTheLongest) {
  Breaker breaker(1, 10s, 100s);
  breaker.noteFailure(startOfTest, false);
  Breaker::TimePoint now = startOfTest;
  for (const std::chrono::seconds pause : {10s, 20s, 40s, 80s, 100s, 100s}) {
    EXPECT_EQ(breaker.probeAt(), now + pause);
    now = breaker.probeAt();
    breaker.noteFailure(now, true);
  }
  breaker.noteAnswer();
  breaker.noteFailure(now, false);
  EXPECT_EQ(breaker.probeAt(), now + 10s) << "the next outage begins with the first pause";
}

TEST(Breaker, ACallThatWasSentBeforeItOpenedChangesNothing) {
  Breaker breaker(1, 10s, 60s);
  breaker.noteFailure(startOfTest, false);
  breaker.noteFailure(startOfTest + 9s, false);
  EXPECT_EQ(breaker.probeAt(), startOfTest + 10s);
  breaker.noteFailure(startOfTest + 10s, true);
  EXPECT_EQ(breaker.probeAt(), startOfTest + 30s) << "and does not double the pause";
}

}  // namespace
}  // namespace box
