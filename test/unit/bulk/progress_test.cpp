#include "bulk/progress.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using box::BulkProgress;
using box::timeLeftOf;

BulkProgress progress() {
  BulkProgress out;
  out.counts.accepted = 400;
  out.counts.invalid = 100;
  out.total = 2500;
  out.rate = 10;
  return out;
}

TEST(BulkProgress, TimeLeftIsThatOfTheCallsLeft) {
  BulkProgress some = progress();
  EXPECT_EQ(timeLeftOf(some, 100), 2s);
  some.coolDown = 7s;
  EXPECT_EQ(timeLeftOf(some, 100), 9s);
  some.counts.accepted = 9999;
  EXPECT_EQ(timeLeftOf(some, 100), 7s) << "a source that has more entries than it has announced";
  some.coolDown = 0s;
  some.counts.accepted = 0;
  some.rate = std::numeric_limits<double>::infinity();
  EXPECT_EQ(timeLeftOf(some, 100), 0s);
  some.rate = 1e-300;
  EXPECT_EQ(timeLeftOf(some, 1), 1'000'000'000s);
}

TEST(BulkProgress, NobodyKnowsTheTimeLeftInAnOutageOrWithoutATotal) {
  BulkProgress down = progress();
  for (const std::chrono::nanoseconds outage : {std::chrono::nanoseconds(1ns), std::chrono::nanoseconds(27s)}) {
    down.outage = outage;
    EXPECT_FALSE(timeLeftOf(down, 100));
  }
  BulkProgress endless = progress();
  endless.total.reset();
  EXPECT_FALSE(timeLeftOf(endless, 100));
}

TEST(BulkCounts, EachStateHasItsOwnCount) {
  using box::BulkState;
  for (const BulkState state : {BulkState::accepted, BulkState::rejected, BulkState::invalid, BulkState::duplicate,
                                BulkState::inDoubt, BulkState::notSent, BulkState::leftOut}) {
    box::BulkCounts counts;
    counts.add(state);
    EXPECT_EQ(counts.total(), 1U);
    EXPECT_EQ(counts.accepted, state == BulkState::accepted ? 1U : 0U);
    EXPECT_EQ(counts.rejected, state == BulkState::rejected ? 1U : 0U);
    EXPECT_EQ(counts.invalid, state == BulkState::invalid ? 1U : 0U);
    EXPECT_EQ(counts.duplicate, state == BulkState::duplicate ? 1U : 0U);
    EXPECT_EQ(counts.inDoubt, state == BulkState::inDoubt ? 1U : 0U);
    EXPECT_EQ(counts.notSent, state == BulkState::notSent ? 1U : 0U);
    EXPECT_EQ(counts.leftOut, state == BulkState::leftOut ? 1U : 0U);
  }
}

}  // namespace
