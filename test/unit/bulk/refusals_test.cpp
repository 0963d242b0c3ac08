#include "bulk/refusals.hpp"

#include <gtest/gtest.h>

namespace box {
namespace {

/// With two batches and three single entries as the numbers that are wanted.
Refusals twoAndThree() { return Refusals(2, 3); }

TEST(Refusals, CountNothingAtFirst) {
  Refusals refusals(1, 1);
  EXPECT_EQ(refusals.inARow(), 0U);
  EXPECT_FALSE(refusals.wantsBatch());
  refusals.singleRefused(404);
  EXPECT_EQ(refusals.inARow(), 1U);
  EXPECT_TRUE(refusals.wantsBatch());
  refusals.batchRefused(404);
  EXPECT_EQ(refusals.inARow(), 2U);
}

TEST(Refusals, FindACauseAfterEnoughBatchesAndSingleEntries) {
  Refusals refusals = twoAndThree();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(refusals.systemic());
    refusals.singleRefused(400);
  }
  EXPECT_FALSE(refusals.systemic()) << "no batch";
  EXPECT_TRUE(refusals.wantsBatch());
  refusals.batchRefused(400);
  EXPECT_FALSE(refusals.systemic()) << "one batch";
  EXPECT_TRUE(refusals.wantsBatch());
  refusals.batchRefused(400);
  EXPECT_TRUE(refusals.systemic());
  EXPECT_FALSE(refusals.wantsBatch()) << "there are enough";
}

TEST(Refusals, WantNoBatchBeforeThereAreEnoughSingleEntries) {
  Refusals refusals = twoAndThree();
  refusals.batchRefused(404);
  refusals.batchRefused(404);
  refusals.singleRefused(404);
  refusals.singleRefused(404);
  EXPECT_FALSE(refusals.wantsBatch());
  EXPECT_FALSE(refusals.systemic());
  refusals.singleRefused(404);
  EXPECT_TRUE(refusals.systemic());
}

TEST(Refusals, OneBatchIsEnoughWhereTheAccountIsRefused) {
  Refusals refusals = twoAndThree();
  for (int i = 0; i < 3; ++i) refusals.singleRefused(403);
  EXPECT_TRUE(refusals.wantsBatch());
  EXPECT_FALSE(refusals.systemic());
  refusals.batchRefused(403);
  EXPECT_TRUE(refusals.systemic());
  EXPECT_FALSE(refusals.wantsBatch());
}

TEST(Refusals, TellWhereTheStatusIsAnotherThanBefore) {
  Refusals refusals = twoAndThree();
  EXPECT_FALSE(refusals.batchRefused(404)) << "no refusal came before this one";
  EXPECT_FALSE(refusals.singleRefused(404));
  EXPECT_TRUE(refusals.singleRefused(403));
  EXPECT_FALSE(refusals.singleRefused(403));
  EXPECT_TRUE(refusals.batchRefused(404));
  refusals.accepted();
  EXPECT_FALSE(refusals.singleRefused(403)) << "those before an acceptance do not count";
}

TEST(Refusals, CountThoseWithTheSameStatusSinceTheLastAcceptedCall) {
  Refusals other = twoAndThree();
  other.batchRefused(400);
  other.batchRefused(400);
  for (int i = 0; i < 3; ++i) other.singleRefused(404);
  EXPECT_FALSE(other.systemic()) << "the batches had another status";
  Refusals accepted = twoAndThree();
  accepted.batchRefused(400);
  accepted.batchRefused(400);
  accepted.singleRefused(400);
  accepted.accepted();
  for (int i = 0; i < 3; ++i) accepted.singleRefused(400);
  EXPECT_FALSE(accepted.systemic());
  accepted.accepted();
  accepted.batchRefused(400);
  accepted.batchRefused(400);
  accepted.singleRefused(400);
  accepted.singleRefused(400);
  EXPECT_FALSE(accepted.systemic());
}

TEST(Refusals, AreSuspiciousUntilACallIsAcceptedAndAfterManyRefusals) {
  Refusals refusals = twoAndThree();
  EXPECT_TRUE(refusals.suspicious()) << "no call was accepted";
  refusals.accepted();
  EXPECT_FALSE(refusals.suspicious());
  refusals.batchRefused(400);
  EXPECT_FALSE(refusals.suspicious());
  refusals.batchRefused(400);
  EXPECT_TRUE(refusals.suspicious());
  refusals.accepted();
  refusals.singleRefused(400);
  refusals.singleRefused(400);
  EXPECT_FALSE(refusals.suspicious());
  refusals.singleRefused(400);
  EXPECT_TRUE(refusals.suspicious());
}

TEST(Refusals, AtTheEndOfAShortListTheAccountIsTheCauseIfNothingWasAccepted) {
  Refusals refusals = twoAndThree();
  EXPECT_FALSE(refusals.systemicAtEnd());
  refusals.singleRefused(403);
  EXPECT_FALSE(refusals.systemicAtEnd()) << "no batch";
  refusals.batchRefused(403);
  EXPECT_TRUE(refusals.systemicAtEnd());
  Refusals batchOnly = twoAndThree();
  batchOnly.batchRefused(403);
  EXPECT_FALSE(batchOnly.systemicAtEnd()) << "no single entry";
  Refusals entries = twoAndThree();
  entries.batchRefused(404);
  entries.singleRefused(404);
  EXPECT_FALSE(entries.systemicAtEnd()) << "another status concerns the entries";
  refusals.accepted();
  refusals.batchRefused(403);
  refusals.singleRefused(403);
  EXPECT_FALSE(refusals.systemicAtEnd()) << "a call was accepted";
}

TEST(Refusals, FindNothingIfOneFigureIsZero) {
  for (Refusals refusals : {Refusals(0, 3), Refusals(2, 0), Refusals(0, 0)}) {
    EXPECT_FALSE(refusals.watches());
    EXPECT_FALSE(refusals.suspicious());
    for (int i = 0; i < 5; ++i) {
      refusals.batchRefused(403);
      refusals.singleRefused(403);
    }
    EXPECT_FALSE(refusals.suspicious());
    EXPECT_FALSE(refusals.wantsBatch());
    EXPECT_FALSE(refusals.systemic());
    EXPECT_FALSE(refusals.systemicAtEnd());
  }
  EXPECT_TRUE(Refusals(1, 1).watches());
}

}  // namespace
}  // namespace box
