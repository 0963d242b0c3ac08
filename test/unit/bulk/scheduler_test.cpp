// The scheduler on a simulated clock, with a function in place of Box.
#include "bulk/scheduler.hpp"

#include <iterator>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/simulated_box.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::BulkEnd;
using box::BulkItem;
using box::BulkOptions;
using box::BulkPart;
using box::BulkState;
using box::BulkVerdict;
using box::CallReply;
using box::Fate;
using testing::IsEmpty;
using Answer = SimulatedRun::Answer;
using Indices = std::set<std::uint64_t>;

bool hasAny(const BulkPart& part, const Indices& bad) {
  for (const BulkItem& item : part.items()) {
    if (bad.contains(item.index)) return true;
  }
  return false;
}

SimulatedRun::Server refusing(Indices bad, int status = 404) {
  return [bad = std::move(bad), status](const BulkPart& part, SimulatedRun::TimePoint) {
    return Answer{hasAny(part, bad) ? refused(status) : accepted()};
  };
}

Indices rejectedOf(const SimulatedRun& run) {
  Indices indices;
  for (const auto& [index, state] : run.states) {
    if (state == BulkState::rejected) indices.insert(index);
  }
  return indices;
}

Indices firstN(std::uint64_t n) {
  Indices all;
  for (std::uint64_t i = 0; i < n; ++i) all.insert(i);
  return all;
}

void expectWhole(const SimulatedRun& run, std::uint64_t entries) {
  EXPECT_EQ(run.states.size(), entries);
  EXPECT_THAT(run.settledTwice, IsEmpty());
  for (const auto& [call, verdicts] : run.verdicts) EXPECT_EQ(verdicts.size(), 1U) << "call " << call;
  EXPECT_EQ(run.verdicts.size(), run.sent.size()) << "each call has a verdict";
}

TEST(Scheduler, SendsBatchesInOrderAndEndsFinished) {
  SimulatedRun run(BulkOptions(), refusing({}));
  ASSERT_TRUE(run.run(250));
  ASSERT_EQ(run.sent.size(), 3U);
  EXPECT_EQ(run.sent[0].indices.front(), 0U);
  EXPECT_EQ(run.sent[1].indices.front(), 100U);
  EXPECT_EQ(run.sent[2].indices.size(), 50U);
  EXPECT_EQ(run.count(BulkState::accepted), 250U);
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::finished);
  expectWhole(run, 250);
}

TEST(Scheduler, AnEmptyListIsFinished) {
  SimulatedRun run(BulkOptions(), refusing({}));
  ASSERT_TRUE(run.run(0));
  EXPECT_THAT(run.sent, IsEmpty());
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::finished);
}

TEST(Scheduler, ABadEntryAtAnyPositionIsTheOnlyOneRejected) {
  for (const int status : {400, 403, 404}) {
    for (std::uint64_t bad = 0; bad < 100; ++bad) {
      SimulatedRun run(BulkOptions(), refusing({bad}, status));
      ASSERT_TRUE(run.run(100));
      EXPECT_EQ(rejectedOf(run), Indices{bad}) << status;
      EXPECT_EQ(run.count(BulkState::accepted), 99U);
      EXPECT_LE(run.sent.size(), 20U) << bad;
      EXPECT_EQ(run.scheduler().reason(), BulkEnd::finished);
      expectWhole(run, 100);
    }
  }
}

TEST(Scheduler, SeveralBadEntriesAreFoundAndNoOthers) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    Indices bad;
    const unsigned count = 1 + seed % 60;
    while (bad.size() < count) bad.insert(random() % 300);
    BulkOptions options;
    options.rejectedShare = 1;
    SimulatedRun run(options, refusing(bad), seed);
    ASSERT_TRUE(run.run(300));
    ASSERT_EQ(run.scheduler().reason(), BulkEnd::finished) << run.scheduler().message();
    EXPECT_EQ(rejectedOf(run), bad);
    expectWhole(run, 300);
  }
}

TEST(Scheduler, WhereMostOfABatchIsBadItsEntriesGoOneByOne) {
  Indices bad = firstN(200);
  for (std::uint64_t i = 100; i < 200; i += 10) bad.erase(i);
  for (std::uint64_t i = 0; i < 100; ++i) bad.erase(i);  // the first batch shows that Box accepts calls
  SimulatedRun run(BulkOptions(), refusing(bad));
  ASSERT_TRUE(run.run(200));
  EXPECT_EQ(rejectedOf(run), bad);
  EXPECT_LE(run.sent.size(), 120U) << "halving to the end takes about 190 calls";
}

TEST(Scheduler, AShortListOfBadEntriesOnlyIsRejectedOneByOne) {
  for (const std::uint64_t entries : {1U, 2U, 5U, 100U, 200U}) {
    SimulatedRun run(BulkOptions(), refusing(firstN(entries)));
    ASSERT_TRUE(run.run(entries));
    EXPECT_EQ(run.count(BulkState::rejected), entries);
    EXPECT_EQ(run.scheduler().reason(), BulkEnd::finished);
    expectWhole(run, entries);
  }
}

TEST(Scheduler, ARefusalOfEverythingStopsTheRunEarlyAndNobodyCountsAsRejected) {
  for (const int status : {400, 403, 404}) {
    SimulatedRun run(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint) { return Answer{refused(status)}; });
    ASSERT_TRUE(run.run(100'000));
    EXPECT_EQ(run.scheduler().reason(), BulkEnd::systemic);
    EXPECT_THAT(run.scheduler().message(), testing::HasSubstr("every request the same way"));
    EXPECT_LE(run.sent.size(), 40U);
    EXPECT_EQ(run.count(BulkState::rejected), 0U) << "a later run sends these entries again";
    EXPECT_EQ(run.count(BulkState::notSent), run.states.size());
    EXPECT_EQ(run.open(), 0U);
    for (const auto& [call, verdicts] : run.verdicts) EXPECT_EQ(verdicts.front().verdict, BulkVerdict::notDone);
    EXPECT_THAT(run.settledTwice, IsEmpty());
  }
}

// Box answers 404 to a call with somebody whom it does not know, also where the account may do nothing.
TEST(Scheduler, AnUnknownPersonDoesNotMakeARefusalOfTheAccountOneOfThePeople) {
  constexpr std::uint64_t unknown = 400;
  SimulatedRun run(BulkOptions(), [&](const BulkPart& part, SimulatedRun::TimePoint) {
    const bool isIn = std::any_of(part.items().begin(), part.items().end(),
                                  [&](const BulkItem& item) { return item.index == unknown; });
    return Answer{refused(isIn ? 404 : 403)};
  });
  ASSERT_TRUE(run.run(10'000));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::systemic);
  EXPECT_LE(run.count(BulkState::rejected), 1U) << "only the unknown person may be: the others are sent again later";
  EXPECT_EQ(run.open(), 0U);
  EXPECT_THAT(run.settledTwice, IsEmpty());
}

TEST(Scheduler, AnUnknownPersonInAShortListDoesNotMakeARefusalOfTheAccountOneOfThePeople) {
  for (std::uint64_t entries = 2; entries < 12; ++entries) {
    for (std::uint64_t unknown = 0; unknown < entries; ++unknown) {
      SimulatedRun run(BulkOptions(), [&](const BulkPart& part, SimulatedRun::TimePoint) {
        const bool isIn = std::any_of(part.items().begin(), part.items().end(),
                                      [&](const BulkItem& item) { return item.index == unknown; });
        CallReply reply = refused(isIn ? 404 : 403);
        reply.error.emplace(isIn ? box::Errc::notFound : box::Errc::forbidden, box::ErrorDetails());
        return Answer{reply};
      });
      ASSERT_TRUE(run.run(entries));
      ASSERT_TRUE(run.scheduler().failure()) << "why people are not sent";
      EXPECT_EQ(run.scheduler().failure()->code(), box::Errc::forbidden) << entries << ", " << unknown;
      for (const auto& [index, state] : run.states) {
        if (index != unknown) EXPECT_EQ(state, BulkState::notSent) << index << " of " << entries << ", " << unknown;
      }
      EXPECT_EQ(run.open(), 0U);
    }
  }
}

// A missing scope is the most frequent mistake of new users, and most lists are short.
TEST(Scheduler, ARefusalOfTheAccountStopsARunOfAnyLength) {
  for (const std::uint64_t entries : {1U, 2U, 9U, 10U, 11U, 99U, 100U, 101U, 200U, 250U, 10'000U}) {
    SimulatedRun run(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint) { return Answer{refused(403)}; });
    ASSERT_TRUE(run.run(entries));
    EXPECT_EQ(run.scheduler().reason(), BulkEnd::systemic) << entries;
    EXPECT_THAT(run.scheduler().message(),
                testing::HasSubstr(entries == 1 ? "rejected the request: " : "rejected every request the same way: "));
    EXPECT_LE(run.sent.size(), 30U) << entries;
    EXPECT_EQ(run.count(BulkState::notSent), run.states.size()) << entries;
    EXPECT_EQ(run.open(), 0U) << entries;
    for (const auto& [call, verdicts] : run.verdicts) EXPECT_EQ(verdicts.front().verdict, BulkVerdict::notDone);
    EXPECT_THAT(run.settledTwice, IsEmpty());
  }
}

// "Not sent" would be wrong for an entry whose call Box has refused.
TEST(Scheduler, AnEntryOfARefusedCallHasTheAnswerOfThatCall) {
  SimulatedRun run(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint) { return Answer{refused(403)}; });
  ASSERT_TRUE(run.run(10'000));
  Indices sent;
  for (const SimulatedRun::Sent& call : run.sent) sent.insert(call.indices.begin(), call.indices.end());
  EXPECT_LT(sent.size(), run.states.size());
  for (const auto& [index, state] : run.states) {
    EXPECT_EQ(run.statuses.at(index), sent.contains(index) ? 403 : 0) << index;
  }
}

TEST(Scheduler, ACallThatWasNotSentHasNoStatus) {
  SimulatedRun run(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint) {
    box::ErrorDetails details;
    details.phase = box::Phase::token;
    details.api.emplace();
    details.api->statusCode = 400;
    return Answer{box::replyOf(box::BoxSdkError(box::Errc::badRequest, std::move(details)))};
  });
  ASSERT_TRUE(run.run(10));
  EXPECT_EQ(run.verdicts.at(1).front().status, 0);
  EXPECT_EQ(run.statuses.at(0), 0);
}

TEST(Scheduler, WhereOneIsAcceptedARefusalIsAboutTheOthers) {
  Indices bad = firstN(9);
  SimulatedRun run(BulkOptions(), refusing(bad, 403));
  ASSERT_TRUE(run.run(10));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::finished);
  EXPECT_EQ(rejectedOf(run), bad);
}

TEST(Scheduler, ARunThatIsToKeepGoingHasThemRefusedOneByOne) {
  BulkOptions options;
  options.systemicSingles = 0;
  SimulatedRun run(options, [](const BulkPart&, SimulatedRun::TimePoint) { return Answer{refused(403)}; });
  ASSERT_TRUE(run.run(200));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::finished);
  EXPECT_EQ(run.count(BulkState::rejected), 200U);
}

TEST(Scheduler, TellsWhatBoxAnsweredLastInAnOutage) {
  SimulatedRun run(BulkOptions(),
                   [](const BulkPart&, SimulatedRun::TimePoint) { return Answer{temporary(Fate::rejected, 503)}; });
  int status = 0;
  run.onStep = [&](SimulatedRun& r) {
    EXPECT_EQ(r.scheduler().outageStatus() != 0, r.scheduler().outage(r.now) > 0ms);
    status = std::max(status, r.scheduler().outageStatus());
  };
  ASSERT_TRUE(run.run(20'000));
  EXPECT_EQ(status, 503);
}

TEST(Scheduler, ALossOfRightsInTheMiddleStopsTheRunToo) {
  std::size_t calls = 0;
  SimulatedRun run(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint) {
    return Answer{++calls <= 20 ? accepted() : refused(403)};
  });
  ASSERT_TRUE(run.run(100'000));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::systemic);
  EXPECT_EQ(run.count(BulkState::accepted), 2000U);
  EXPECT_THAT(run.scheduler().message(), testing::HasSubstr("Box rejected each of the last calls the same way: "));
  EXPECT_EQ(run.count(BulkState::rejected), 0U);
  EXPECT_LE(run.sent.size(), 80U);
}

// Lists are often sorted by role or domain.
TEST(Scheduler, ForbiddenPeopleWhoStandTogetherStopNothing) {
  const struct {
    std::uint64_t first, count, entries;
  } rows[] = {{0, 10, 30},     {0, 20, 30},       {20, 10, 30},        {0, 10, 10'000},
              {0, 90, 10'000}, {300, 120, 1'500}, {5'000, 150, 10'000}};
  for (const auto& row : rows) {
    std::set<std::uint64_t> forbidden;
    for (std::uint64_t i = 0; i < row.count; ++i) forbidden.insert(row.first + i);
    SimulatedRun run(BulkOptions(), refusing(forbidden, 403));
    ASSERT_TRUE(run.run(row.entries));
    EXPECT_EQ(run.scheduler().reason(), BulkEnd::finished) << row.first << " " << row.count;
    EXPECT_EQ(run.count(BulkState::accepted), row.entries - row.count);
    EXPECT_EQ(run.count(BulkState::rejected), row.count);
  }
}

TEST(Scheduler, OneForbiddenPersonAtTheStartStopsNothing) {
  SimulatedRun run(BulkOptions(), refusing({0}, 403));
  ASSERT_TRUE(run.run(1000));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::finished);
  EXPECT_EQ(rejectedOf(run), Indices{0});
}

// Nothing of the list is acceptable, and the reasons differ, so that there is no cause that concerns all entries.
TEST(Scheduler, RefusalsWithDifferentStatusesAreNotHeldBack) {
  const auto statusOf = [](const BulkPart& part) {
    constexpr int statuses[] = {400, 403, 404, 409, 410};
    return statuses[std::mt19937(static_cast<unsigned>(part.items().front().index))() % std::size(statuses)];
  };
  std::uint64_t refusedAlone = 0;
  SimulatedRun run(BulkOptions(), [&](const BulkPart& part, SimulatedRun::TimePoint) {
    if (part.size() == 1) ++refusedAlone;
    return Answer{refused(statusOf(part))};
  });
  std::uint64_t most = 0;
  run.onStep = [&](SimulatedRun& r) {
    const std::uint64_t settled = r.count(BulkState::rejected) + r.count(BulkState::notSent);
    if (!r.scheduler().ended()) most = std::max(most, refusedAlone - settled);
  };
  ASSERT_TRUE(run.run(10'000));
  EXPECT_LE(most, 30U) << "their rows come soon after their calls";
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::tooManyRejected) << run.scheduler().message();
  EXPECT_GE(run.count(BulkState::rejected), 1000U);
  EXPECT_LE(run.count(BulkState::rejected), 1100U);
  EXPECT_EQ(run.open(), 0U);
  EXPECT_THAT(run.settledTwice, IsEmpty());
}

TEST(Scheduler, AShareOfRefusalsBeyondTheSettingStopsTheRun) {
  Indices bad;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    if (i % 10 >= 3) bad.insert(i);
  }
  SimulatedRun run(BulkOptions(), refusing(bad));
  ASSERT_TRUE(run.run(10'000));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::tooManyRejected) << run.scheduler().message();
  EXPECT_THAT(run.settledTwice, IsEmpty());
  EXPECT_GE(run.count(BulkState::rejected) + run.count(BulkState::accepted), 1000U);
  EXPECT_LE(run.count(BulkState::rejected), 1100U);
}

TEST(Scheduler, TooLargeABatchIsHalvedAndTheNextOnesAreSmaller) {
  SimulatedRun run(BulkOptions(), [](const BulkPart& part, SimulatedRun::TimePoint) {
    return Answer{part.size() > 30 ? refused(413) : accepted()};
  });
  ASSERT_TRUE(run.run(10'000));
  EXPECT_EQ(run.count(BulkState::accepted), 10'000U);
  EXPECT_LE(run.scheduler().batchSize(), 30U);
  EXPECT_LE(run.sent.size(), 10'000U / 25 + 60);
}

TEST(Scheduler, TheLastRefusalIsTheFailureOfARunWhoseRequestsAreAllRefused) {
  int calls = 0;
  SimulatedRun run(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint) {
    Answer answer{refused(403)};
    answer.reply.error.emplace(box::Errc::forbidden, "refusal " + std::to_string(++calls));
    return answer;
  });
  ASSERT_TRUE(run.run(10'000));
  ASSERT_EQ(run.scheduler().reason(), BulkEnd::systemic);
  ASSERT_TRUE(run.scheduler().failure());
  EXPECT_EQ(run.scheduler().failure()->code(), box::Errc::forbidden);
}

TEST(Scheduler, One413HalvesTheBatchesAndSaysNothingAboutTheEntries) {
  for (const std::uint64_t size : {100U, 3U, 2U}) {
    box::Scheduler scheduler(BulkOptions(), std::make_shared<SeededRandom>(1), SimulatedRun::start);
    BulkItem item;
    for (item.index = 0; item.index < size; ++item.index) scheduler.add(item);
    scheduler.endOfInput();
    scheduler.reply(scheduler.next(SimulatedRun::start).call.number, refused(413), SimulatedRun::start);
    EXPECT_EQ(scheduler.batchSize(), size / 2);
  }

  // A single entry cannot be too large a batch: its refusal is one like any other.
  BulkOptions single;
  single.batchSize = 1;
  SimulatedRun run(single, refusing({3}, 413));
  ASSERT_TRUE(run.run(10));
  EXPECT_EQ(rejectedOf(run), Indices{3});
}

TEST(Scheduler, ALimitThatBoxTellsAs400IsLearnt) {
  SimulatedRun run(BulkOptions(), [](const BulkPart& part, SimulatedRun::TimePoint) {
    return Answer{part.size() > 30 ? refused(400) : accepted()};
  });
  ASSERT_TRUE(run.run(10'000));
  EXPECT_EQ(run.count(BulkState::accepted), 10'000U) << run.scheduler().message();
  EXPECT_LE(run.scheduler().batchSize(), 30U);
  EXPECT_LE(run.sent.size(), 10'000U / 20);
}

TEST(Scheduler, ASizeOfTwoIsLearntAndNoneOfOne) {
  for (const std::size_t largest : {1U, 2U}) {
    BulkOptions options;
    options.batchSize = 4;
    SimulatedRun run(options, [&](const BulkPart& part, SimulatedRun::TimePoint) {
      return Answer{part.size() > largest ? refused(400) : accepted()};
    });
    ASSERT_TRUE(run.run(100));
    EXPECT_EQ(run.count(BulkState::accepted), 100U) << run.scheduler().message();
    EXPECT_EQ(run.scheduler().batchSize(), largest == 2 ? 2U : 4U);
  }
}

TEST(Scheduler, OneBatchRefusedWhoseEntriesAreAcceptedChangesNoSize) {
  SimulatedRun run(BulkOptions(), [](const BulkPart& part, SimulatedRun::TimePoint) {
    const std::size_t first = part.items().front().index;
    return Answer{part.size() > 30 && first >= 500 && first < 600 ? refused(400) : accepted()};
  });
  ASSERT_TRUE(run.run(10'000));
  EXPECT_EQ(run.count(BulkState::accepted), 10'000U) << run.scheduler().message();
  EXPECT_EQ(run.scheduler().batchSize(), BulkOptions().batchSize);
}

// A batch with a rejected entry may have been refused because of that entry, so it shows nothing about the size.
TEST(Scheduler, TooLargeBatchesThatAreNotInARowChangeNoSize) {
  const struct {
    Indices bad;       // in the second batch
    Indices tooLarge;  // the first entries of the batches that are too large
    std::size_t size;  // what is learnt
  } rows[] = {{{}, {0, 4}, 2}, {{}, {0, 8}, 4}, {{4}, {0, 4, 8}, 4}, {{5}, {0, 4, 8}, 4}};
  for (const auto& row : rows) {
    BulkOptions options;
    options.batchSize = 4;
    options.concurrency = 1;
    SimulatedRun run(options, [&](const BulkPart& part, SimulatedRun::TimePoint) {
      if (hasAny(part, row.bad)) return Answer{refused(404)};
      return Answer{part.size() > 2 && row.tooLarge.contains(part.items().front().index) ? refused(400) : accepted()};
    });
    ASSERT_TRUE(run.run(12));
    EXPECT_EQ(rejectedOf(run), row.bad);
    EXPECT_EQ(run.scheduler().batchSize(), row.size) << row.bad.size() << " " << row.tooLarge.size();
  }
}

TEST(Scheduler, One429HoldsBackAllCallsUntilRetryAfterAndCostsNoAttempt) {
  bool once = true;
  SimulatedRun::TimePoint throttledAt{};
  BulkOptions options;
  options.attempts = 1;
  SimulatedRun run(options, [&](const BulkPart& part, SimulatedRun::TimePoint now) {
    if (part.items().front().index == 500 && std::exchange(once, false)) {
      throttledAt = now + 100ms;
      return Answer{throttled(100s)};
    }
    return Answer{accepted()};
  });
  ASSERT_TRUE(run.run(2000));
  EXPECT_EQ(run.count(BulkState::accepted), 2000U);
  EXPECT_EQ(run.scheduler().throttled(), 1U);
  for (std::size_t i = 0; i < run.sent.size(); ++i) {
    EXPECT_TRUE(run.sent[i].at <= throttledAt || run.sent[i].at >= throttledAt + 100s) << i;
  }
  const auto first = std::find_if(run.sent.begin(), run.sent.end(), [&](const auto& s) { return s.at > throttledAt; });
  ASSERT_NE(first, run.sent.end());
  EXPECT_EQ(first->indices.front(), 500U) << "the one that was held up goes first";
  for (auto it = first + 1; it != run.sent.end(); ++it) EXPECT_GE(it->at - (it - 1)->at, 66ms) << "no burst";
}

TEST(Scheduler, TheRateStaysBelowTheCapInEveryMinute) {
  std::mt19937 random(7);
  SimulatedRun run(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint) {
    return Answer{accepted(), std::chrono::milliseconds(50 + random() % 500)};
  });
  ASSERT_TRUE(run.run(500'000));
  std::size_t first = 0, best = 0;
  for (std::size_t i = 0; i < run.sent.size(); ++i) {
    while (run.sent[first].at <= run.sent[i].at - 60s) ++first;
    best = std::max(best, i - first + 1);
  }
  EXPECT_LE(best, 900U);
  EXPECT_GE(best, 850U) << "and is near it";
  EXPECT_LE(run.peakInFlight, 8U);
}

TEST(Scheduler, AnOutageParksTheWorkAndCostsNoEntry) {
  std::size_t during = 0;
  SimulatedRun run(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint now) {
    const auto since = now - SimulatedRun::start;
    if (since < 10s || since > 10s + 10min) return Answer{accepted()};
    ++during;
    return Answer{temporary(Fate::notSent)};
  });
  ASSERT_TRUE(run.run(50'000));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::finished);
  EXPECT_EQ(run.count(BulkState::accepted), 50'000U);
  EXPECT_LE(during, 40U) << "ten failures, and then one probe at a time";
  expectWhole(run, 50'000);
}

TEST(Scheduler, AnOutageWithoutEndEndsTheRunAsUnavailable) {
  SimulatedRun run(BulkOptions(), [](const BulkPart& part, SimulatedRun::TimePoint now) {
    if (now - SimulatedRun::start < 5s) return Answer{accepted()};
    return Answer{part.items().front().index % 200 == 0 ? temporary(Fate::inDoubt, 503) : temporary(Fate::notSent)};
  });
  ASSERT_TRUE(run.run(20'000));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::unavailable);
  EXPECT_GE(run.now - SimulatedRun::start, 30min);
  EXPECT_LE(run.now - SimulatedRun::start, 32min);
  EXPECT_GT(run.count(BulkState::inDoubt), 0U) << "a call that was answered with 503 may have been carried out";
  EXPECT_GT(run.count(BulkState::notSent), 0U);
  EXPECT_EQ(run.states.size(),
            run.count(BulkState::accepted) + run.count(BulkState::inDoubt) + run.count(BulkState::notSent));
}

TEST(Scheduler, APoisonousEntryIsIsolatedAndTheOthersAreAccepted) {
  const Indices poison{37, 1234};
  SimulatedRun run(BulkOptions(), [&](const BulkPart& part, SimulatedRun::TimePoint) {
    return Answer{hasAny(part, poison) ? temporary(Fate::rejected, 500) : accepted()};
  });
  ASSERT_TRUE(run.run(5000));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::finished);
  EXPECT_EQ(run.count(BulkState::accepted), 4998U);
  EXPECT_EQ(run.state(37), BulkState::notSent);
  EXPECT_EQ(run.state(1234), BulkState::notSent);
  expectWhole(run, 5000);
}

TEST(Scheduler, PartsOfWhatWasPutOffGetTwoAttemptsAndSingleEntriesAll) {
  const Indices poison{38};
  BulkOptions options;
  options.attempts = 4;
  SimulatedRun run(options, [&](const BulkPart& part, SimulatedRun::TimePoint) {
    return Answer{hasAny(part, poison) ? temporary(Fate::rejected, 500) : accepted()};
  });
  ASSERT_TRUE(run.run(500));
  std::map<std::size_t, unsigned> callsOfSize;
  for (const auto& sent : run.sent) {
    if (std::find(sent.indices.begin(), sent.indices.end(), 38U) != sent.indices.end())
      ++callsOfSize[sent.indices.size()];
  }
  EXPECT_EQ(callsOfSize,
            (std::map<std::size_t, unsigned>{{100, 4}, {50, 2}, {25, 2}, {13, 2}, {6, 2}, {3, 2}, {2, 2}, {1, 4}}));
}

TEST(Scheduler, PartsOfARefusedBatchGetAllAttempts) {
  unsigned ofTheBatch = 0, ofTheFirst = 0;
  SimulatedRun run(BulkOptions(), [&](const BulkPart& part, SimulatedRun::TimePoint) {
    if (part.size() == 2) return Answer{++ofTheBatch < 5 ? temporary(Fate::rejected, 500) : refused(404)};
    if (hasAny(part, {1})) return Answer{refused(404)};
    return Answer{++ofTheFirst < 5 ? temporary(Fate::rejected, 500) : accepted()};
  });
  ASSERT_TRUE(run.run(2));
  EXPECT_EQ(run.state(0), BulkState::accepted);
  EXPECT_EQ(run.state(1), BulkState::rejected);
}

TEST(Scheduler, PartsOfARefusedBatchAreSentAgainIfTheirConnectionIsStale) {
  const auto stale = [] {
    CallReply reply;
    reply.kind = CallReply::Kind::stale;
    return reply;
  };
  BulkOptions options;
  options.attempts = 1;
  unsigned ofTheBatch = 0, ofTheFirst = 0;
  SimulatedRun run(options, [&](const BulkPart& part, SimulatedRun::TimePoint) {
    if (part.size() == 2) return Answer{++ofTheBatch == 1 ? stale() : refused(404)};
    if (hasAny(part, {1})) return Answer{refused(404)};
    return Answer{++ofTheFirst == 1 ? stale() : accepted()};
  });
  ASSERT_TRUE(run.run(2));
  EXPECT_EQ(run.state(0), BulkState::accepted);
}

TEST(Scheduler, WhatMayHaveBeenDoneIsInDoubtUntilItIsAccepted) {
  const Indices slow{5};
  SimulatedRun run(BulkOptions(), [&](const BulkPart& part, SimulatedRun::TimePoint) {
    return Answer{hasAny(part, slow) ? temporary(Fate::inDoubt) : accepted()};
  });
  ASSERT_TRUE(run.run(200));
  EXPECT_EQ(run.state(5), BulkState::inDoubt);
  EXPECT_EQ(run.count(BulkState::accepted), 199U);
}

TEST(Scheduler, ADoubtFromAnEarlierRunStaysWhereNothingIsSent) {
  box::Scheduler scheduler(BulkOptions(), std::make_shared<SeededRandom>(1), SimulatedRun::start);
  for (std::uint64_t i = 0; i < 4; ++i) {
    BulkItem item;
    item.index = i;
    scheduler.add(item, i == 1 || i == 2);
  }
  scheduler.end(BulkEnd::stopped, "stopped", SimulatedRun::start);
  EXPECT_EQ(scheduler.next(SimulatedRun::start).action, box::Scheduler::Action::done);
  std::map<std::uint64_t, BulkState> states;
  for (const auto& conclusion : scheduler.takeConclusions()) {
    for (const BulkItem& item : conclusion.part.items()) states[item.index] = conclusion.state.value();
  }
  EXPECT_EQ(states,
            (std::map<std::uint64_t, BulkState>{
                {0, BulkState::notSent}, {1, BulkState::inDoubt}, {2, BulkState::inDoubt}, {3, BulkState::notSent}}));
}

TEST(Scheduler, AStaleConnectionCostsNoAttempt) {
  std::set<std::uint64_t> seen;
  BulkOptions options;
  options.attempts = 1;
  SimulatedRun run(options, [&](const BulkPart& part, SimulatedRun::TimePoint) {
    Answer answer{accepted()};
    if (seen.insert(part.items().front().index).second) {
      answer.reply = temporary(Fate::inDoubt);
      answer.reply.kind = CallReply::Kind::stale;
    }
    return answer;
  });
  ASSERT_TRUE(run.run(1000));
  EXPECT_EQ(run.count(BulkState::accepted), 1000U);
  EXPECT_EQ(run.sent.size(), 20U);
}

TEST(Scheduler, AFatalFailureStopsAtOnce) {
  std::size_t calls = 0;
  SimulatedRun run(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint) {
    Answer answer{accepted()};
    if (++calls == 5) {
      answer.reply = temporary(Fate::rejected, 401);
      answer.reply.kind = CallReply::Kind::fatal;
      answer.reply.message = "unauthorized";
    }
    return answer;
  });
  ASSERT_TRUE(run.run(10'000));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::failed);
  EXPECT_EQ(run.scheduler().message(), "unauthorized");
  EXPECT_LE(run.sent.size(), 7U);
}

TEST(Scheduler, AnUnknownHostIsFatalAtTheStartAndAnOutageLater) {
  const auto wrongAddress = [] {
    Answer answer{temporary(Fate::notSent)};
    answer.reply.kind = CallReply::Kind::wrongAddress;
    return answer;
  };
  SimulatedRun atOnce(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint) { return wrongAddress(); });
  ASSERT_TRUE(atOnce.run(1000));
  EXPECT_EQ(atOnce.scheduler().reason(), BulkEnd::failed);
  SimulatedRun later(BulkOptions(), [&](const BulkPart&, SimulatedRun::TimePoint now) {
    const auto since = now - SimulatedRun::start;
    return since > 2s && since < 1min ? wrongAddress() : Answer{accepted()};
  });
  ASSERT_TRUE(later.run(10'000));
  EXPECT_EQ(later.scheduler().reason(), BulkEnd::finished);
}

TEST(Scheduler, TheDeadlineEndsTheRun) {
  BulkOptions options;
  options.deadline = box::Deadline(10s);
  SimulatedRun run(options, refusing({}));
  ASSERT_TRUE(run.run(100'000));
  EXPECT_EQ(run.scheduler().reason(), BulkEnd::deadline);
  EXPECT_LE(run.now - SimulatedRun::start, 10s + 100ms);
  EXPECT_GE(run.count(BulkState::accepted), 11'000U);
}

TEST(Scheduler, AStopWaitsForWhatIsInFlightButNotForEver) {
  SimulatedRun prompt(BulkOptions(), refusing({}));
  prompt.nextEvent = SimulatedRun::start + 5s;
  const auto stop = [](SimulatedRun& run) {
    if (run.now < run.nextEvent) return;
    run.nextEvent = SimulatedRun::TimePoint::max();
    run.scheduler().end(BulkEnd::stopped, "stopped", run.now);
  };
  prompt.onStep = stop;
  ASSERT_TRUE(prompt.run(100'000));
  EXPECT_EQ(prompt.scheduler().reason(), BulkEnd::stopped);
  EXPECT_EQ(prompt.count(BulkState::inDoubt), 0U);
  EXPECT_LE(prompt.now - SimulatedRun::start, 6s);

  SimulatedRun hanging(BulkOptions(), [](const BulkPart&, SimulatedRun::TimePoint) { return Answer{accepted(), 1h}; });
  hanging.nextEvent = SimulatedRun::start + 5s;
  hanging.onStep = stop;
  ASSERT_TRUE(hanging.run(100'000));
  EXPECT_EQ(hanging.now - SimulatedRun::start, 15s);
  EXPECT_EQ(hanging.count(BulkState::inDoubt), 800U);
}

TEST(Scheduler, AHandfulOfBatchesWaitsHoweverLongTheList) {
  SimulatedRun run(BulkOptions(), refusing({}));
  std::uint64_t most = 0;
  run.onStep = [&](SimulatedRun& r) { most = std::max(most, r.open()); };
  ASSERT_TRUE(run.run(200'000));
  EXPECT_LE(most, 100U * (2 + 8 + 1));
}

// Any answer may come for any call at any time; the promises must hold.
TEST(Scheduler, WhateverIsAnsweredEveryEntryEndsInExactlyOneState) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto upTo = [&](unsigned n) { return static_cast<unsigned>(random() % (n + 1)); };
    BulkOptions options;
    options.batchSize = 1 + upTo(20);
    options.concurrency = 1 + upTo(7);
    options.attempts = 1 + upTo(4);
    options.rate.start = options.rate.cap = 1 + upTo(100);
    if (upTo(3) == 0) options.deadline = box::Deadline(std::chrono::seconds(upTo(600)));
    if (upTo(3) == 0) options.systemicSingles = 0;
    const unsigned evil = upTo(30);
    Indices doubted, acceptedOnes;
    SimulatedRun run(
        options,
        [&](const BulkPart& part, SimulatedRun::TimePoint) {
          Answer answer{accepted(), std::chrono::milliseconds(upTo(2000))};
          if (upTo(99) < evil) {
            switch (upTo(5)) {
              case 0: answer.reply = refused(upTo(1) ? 404 : 403); break;
              case 1: answer.reply = throttled(std::chrono::seconds(upTo(20))); break;
              case 2: answer.reply = throttled(); break;
              case 3: answer.reply = temporary(Fate::inDoubt, upTo(1) ? 503 : 0); break;
              case 4: answer.reply = temporary(Fate::notSent); break;
              default:
                answer.reply = temporary(Fate::rejected, 500);
                if (upTo(1)) answer.reply.kind = CallReply::Kind::stale;
            }
          }
          for (const BulkItem& item : part.items()) {
            if (answer.reply.fate == Fate::accepted) acceptedOnes.insert(item.index);
            if (answer.reply.fate == Fate::inDoubt) doubted.insert(item.index);
          }
          return answer;
        },
        seed);
    if (upTo(3) == 0) {
      run.nextEvent = SimulatedRun::start + std::chrono::seconds(upTo(60));
      run.onStep = [](SimulatedRun& r) {
        if (r.now < r.nextEvent) return;
        r.nextEvent = SimulatedRun::TimePoint::max();
        r.scheduler().end(BulkEnd::stopped, "stopped", r.now);
      };
    }
    ASSERT_TRUE(run.run(500)) << seed;
    EXPECT_THAT(run.settledTwice, IsEmpty()) << seed;
    EXPECT_EQ(run.open(), 0U) << seed;
    EXPECT_LE(run.peakInFlight, options.concurrency) << seed;
    if (run.scheduler().reason() == BulkEnd::finished) EXPECT_EQ(run.states.size(), 500U) << seed;
    Indices sentOnes;
    std::size_t first = 0;
    for (std::size_t i = 0; i < run.sent.size(); ++i) {
      while (run.sent[first].at <= run.sent[i].at - 60s) ++first;
      ASSERT_LE(i - first + 1, static_cast<std::size_t>(options.rate.cap * 60)) << seed;
      sentOnes.insert(run.sent[i].indices.begin(), run.sent[i].indices.end());
    }
    EXPECT_EQ(run.verdicts.size(), run.sent.size()) << seed;
    for (const auto& [call, verdicts] : run.verdicts) EXPECT_EQ(verdicts.size(), 1U) << seed;
    for (const auto& [index, state] : run.states) {
      if (state == BulkState::accepted) EXPECT_TRUE(acceptedOnes.contains(index)) << seed;
      if (state == BulkState::notSent) EXPECT_FALSE(acceptedOnes.contains(index) || doubted.contains(index)) << seed;
      if (state == BulkState::rejected) EXPECT_TRUE(sentOnes.contains(index)) << seed;
    }
  }
}

}  // namespace
