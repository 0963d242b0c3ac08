#include "bulk/intake.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using box::BulkEntry;
using box::BulkOptions;
using box::BulkPast;
using box::BulkRow;
using box::BulkState;
using box::InDoubt;
using box::Intake;

const Intake::WallTime now{std::chrono::hours(500'000)};

class PastOnly {
 public:
  std::optional<BulkPast> past(std::uint64_t index) const {
    const auto place = known.find(index);
    return place == known.end() ? std::nullopt : std::optional(place->second);
  }

  void knows(std::uint64_t index, BulkState state, std::chrono::seconds age = 1s) {
    BulkPast& entry = known[index];
    entry.state = state;
    entry.sentAt = now - age;
    entry.status = 404;
    entry.code = "not_found";
    entry.message = "gone";
    entry.requestId = "req";
  }

  std::map<std::uint64_t, BulkPast> known;
};

BulkEntry entry(const std::string& value) {
  BulkEntry out;
  out.value = value;
  out.line = 7;
  return out;
}

class IntakeOfAResumedRun : public testing::Test {
 protected:
  void SetUp() override {
    journal.knows(0, BulkState::accepted);
    journal.knows(1, BulkState::rejected);
    journal.knows(2, BulkState::inDoubt, 1h);
    journal.knows(3, BulkState::inDoubt, 48h);
  }
  /// The states of five entries; 'S': the entry is sent, 'D': it is sent although it is in doubt.
  std::string states(const BulkOptions& options) {
    Intake intake = intakeWith(options);
    std::string out;
    for (const char* const value : {"10", "11", "12", "13", "14"}) {
      const BulkEntry each = entry(value);
      const Intake::Decision decision = intake.decide(each, now);
      EXPECT_EQ(decision.row.value, value);
      EXPECT_EQ(decision.row.line, 7U);
      if (!decision.settled) {
        out += decision.doubted ? "D" : "S";
      } else {
        EXPECT_TRUE(decision.row.fromJournal);
        EXPECT_EQ(decision.row.code, "not_found");
        out += toString(decision.row.state).front();
      }
    }
    return out;
  }

  Intake intakeWith(const BulkOptions& options) const {
    return Intake(options, [this](std::uint64_t index) { return journal.past(index); });
  }

  PastOnly journal;
};

TEST_F(IntakeOfAResumedRun, SendsWhatTheOptionsSay) {
  BulkOptions options;
  EXPECT_EQ(states(options), "arDiS");
  options.inDoubt = InDoubt::retry;
  EXPECT_EQ(states(options), "arDDS");
  options.inDoubt = InDoubt::report;
  EXPECT_EQ(states(options), "ariiS");
  options.retryRejected = true;
  EXPECT_EQ(states(options), "aSiiS");
}

TEST_F(IntakeOfAResumedRun, AnEntryThatIsSkippedKeepsItsState) {
  Intake intake = intakeWith(BulkOptions());
  for (const char* const value : {"10", "11", "12", "13", "14"}) {
    BulkEntry each = entry(value);
    each.skip = "left out";
    const Intake::Decision decision = intake.decide(each, now);
    EXPECT_TRUE(decision.settled) << value;
    EXPECT_FALSE(decision.doubted) << value;
    const bool isNew = std::string(value) == "14";
    EXPECT_EQ(decision.row.state == BulkState::leftOut, isNew) << value;
    EXPECT_EQ(decision.row.message, isNew ? "left out" : "gone");
  }
}

TEST_F(IntakeOfAResumedRun, AnEntryThatWasNotSentKeepsTheStateOfTheJournal) {
  BulkOptions options;
  options.retryRejected = true;
  Intake intake = intakeWith(options);
  BulkRow row;
  row.index = 1;
  row.call = 9;
  row.message = "stopped";
  intake.keepPast(row);
  EXPECT_EQ(row.state, BulkState::rejected);
  EXPECT_EQ(row.message, "gone");
  EXPECT_EQ(row.call, 0U);
  EXPECT_TRUE(row.fromJournal);

  BulkRow accepted;
  accepted.index = 1;
  accepted.state = BulkState::accepted;
  intake.keepPast(accepted);
  EXPECT_EQ(accepted.state, BulkState::accepted) << "it was sent";
  BulkRow unknown;
  unknown.index = 4;
  unknown.message = "stopped";
  intake.keepPast(unknown);
  EXPECT_EQ(unknown.state, BulkState::notSent);
  EXPECT_EQ(unknown.message, "stopped");
}

TEST_F(IntakeOfAResumedRun, AnInvalidEntryHasNothingOfTheEntryBeforeIt) {
  Intake intake = intakeWith(BulkOptions());
  intake.decide(entry("10"), now);
  intake.decide(entry("11"), now);
  const BulkEntry bad = entry("nobody");
  const BulkRow row = intake.decide(bad, now).row;
  EXPECT_EQ(row.state, BulkState::invalid);
  EXPECT_FALSE(row.fromJournal);
  EXPECT_EQ(row.code, "");
}

TEST(Intake, AnInvalidEntryAndADuplicateAreSettledByTheList) {
  Intake intake(BulkOptions(), [](std::uint64_t) { return std::nullopt; });
  EXPECT_FALSE(intake.decide(entry("1"), now).settled);
  const BulkEntry bad = entry("nobody");
  const Intake::Decision invalid = intake.decide(bad, now);
  EXPECT_TRUE(invalid.settled);
  EXPECT_EQ(invalid.row.state, BulkState::invalid);
  EXPECT_FALSE(invalid.row.message.empty());
  const BulkEntry again = entry("1");
  const Intake::Decision duplicate = intake.decide(again, now);
  EXPECT_TRUE(duplicate.settled);
  EXPECT_EQ(duplicate.row.state, BulkState::duplicate);
  EXPECT_EQ(duplicate.row.original, 0U);
  EXPECT_EQ(intake.count(), 3U);
  BulkRow row;
  intake.keepPast(row);
  EXPECT_EQ(row.state, BulkState::notSent);
}

TEST(Intake, AnEntryInDoubtIsSentAgainUpToItsAge) {
  BulkOptions options;
  options.inDoubtAge = 24h;
  BulkPast past;
  past.state = BulkState::inDoubt;
  past.sentAt = now - 24h;
  EXPECT_TRUE(isSentAgain(options, past, now));
  past.sentAt -= 1s;
  EXPECT_FALSE(isSentAgain(options, past, now));
  options.inDoubtAge = 0ns;
  past.sentAt = now + 1h;  // by a clock that was ahead
  EXPECT_FALSE(isSentAgain(options, past, now)) << "0: none is sent again";
  options.inDoubt = InDoubt::retry;
  EXPECT_TRUE(isSentAgain(options, past, now));
  for (const BulkState other : {BulkState::accepted, BulkState::notSent, BulkState::invalid, BulkState::duplicate}) {
    past.state = other;
    EXPECT_FALSE(isSentAgain(options, past, now)) << toString(other);
  }
}

TEST_F(IntakeOfAResumedRun, ARowHasWhatTheJournalSays) {
  Intake intake = intakeWith(BulkOptions());
  intake.decide(entry("10"), now);
  const BulkEntry each = entry("11");
  const BulkRow row = intake.decide(each, now).row;
  EXPECT_EQ(row.index, 1U);
  EXPECT_EQ(row.state, BulkState::rejected);
  EXPECT_EQ(row.status, 404);
  EXPECT_EQ(row.message, "gone");
  EXPECT_EQ(row.requestId, "req");
  EXPECT_FALSE(row.original);
}

}  // namespace
