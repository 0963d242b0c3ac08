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
  refusals.noteRefusedSingle(404);
  EXPECT_EQ(refusals.inARow(), 1U);
  EXPECT_TRUE(refusals.wantsBatch());
  refusals.noteRefusedBatch(404);
  EXPECT_EQ(refusals.inARow(), 2U);
}

TEST(Refusals, FindACauseAfterEnoughBatchesAndSingleEntries) {
  Refusals refusals = twoAndThree();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(refusals.systemic());
    refusals.noteRefusedSingle(400);
  }
  EXPECT_FALSE(refusals.systemic()) << "no batch";
  EXPECT_TRUE(refusals.wantsBatch());
  refusals.noteRefusedBatch(400);
  EXPECT_FALSE(refusals.systemic()) << "one batch";
  EXPECT_TRUE(refusals.wantsBatch());
  refusals.noteRefusedBatch(400);
  EXPECT_TRUE(refusals.systemic());
  EXPECT_FALSE(refusals.wantsBatch()) << "there are enough";
}

TEST(Refusals, WantNoBatchBeforeThereAreEnoughSingleEntries) {
  Refusals refusals = twoAndThree();
  refusals.noteRefusedBatch(404);
  refusals.noteRefusedBatch(404);
  refusals.noteRefusedSingle(404);
  refusals.noteRefusedSingle(404);
  EXPECT_FALSE(refusals.wantsBatch());
  EXPECT_FALSE(refusals.systemic());
  refusals.noteRefusedSingle(404);
  EXPECT_TRUE(refusals.systemic());
}

TEST(Refusals, OneBatchIsEnoughWhereTheAccountIsRefused) {
  Refusals refusals = twoAndThree();
  for (int i = 0; i < 3; ++i) refusals.noteRefusedSingle(403);
  EXPECT_TRUE(refusals.wantsBatch());
  EXPECT_FALSE(refusals.systemic());
  refusals.noteRefusedBatch(403);
  EXPECT_TRUE(refusals.systemic());
  EXPECT_FALSE(refusals.wantsBatch());
}

TEST(Refusals, TellWhereTheStatusIsAnotherThanBefore) {
  Refusals refusals = twoAndThree();
  EXPECT_FALSE(refusals.noteRefusedBatch(404)) << "no refusal came before this one";
  EXPECT_FALSE(refusals.noteRefusedSingle(404));
  EXPECT_TRUE(refusals.noteRefusedSingle(403));
  EXPECT_FALSE(refusals.noteRefusedSingle(403));
  EXPECT_TRUE(refusals.noteRefusedBatch(404));
  refusals.noteAccepted();
  EXPECT_FALSE(refusals.noteRefusedSingle(403)) << "those before an acceptance do not count";
}

TEST(Refusals, CountThoseWithTheSameStatusSinceTheLastAcceptedCall) {
  Refusals other = twoAndThree();
  other.noteRefusedBatch(400);
  other.noteRefusedBatch(400);
  for (int i = 0; i < 3; ++i) other.noteRefusedSingle(404);
  EXPECT_FALSE(other.systemic()) << "the batches had another status";
  Refusals accepted = twoAndThree();
  accepted.noteRefusedBatch(400);
  accepted.noteRefusedBatch(400);
  accepted.noteRefusedSingle(400);
  accepted.noteAccepted();
  for (int i = 0; i < 3; ++i) accepted.noteRefusedSingle(400);
  EXPECT_FALSE(accepted.systemic());
  accepted.noteAccepted();
  accepted.noteRefusedBatch(400);
  accepted.noteRefusedBatch(400);
  accepted.noteRefusedSingle(400);
  accepted.noteRefusedSingle(400);
  EXPECT_FALSE(accepted.systemic());
}

TEST(Refusals, AreSuspiciousUntilACallIsAcceptedAndAfterManyRefusals) {
  Refusals refusals = twoAndThree();
  EXPECT_TRUE(refusals.suspicious()) << "no call was accepted";
  refusals.noteAccepted();
  EXPECT_FALSE(refusals.suspicious());
  refusals.noteRefusedBatch(400);
  EXPECT_FALSE(refusals.suspicious());
  refusals.noteRefusedBatch(400);
  EXPECT_TRUE(refusals.suspicious());
  refusals.noteAccepted();
  refusals.noteRefusedSingle(400);
  refusals.noteRefusedSingle(400);
  EXPECT_FALSE(refusals.suspicious());
  refusals.noteRefusedSingle(400);
  EXPECT_TRUE(refusals.suspicious());
}

TEST(Refusals, AtTheEndOfAShortListTheAccountIsTheCauseIfNothingWasAccepted) {
  Refusals refusals = twoAndThree();
  EXPECT_FALSE(refusals.systemicAtEnd());
  refusals.noteRefusedSingle(403);
  EXPECT_FALSE(refusals.systemicAtEnd()) << "no batch";
  refusals.noteRefusedBatch(403);
  EXPECT_TRUE(refusals.systemicAtEnd());
  Refusals batchOnly = twoAndThree();
  batchOnly.noteRefusedBatch(403);
  EXPECT_FALSE(batchOnly.systemicAtEnd()) << "no single entry";
  Refusals entries = twoAndThree();
  entries.noteRefusedBatch(404);
  entries.noteRefusedSingle(404);
  EXPECT_FALSE(entries.systemicAtEnd()) << "another status concerns the entries";
  refusals.noteAccepted();
  refusals.noteRefusedBatch(403);
  refusals.noteRefusedSingle(403);
  EXPECT_FALSE(refusals.systemicAtEnd()) << "a call was accepted";
}

TEST(Refusals, FindNothingIfOneFigureIsZero) {
  for (Refusals refusals : {Refusals(0, 3), Refusals(2, 0), Refusals(0, 0)}) {
    EXPECT_FALSE(refusals.watches());
    EXPECT_FALSE(refusals.suspicious());
    for (int i = 0; i < 5; ++i) {
      refusals.noteRefusedBatch(403);
      refusals.noteRefusedSingle(403);
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
