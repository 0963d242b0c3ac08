// Bulk runs against the emulator, over TLS on loopback.
#include "box/bulk/bulk_termination.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "support/box_test.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::BulkCall;
using box::BulkEnd;
using box::BulkEntry;
using box::BulkItem;
using box::BulkOptions;
using box::BulkPast;
using box::BulkProgress;
using box::BulkRow;
using box::BulkState;
using box::BulkSummary;
using box::BulkTermination;
using box::BulkVerdict;
using box::BulkVerdictDetails;
using box::emulator::Reply;
using testing::HasSubstr;
using testing::IsEmpty;

/// Keeps all rows, and checks the errors in them.
class Rows : public box::BulkListener {
 public:
  struct Row {
    BulkState state;
    std::string value, message, requestId, code;
    int status;
    std::uint64_t line;
    std::optional<std::uint64_t> original;
    bool fromJournal;
  };
  void onRow(const BulkRow& row) override {
    if (throwAt == rows.size()) throw std::runtime_error("no room for rows");
    const bool isNew = rows.emplace(row.index, Row{row.state, std::string(row.value), std::string(row.message),
                                                   std::string(row.requestId), std::string(row.code), row.status,
                                                   row.line, row.original, row.fromJournal})
                           .second;
    EXPECT_TRUE(isNew) << "a second row for entry " << row.index;
    if (onEach) onEach();
  }
  void onProgress(const BulkProgress& progress) override {
    elapsed.push_back(progress.elapsed);
    last = progress;
  }
  std::size_t count(BulkState state) const {
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [&](const auto& row) { return row.second.state == state; }));
  }

  std::map<std::uint64_t, Row> rows;
  std::vector<std::chrono::nanoseconds> elapsed;
  BulkProgress last;
  std::function<void()> onEach;
  std::size_t throwAt = std::numeric_limits<std::size_t>::max();
};

/// A journal in memory, which keeps its contents from run to run.
class MemoryJournal : public box::BulkJournal {
 public:
  std::optional<BulkPast> past(std::uint64_t index) override {
    const auto place = known.find(index);
    return place == known.end() ? std::nullopt : std::optional<BulkPast>(place->second);
  }
  std::uint64_t lastCall() const override { return calls; }
  std::vector<std::chrono::system_clock::time_point> recentCalls() const override { return lately; }
  box::asio::awaitable<void> intend(BulkCall call) override {
    EXPECT_EQ(call.number, calls + 1);
    if (calls == failIntentAt) throw std::runtime_error("no space left on device");
    ++calls;
    open.insert(call.number);
    co_return;
  }
  box::asio::awaitable<void> settle(BulkCall call, BulkVerdictDetails verdict) override {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 1ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
    EXPECT_EQ(open.erase(call.number), 1U) << "a verdict without an intent, or a second one";
    if (failSettles) throw std::runtime_error("input/output error");
    for (const BulkItem& item : call.items) {
      BulkPast entry;
      entry.sentAt = std::chrono::system_clock::now();
      entry.requestId = verdict.requestId;
      if (verdict.verdict == BulkVerdict::accepted) {
        entry.state = BulkState::accepted;
      } else if (verdict.verdict == BulkVerdict::rejected) {
        entry.state = BulkState::rejected;
      } else if (verdict.verdict == BulkVerdict::notDone) {
        continue;
      }
      known[item.index] = entry;
    }
  }
  box::asio::awaitable<void> close(bool all) override {
    EXPECT_THAT(open, IsEmpty());
    finished = all;
    ++closes;
    co_return;
  }

  std::map<std::uint64_t, BulkPast> known;
  std::set<std::uint64_t> open;
  std::uint64_t calls = 0;
  std::uint64_t failIntentAt = std::numeric_limits<std::uint64_t>::max();
  bool failSettles = false, finished = false;
  int closes = 0;
  std::vector<std::chrono::system_clock::time_point> lately;
};

/// Gives entries without end, a few at a time, with pauses.
class EndlessSource : public box::BulkSource {
 public:
  box::asio::awaitable<bool> read(std::vector<BulkEntry>& into, std::size_t most) override {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, pause);
    co_await timer.async_wait(boost::asio::use_awaitable);
    if (given >= failAfter) throw std::runtime_error("the file went away");
    for (std::size_t i = 0; i < std::min<std::size_t>(most, 7); ++i) {
      BulkEntry entry;
      entry.value = std::to_string(++given);
      into.push_back(entry);
    }
    co_return true;
  }
  std::chrono::milliseconds pause{1};
  std::uint64_t given = 0;
  std::uint64_t failAfter = std::numeric_limits<std::uint64_t>::max();
};

std::vector<std::string> ids(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(std::to_string(1000 + i));
  return all;
}

BulkOptions quick() {
  BulkOptions options;
  options.rate.start = options.rate.cap = std::numeric_limits<double>::infinity();
  options.breakerPause = 10ms;
  options.longestBreakerPause = 20ms;
  options.stopGrace = 10s;
  return options;
}

class Bulk : public BoxTest {
 protected:
  void spawn(const BulkTermination& bulk, std::shared_ptr<box::BulkSource> source) {
    done_ = false;
    box::asio::awaitable<BulkSummary> awaitable = bulk.run(std::move(source), rows, journal);
    boost::asio::co_spawn(
        io(), std::move(awaitable),
        boost::asio::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr error, BulkSummary result) {
          failure = error;
          summary = std::move(result);
          done_ = true;
        }));
  }
  bool finishRun() {
    return runUntil([this] { return done_; });
  }
  void run(const BulkOptions& bulkOptions, std::vector<std::string> entries) {
    const BulkTermination bulk(client().sessionTermination, bulkOptions);
    spawn(bulk, box::bulkSource(std::move(entries)));
    ASSERT_TRUE(finishRun());
    if (failure) std::rethrow_exception(failure);
  }
  std::set<std::string> seenByBox() {
    std::set<std::string> all;
    for (const auto& call : emulator().accepted()) {
      all.insert(call.userIds.begin(), call.userIds.end());
      all.insert(call.userLogins.begin(), call.userLogins.end());
      all.insert(call.groupIds.begin(), call.groupIds.end());
    }
    return all;
  }

  std::shared_ptr<Rows> rows = std::make_shared<Rows>();
  std::shared_ptr<MemoryJournal> journal;
  boost::asio::cancellation_signal signal;
  BulkSummary summary;
  std::exception_ptr failure;
  bool done_ = false;
};

TEST_F(Bulk, EveryEntryHasARowWithItsStateAndTheRequestId) {
  options.unknownUserIds = {"1005"};
  auto entries = ids(250);
  entries.insert(entries.begin() + 3, "nobody");  // invalid
  entries.push_back("1001");                      // a duplicate of entry 1
  entries.push_back("someone@example.com");
  run(quick(), entries);
  EXPECT_EQ(summary.end, BulkEnd::finished) << summary.message;
  EXPECT_TRUE(summary.sourceExhausted);
  EXPECT_EQ(rows->rows.size(), 253U);
  EXPECT_EQ(summary.counts.total(), 253U);
  EXPECT_EQ(summary.counts.accepted, 250U);
  EXPECT_EQ(rows->rows.at(3).state, BulkState::invalid);
  EXPECT_EQ(rows->rows.at(3).line, 4U);
  EXPECT_EQ(rows->rows.at(251).state, BulkState::duplicate);
  EXPECT_EQ(rows->rows.at(251).original, 1U);
  EXPECT_EQ(rows->rows.at(6).value, "1005");
  EXPECT_EQ(rows->rows.at(6).state, BulkState::rejected);
  EXPECT_EQ(rows->rows.at(6).status, 404);
  EXPECT_THAT(rows->rows.at(6).requestId, testing::Not(IsEmpty()));
  EXPECT_THAT(rows->rows.at(0).requestId, testing::Not(IsEmpty()));
  EXPECT_EQ(seenByBox().size(), 250U);
  EXPECT_EQ(seenByBox().count("1005"), 0U);
  EXPECT_EQ(emulator().counts().requests, summary.calls) << "only the scheduler retries";
}

TEST_F(Bulk, EntriesComeFromAnyRange) {
  const BulkTermination bulk(client().sessionTermination, quick());
  const std::deque<std::string_view> known = {"1", "2", "3"};
  const auto sized = box::bulkSource(known);
  EXPECT_EQ(sized->size(), 3U);
  spawn(bulk, sized);
  ASSERT_TRUE(finishRun());
  EXPECT_EQ(summary.counts.accepted, 3U);

  struct Words {  // can be read once, and its length is not known
    std::shared_ptr<std::istringstream> text;
    std::istream_iterator<std::string> begin() { return std::istream_iterator<std::string>(*text); }
    std::istream_iterator<std::string> end() { return {}; }
  };
  const auto unsized = box::bulkSource(Words{std::make_shared<std::istringstream>("4 nobody 5")});
  EXPECT_EQ(unsized->size(), std::nullopt);
  rows->rows.clear();
  spawn(bulk, unsized);
  ASSERT_TRUE(finishRun());
  EXPECT_EQ(summary.counts.accepted, 2U);
  EXPECT_EQ(rows->rows.at(1).line, 2U);
  EXPECT_EQ(rows->rows.at(1).state, BulkState::invalid);
}

TEST_F(Bulk, GroupsGoToTheGroupsCall) {
  BulkOptions bulkOptions = quick();
  bulkOptions.target = box::BulkTarget::groups;
  run(bulkOptions, {"1", "2", "3"});
  ASSERT_EQ(emulator().accepted().size(), 1U);
  EXPECT_EQ(emulator().accepted()[0].groupIds.size(), 3U);
}

TEST_F(Bulk, A429PausesAllWorkersUntilRetryAfterHasPassed) {
  emulator().script({Reply::asBox().times(5), Reply::status(429).header("Retry-After", "1")});
  BulkOptions bulkOptions = quick();
  bulkOptions.batchSize = 10;
  bulkOptions.attempts = 1;
  run(bulkOptions, ids(300));
  EXPECT_EQ(summary.counts.accepted, 300U);
  EXPECT_EQ(summary.throttled, 1U);
  const auto requests = emulator().requests();
  const auto throttled = std::find_if(requests.begin(), requests.end(), [](const auto& r) { return r.status == 429; });
  ASSERT_NE(throttled, requests.end());
  // Requests in flight together with the refused one were sent before its answer arrived; all others waited for a
  // second.
  const auto late = std::count_if(requests.begin(), requests.end(),
                                  [&](const auto& r) { return r.steadyTime >= throttled->steadyTime + 1s; });
  EXPECT_LE(std::distance(throttled, requests.end()) - late, 8);
  EXPECT_GE(late, 1);
}

TEST_F(Bulk, TheEmulatorNeverSeesMoreThanTheLimitInAnyWindow) {
  options.latency = 3ms;
  BulkOptions bulkOptions = quick();
  bulkOptions.batchSize = 1;
  bulkOptions.rate.start = bulkOptions.rate.cap = 100;
  bulkOptions.rate.window = 500ms;
  run(bulkOptions, ids(200));
  EXPECT_EQ(summary.counts.accepted, 200U);
  const auto requests = emulator().requests();
  std::size_t first = 0, most = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    while (requests[first].steadyTime <= requests[i].steadyTime - 500ms) ++first;
    most = std::max(most, i - first + 1);
  }
  // Requests that were sent before a window began may arrive in it, at most one for each call in progress.
  EXPECT_LE(most, 50U + bulkOptions.concurrency);
}

TEST_F(Bulk, ServerErrorsAndBrokenConnectionsAreSentAgain) {
  emulator().script(
      {Reply::status(503).times(2), Reply::asBox(), Reply::status(500), Reply::asBox(), Reply::status(502)});
  BulkOptions bulkOptions = quick();
  bulkOptions.batchSize = 10;
  run(bulkOptions, ids(100));
  EXPECT_EQ(summary.end, BulkEnd::finished) << summary.message;
  EXPECT_EQ(summary.counts.accepted, 100U);
  EXPECT_EQ(summary.calls, 14U);
}

TEST_F(Bulk, ARefusedTokenStopsTheRunAndTellsWhy) {
  emulator().setDefault(Reply::status(401));
  run(quick(), ids(5000));
  EXPECT_EQ(summary.end, BulkEnd::failed);
  ASSERT_TRUE(summary.failure);
  EXPECT_EQ(summary.failure->code(), box::Errc::unauthorized);
  EXPECT_EQ(summary.counts.notSent, rows->rows.size());
}

TEST_F(Bulk, AMissingScopeStopsTheRunEarlyAndNobodyIsRejected) {
  emulator().setDefault(Reply::status(403));
  run(quick(), ids(50000));
  EXPECT_EQ(summary.end, BulkEnd::systemic);
  EXPECT_THAT(summary.message, HasSubstr("every request the same way"));
  EXPECT_EQ(summary.counts.rejected, 0U);
  EXPECT_LE(summary.calls, 60U);
  EXPECT_FALSE(summary.sourceExhausted);
}

TEST_F(Bulk, StopFinishesWhatIsInFlight) {
  emulator().setDefault(Reply::asBox().after(100ms));
  const BulkTermination bulk(client().sessionTermination, quick());
  spawn(bulk, box::bulkSource(ids(100000)));
  ASSERT_TRUE(runUntil([&] { return emulator().counts().requests >= 8; }));
  bulk.stop();
  ASSERT_TRUE(finishRun());
  ASSERT_FALSE(failure);
  EXPECT_EQ(summary.end, BulkEnd::stopped);
  EXPECT_EQ(summary.counts.inDoubt, 0U);
  EXPECT_EQ(summary.counts.accepted, summary.calls * 100);
  EXPECT_EQ(seenByBox().size(), summary.counts.accepted);
  EXPECT_GT(summary.counts.notSent, 0U);
  EXPECT_EQ(rows->rows.size(), summary.counts.total());
}

TEST_F(Bulk, AbortEndsWhatIsInFlightAtOnceAndInDoubt) {
  emulator().setDefault(Reply::hang());
  const BulkTermination bulk(client().sessionTermination, quick());
  spawn(bulk, box::bulkSource(ids(1000)));
  ASSERT_TRUE(runUntil([&] { return emulator().counts().requests == 8; }));
  const auto before = std::chrono::steady_clock::now();
  bulk.stop();
  bulk.abort();
  ASSERT_TRUE(finishRun());
  EXPECT_LT(std::chrono::steady_clock::now() - before, 9s);
  ASSERT_FALSE(failure);
  EXPECT_EQ(summary.counts.inDoubt, 800U);
  EXPECT_EQ(summary.counts.notSent, 200U);
}

TEST_F(Bulk, TerminalCancellationIsAbortAndThrowsWhenAllRowsWereTold) {
  emulator().setDefault(Reply::hang());
  journal = std::make_shared<MemoryJournal>();
  const BulkTermination bulk(client().sessionTermination, quick());
  spawn(bulk, box::bulkSource(ids(1000)));
  ASSERT_TRUE(runUntil([&] { return emulator().counts().requests == 8; }));
  signal.emit(boost::asio::cancellation_type::terminal);
  ASSERT_TRUE(finishRun());
  ASSERT_TRUE(failure);
  try {
    std::rethrow_exception(failure);
  } catch (const box::BoxSdkError& error) {
    EXPECT_EQ(error.code(), boost::asio::error::operation_aborted);
  }
  EXPECT_EQ(rows->rows.size(), 1000U);
  EXPECT_EQ(rows->count(BulkState::inDoubt), 800U);
  EXPECT_EQ(journal->closes, 1);
}

TEST_F(Bulk, TheDeadlineEndsASourceWithoutEnd) {
  BulkOptions bulkOptions = quick();
  bulkOptions.deadline = box::Deadline(300ms);
  const BulkTermination bulk(client().sessionTermination, bulkOptions);
  spawn(bulk, std::make_shared<EndlessSource>());
  ASSERT_TRUE(finishRun());
  EXPECT_EQ(summary.end, BulkEnd::deadline);
  EXPECT_GT(summary.counts.accepted, 0U);
  EXPECT_EQ(summary.counts.total(), rows->rows.size());
}

TEST_F(Bulk, AFailingSourceEndsTheRunAndWhatItGaveIsAccountedFor) {
  const auto source = std::make_shared<EndlessSource>();
  source->failAfter = 70;
  const BulkTermination bulk(client().sessionTermination, quick());
  spawn(bulk, source);
  ASSERT_TRUE(finishRun());
  EXPECT_EQ(summary.end, BulkEnd::sourceFailed);
  EXPECT_THAT(summary.message, HasSubstr("the file went away"));
  EXPECT_EQ(rows->rows.size(), 70U);
}

TEST_F(Bulk, AFailingListenerEndsTheRun) {
  rows->throwAt = 150;
  run(quick(), ids(1000));
  EXPECT_EQ(summary.end, BulkEnd::listenerFailed);
  EXPECT_THAT(summary.message, HasSubstr("no room for rows"));
}

TEST_F(Bulk, AListenerThatFailsForTheLastRowLeavesNoFinishedRun) {
  journal = std::make_shared<MemoryJournal>();
  rows->throwAt = 499;
  run(quick(), ids(500));
  EXPECT_EQ(summary.end, BulkEnd::listenerFailed);
  EXPECT_THAT(summary.message, HasSubstr("no room for rows"));
  EXPECT_FALSE(journal->finished) << "a run that continues the journal reports all rows";
}

TEST_F(Bulk, ProgressComesAtMostOnceAnIntervalAndOnceAtTheEnd) {
  emulator().setDefault(Reply::asBox().after(20ms));
  BulkOptions bulkOptions = quick();
  bulkOptions.batchSize = 5;
  bulkOptions.progressInterval = 50ms;
  run(bulkOptions, ids(500));
  ASSERT_GE(rows->elapsed.size(), 2U);
  for (std::size_t i = 1; i + 1 < rows->elapsed.size(); ++i) EXPECT_GE(rows->elapsed[i] - rows->elapsed[i - 1], 50ms);
  EXPECT_EQ(rows->last.counts.accepted, 500U);
  EXPECT_EQ(rows->last.total, 500U);
  EXPECT_EQ(rows->last.timeLeft, 0ms);
}

TEST_F(Bulk, AJournalLearnsOfEveryCallAndASecondRunSendsNothing) {
  options.unknownUserIds = {"1017"};
  journal = std::make_shared<MemoryJournal>();
  run(quick(), ids(500));
  EXPECT_EQ(summary.end, BulkEnd::finished);
  EXPECT_TRUE(journal->finished);
  EXPECT_EQ(journal->calls, summary.calls);
  const auto requests = emulator().counts().requests;
  rows = std::make_shared<Rows>();
  run(quick(), ids(500));
  EXPECT_EQ(summary.calls, 0U);
  EXPECT_EQ(emulator().counts().requests, requests);
  EXPECT_EQ(summary.counts.accepted, 499U);
  EXPECT_EQ(summary.counts.rejected, 1U);
  EXPECT_TRUE(rows->rows.at(17).fromJournal);
}

TEST_F(Bulk, WhatAnEarlierRunLeftInDoubtIsRepeatedReportedOrBothByAge) {
  BulkPast young, old;
  young.sentAt = std::chrono::system_clock::now() - 1h;
  old.sentAt = std::chrono::system_clock::now() - 48h;
  const auto runWith = [&](box::InDoubt setting) {
    journal = std::make_shared<MemoryJournal>();
    journal->known = {{0, young}, {1, old}};
    rows = std::make_shared<Rows>();
    BulkOptions bulkOptions = quick();
    bulkOptions.inDoubt = setting;
    run(bulkOptions, ids(3));
    return std::pair(rows->rows.at(0).state, rows->rows.at(1).state);
  };
  EXPECT_EQ(runWith(box::InDoubt::retry), std::pair(BulkState::accepted, BulkState::accepted));
  EXPECT_EQ(runWith(box::InDoubt::retryFresh), std::pair(BulkState::accepted, BulkState::inDoubt));
  EXPECT_FALSE(journal->finished);
  EXPECT_EQ(runWith(box::InDoubt::report), std::pair(BulkState::inDoubt, BulkState::inDoubt));
}

TEST_F(Bulk, AJournalThatCannotBeWrittenStopsTheRunBeforeTheCall) {
  journal = std::make_shared<MemoryJournal>();
  journal->failIntentAt = 3;
  run(quick(), ids(5000));
  EXPECT_EQ(summary.end, BulkEnd::journalFailed);
  EXPECT_THAT(summary.message, HasSubstr("no space left on device"));
  EXPECT_EQ(emulator().counts().requests, 3U);
  EXPECT_EQ(seenByBox().size(), summary.counts.accepted);
}

TEST_F(Bulk, AnAcceptanceThatTheJournalDoesNotHaveIsInDoubt) {
  journal = std::make_shared<MemoryJournal>();
  journal->failSettles = true;
  run(quick(), ids(50000));
  EXPECT_EQ(summary.end, BulkEnd::journalFailed);
  EXPECT_EQ(summary.counts.accepted, 0U) << "a later run reads the journal, and sends them again";
  EXPECT_EQ(seenByBox().size(), summary.counts.inDoubt);
  EXPECT_THAT(rows->rows.at(0).message, HasSubstr("Box accepted it, but the journal could not be written"));
  EXPECT_EQ(rows->rows.at(0).status, 202);
  EXPECT_EQ(rows->rows.size(), summary.counts.total());
}

// The call with all three entries was refused, which the journal does not know.
TEST_F(Bulk, AnEntryOfACallWithoutAVerdictOnRecordIsInDoubtUntilItIsSentAgain) {
  options.unknownUserIds = {"1000"};
  journal = std::make_shared<MemoryJournal>();
  journal->failSettles = true;
  run(quick(), ids(100));
  EXPECT_EQ(summary.end, BulkEnd::journalFailed);
  EXPECT_EQ(summary.counts.notSent, 0U);
  EXPECT_EQ(summary.counts.inDoubt, 100U);
}

TEST_F(Bulk, AJournalThatFailsAfterAStopIsToldToo) {
  emulator().setDefault(Reply::asBox().after(100ms));
  journal = std::make_shared<MemoryJournal>();
  journal->failSettles = true;
  const BulkTermination bulk(client().sessionTermination, quick());
  spawn(bulk, box::bulkSource(ids(100)));
  ASSERT_TRUE(runUntil([&] { return emulator().counts().requests >= 1; }));
  bulk.stop();
  ASSERT_TRUE(finishRun());
  EXPECT_EQ(summary.end, BulkEnd::journalFailed);
}

// With throw_if_cancelled(false), no co_await ends the coroutine, and the signal has found no operation.
TEST_F(Bulk, ACancellationBeforeTheRunEndsIt) {
  const BulkTermination bulk(client().sessionTermination, quick());
  std::optional<box::CallResult<BulkSummary>> result;
  const auto cancelled = [&]() -> boost::asio::awaitable<void> {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    signal.emit(boost::asio::cancellation_type::terminal);
    box::CallResult<BulkSummary> ended = co_await box::tryAwait(bulk.run(box::bulkSource(ids(300)), rows));
    result.emplace(std::move(ended));
  };
  boost::asio::co_spawn(io(), cancelled(),
                        boost::asio::bind_cancellation_slot(signal.slot(), [](std::exception_ptr) {}));
  ASSERT_TRUE(runUntil([&] { return result.has_value(); }));
  ASSERT_TRUE(result->has_error());
  EXPECT_EQ(result->error().code(), boost::asio::error::operation_aborted);
  EXPECT_EQ(result->error().fate(), box::Fate::notSent);
  EXPECT_EQ(emulator().counts().requests, 0U);
}

TEST_F(Bulk, ARefusedRequestForATokenIsNotTheAnswerToTheCall) {
  box::CcgConfig config;
  config.clientId = options.clientId = "the-client";
  options.clientSecret = "the-client-secret";
  config.clientSecret = box::Secret(options.clientSecret);
  config.enterpriseId = "4711";
  const BulkTermination bulk(client(session(), std::make_shared<box::BoxCcgAuth>(config)).sessionTermination, quick());
  emulator().scriptOAuth(Reply::asBox());
  emulator().scriptOAuth(Reply::status(400).body(R"({"error":"invalid_client","error_description":"x"})"));
  emulator().setDefault(Reply::status(401));
  spawn(bulk, box::bulkSource(ids(1)));
  ASSERT_TRUE(finishRun());
  EXPECT_EQ(summary.end, BulkEnd::failed);
  ASSERT_TRUE(summary.failure);
  EXPECT_EQ(summary.failure->code(), box::Errc::credentialsInvalid);
  EXPECT_EQ(rows->rows.at(0).status, 401);
  EXPECT_EQ(rows->rows.at(0).code, "");
}

TEST_F(Bulk, RejectedEntriesAreSentAgainOnRequestAndKeepTheirStateOtherwise) {
  options.unknownUserIds = {"1000"};
  journal = std::make_shared<MemoryJournal>();
  run(quick(), ids(3));
  ASSERT_EQ(summary.counts.rejected, 1U);
  BulkOptions again = quick();
  again.retryRejected = true;

  // The entry is not sent, because the account has lost its rights.
  emulator().setDefault(Reply::status(401));
  rows = std::make_shared<Rows>();
  run(again, ids(3));
  EXPECT_EQ(summary.end, BulkEnd::failed);
  EXPECT_EQ(rows->rows.at(0).state, BulkState::rejected);
  EXPECT_EQ(summary.counts.rejected, 1U);
  EXPECT_EQ(summary.counts.notSent, 0U);

  emulator().setDefault(Reply::status(202));
  rows = std::make_shared<Rows>();
  run(again, ids(3));
  EXPECT_EQ(summary.calls, 1U);
  EXPECT_EQ(rows->rows.at(0).state, BulkState::accepted);
}

TEST_F(Bulk, TheCallsOfTheRunBeforeCountForTheRate) {
  journal = std::make_shared<MemoryJournal>();
  journal->lately.assign(50, std::chrono::system_clock::now());
  BulkOptions bulkOptions = quick();
  bulkOptions.rate.start = bulkOptions.rate.cap = 100;
  bulkOptions.rate.window = 500ms;
  const auto before = std::chrono::steady_clock::now();
  run(bulkOptions, ids(1));
  EXPECT_GE(std::chrono::steady_clock::now() - before, 400ms);
}

TEST_F(Bulk, ASecondRunAtOnceIsRefusedAndALaterOneIsNot) {
  emulator().setDefault(Reply::asBox().after(50ms));
  const BulkTermination bulk(client().sessionTermination, quick());
  spawn(bulk, box::bulkSource(ids(10)));
  runReady();
  bool refused = false;
  boost::asio::co_spawn(io(), bulk.run(box::bulkSource(ids(1))),
                        [&](std::exception_ptr error, BulkSummary) { refused = error != nullptr; });
  ASSERT_TRUE(finishRun());
  EXPECT_TRUE(refused);
  EXPECT_FALSE(failure);
  runOut();
  rows = std::make_shared<Rows>();
  spawn(bulk, box::bulkSource(ids(10)));
  ASSERT_TRUE(finishRun());
  EXPECT_FALSE(failure);
}

TEST_F(Bulk, OptionsThatMakeNoSenseAreRefusedByName) {
  const auto manager = client().sessionTermination;
  const auto objection = [&](auto change) -> std::string {
    BulkOptions bulkOptions;
    change(bulkOptions);
    try {
      BulkTermination bulk(manager, bulkOptions);
    } catch (const box::BoxSdkError& error) {
      EXPECT_EQ(error.code(), box::Errc::invalidConfiguration);
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(objection([](BulkOptions& o) { o.batchSize = 0; }), HasSubstr("batchSize"));
  EXPECT_THAT(objection([](BulkOptions& o) { o.concurrency = 65; }), HasSubstr("concurrency"));
  EXPECT_THAT(objection([](BulkOptions& o) { o.attempts = 0; }), HasSubstr("attempts"));
  EXPECT_THAT(objection([](BulkOptions& o) { o.rejectedShare = 2; }), HasSubstr("rejectedShare"));
  EXPECT_THAT(objection([](BulkOptions& o) { o.rate.cap = 0; }), HasSubstr("cap"));
}

TEST_F(Bulk, TheContextMayGoInTheMiddleOfARun) {
  emulator().setDefault(Reply::hang());
  journal = std::make_shared<MemoryJournal>();
  {
    const BulkTermination bulk(client().sessionTermination, quick());
    spawn(bulk, box::bulkSource(ids(5000)));
  }
  ASSERT_TRUE(runUntil([&] { return emulator().counts().requests == 8; }));
  destroyIo();
  EXPECT_EQ(rows.use_count(), 1) << "the run is destroyed, and with it what it kept";
}

}  // namespace
