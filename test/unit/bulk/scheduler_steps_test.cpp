// The scheduler step by step: what one reply changes.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "box/support/random.hpp"
#include "bulk/scheduler.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using Kind = CallReply::Kind;
using Action = Scheduler::Action;
using Conclusions = std::vector<Conclusion>;

class Fixed final : public Random {
 public:
  explicit Fixed(double value) : value_(value) {}
  double uniform() const noexcept override { return value_; }

 private:
  double value_;
};

class SchedulerSteps : public testing::Test {
 protected:
  SchedulerSteps() {
    options.batchSize = 2;
    options.rate.start = options.rate.cap = 1000;
    options.breakerFailures = 2;
  }

  void begin(std::uint64_t entries, bool doubted = false) {
    beginWithFirst(entries, doubted);
    scheduler->endOfInput();
  }
  /// As begin(), but the source may have more entries.
  void beginWithFirst(std::uint64_t entries, bool doubted = false) {
    scheduler.emplace(options, std::make_shared<Fixed>(random), now, 40);
    for (std::uint64_t i = 0; i < entries; ++i) add(i, doubted);
  }
  void add(std::uint64_t index, bool doubted = false) {
    scheduler->add(BulkItem{index, 0, std::to_string(100 + index)}, doubted);
  }
  /// The number of the call that is sent now; 0: none.
  std::uint64_t send() {
    now += 1ms;
    const Scheduler::Step step = scheduler->next(now);
    sizeOfLast = step.call.part.size();
    return step.action == Action::send ? step.call.number : 0;
  }
  /// Waits until a call is sent.
  std::uint64_t sendLater() {
    for (int i = 0; i < 100; ++i) {
      const Scheduler::Step step = scheduler->next(now);
      if (step.action == Action::send) {
        sizeOfLast = step.call.part.size();
        return step.call.number;
      }
      if (step.action != Action::wait || step.until == Scheduler::TimePoint::max()) break;
      now = step.until;
    }
    return 0;
  }
  static CallReply replyOf(Kind kind, Fate fate, int status = 0, std::string message = "why") {
    CallReply reply;
    reply.kind = kind;
    reply.fate = fate;
    reply.status = status;
    reply.message = std::move(message);
    return reply;
  }
  void answer(std::uint64_t call, Kind kind, Fate fate, int status = 0, std::string message = "why") {
    scheduler->reply(call, replyOf(kind, fate, status, std::move(message)), now);
  }
  void fails(std::uint64_t call, Fate fate = Fate::notSent) { answer(call, Kind::temporary, fate); }
  void accepts(std::uint64_t call) { answer(call, Kind::accepted, Fate::accepted, 202); }

  BulkOptions options;
  double random = 0;
  std::size_t sizeOfLast = 0;  // of the call that was sent last
  Scheduler::TimePoint now{1000h};
  std::optional<Scheduler> scheduler;
};

TEST_F(SchedulerSteps, AVerdictHasWhatBoxSaid) {
  begin(1);
  CallReply reply = replyOf(Kind::accepted, Fate::accepted, 202, "done");
  reply.code = "code";
  reply.requestId = "req";
  const std::uint64_t call = send();
  EXPECT_EQ(call, 41U) << "numbers continue those of an earlier run";
  scheduler->reply(call, reply, now);
  scheduler->reply(call, reply, now);
  scheduler->reply(99, reply, now);
  const Conclusions conclusions = scheduler->takeConclusions();
  ASSERT_EQ(conclusions.size(), 1U) << "a call ends once";
  EXPECT_EQ(conclusions[0].call, 41U);
  EXPECT_EQ(conclusions[0].state, BulkState::accepted);
  EXPECT_EQ(conclusions[0].verdict.verdict, BulkVerdict::accepted);
  EXPECT_EQ(conclusions[0].verdict.status, 202);
  EXPECT_EQ(conclusions[0].verdict.code, "code");
  EXPECT_EQ(conclusions[0].verdict.message, "done");
  EXPECT_EQ(conclusions[0].verdict.requestId, "req");
  EXPECT_EQ(scheduler->calls(), 1U);
}

TEST_F(SchedulerSteps, TheRestOfTheListIsSentWhileOtherCallsAreInFlight) {
  begin(3);
  ASSERT_NE(send(), 0U);
  EXPECT_NE(send(), 0U);
  EXPECT_EQ(scheduler->inFlight(), 2U);
}

TEST_F(SchedulerSteps, AListThatWasSentEndsTheRun) {
  begin(2);
  accepts(send());
  EXPECT_FALSE(scheduler->ended());
  EXPECT_EQ(scheduler->next(now).action, Action::done);
  EXPECT_TRUE(scheduler->ended());
  EXPECT_EQ(scheduler->reason(), BulkEnd::finished);
}

TEST_F(SchedulerSteps, FailuresThatOpenNoBreakerAreNoOutageHoweverLong) {
  options.longestOutage = 1min;
  options.breakerFailures = 100;
  begin(2);
  fails(send());
  now += 2min;
  EXPECT_EQ(scheduler->next(now).action, Action::send);
  EXPECT_FALSE(scheduler->ended());
}

TEST_F(SchedulerSteps, ACallThatIsSentAgainLeavesAVerdictWithoutAState) {
  for (const Kind kind : {Kind::throttled, Kind::stale, Kind::temporary}) {
    begin(2);
    answer(send(), kind, Fate::rejected, 429);
    const Conclusions conclusions = scheduler->takeConclusions();
    ASSERT_EQ(conclusions.size(), 1U);
    EXPECT_EQ(conclusions[0].call, 41U);
    EXPECT_EQ(conclusions[0].state, std::nullopt);
    EXPECT_EQ(conclusions[0].verdict.verdict, BulkVerdict::notDone);
    EXPECT_EQ(conclusions[0].verdict.status, 429);
  }
}

TEST_F(SchedulerSteps, TheEntriesOfACallThatEndedTheRunWereNotSent) {
  begin(2);
  answer(send(), Kind::fatal, Fate::notSent, 0, "no certificate");
  EXPECT_EQ(scheduler->next(now).action, Action::done);
  const Conclusions conclusions = scheduler->takeConclusions();
  ASSERT_EQ(conclusions.size(), 2U);
  EXPECT_EQ(conclusions[0].call, 41U);
  EXPECT_EQ(conclusions[0].state, std::nullopt);
  EXPECT_EQ(conclusions[1].state, BulkState::notSent);
  EXPECT_EQ(conclusions[1].part.size(), 2U);
  EXPECT_EQ(conclusions[1].verdict.message, "no certificate");
}

TEST_F(SchedulerSteps, AnAcceptedCallEndsTheFailureBeforeIt) {
  begin(4);
  CallReply reply = replyOf(Kind::temporary, Fate::notSent);
  reply.error = BoxSdkError(Errc::connectFailed, "scripted");
  scheduler->reply(send(), reply, now);
  EXPECT_TRUE(scheduler->failure());
  accepts(send());
  EXPECT_FALSE(scheduler->failure());
}

TEST_F(SchedulerSteps, ARequestToWaitIsTheLastFailure) {
  begin(4);
  CallReply down = replyOf(Kind::temporary, Fate::inDoubt, 503), full = replyOf(Kind::throttled, Fate::rejected, 429);
  down.error = BoxSdkError(Errc::serverError, "scripted");
  full.error = BoxSdkError(Errc::rateLimited, "scripted");
  scheduler->reply(send(), down, now);
  scheduler->reply(sendLater(), full, now);
  ASSERT_TRUE(scheduler->failure());
  EXPECT_EQ(scheduler->failure()->code(), Errc::rateLimited);
}

TEST_F(SchedulerSteps, WhatWaitedAtTheEndIsConcludedOnce) {
  begin(4);
  fails(send());
  scheduler->end(BulkEnd::stopped, "stopped", now);
  EXPECT_EQ(scheduler->next(now).action, Action::done);
  EXPECT_EQ(scheduler->takeConclusions().size(), 1U + 2) << "the call, its batch and the batch after it";
  EXPECT_EQ(scheduler->next(now).action, Action::done);
  EXPECT_TRUE(scheduler->takeConclusions().empty());
}

TEST_F(SchedulerSteps, RefusalsThatWereHeldBackCountWhenACallIsAccepted) {
  options.batchSize = 1;
  options.rejectedShare = 0.5;
  options.rejectedSample = 2;
  options.systemicBatches = options.systemicSingles = 50;
  begin(10);
  for (int i = 0; i < 2; ++i) answer(send(), Kind::refused, Fate::rejected, 404);
  EXPECT_FALSE(scheduler->ended());
  accepts(send());
  EXPECT_EQ(scheduler->message(), "Box rejected 2 of 3 entries");
}

TEST_F(SchedulerSteps, RefusalsThatWereHeldBackCountWhenTheStatusChanges) {
  options.batchSize = 1;
  begin(10);
  for (int i = 0; i < 2; ++i) answer(send(), Kind::refused, Fate::rejected, 404);
  EXPECT_TRUE(scheduler->takeConclusions().empty());
  const std::uint64_t call = send(), late = send();
  answer(call, Kind::refused, Fate::rejected, 403);
  const Conclusions conclusions = scheduler->takeConclusions();
  ASSERT_EQ(conclusions.size(), 2U);
  for (const Conclusion& conclusion : conclusions) {
    EXPECT_EQ(conclusion.state, BulkState::rejected);
    EXPECT_EQ(conclusion.verdict.status, 404);
  }
  scheduler->end(BulkEnd::stopped, "stopped", now);
  answer(late, Kind::refused, Fate::rejected, 400);
  EXPECT_TRUE(scheduler->takeConclusions().empty()) << "after the end they are left to a later run";
  EXPECT_EQ(scheduler->next(now).action, Action::done);
  for (const Conclusion& conclusion : scheduler->takeConclusions()) EXPECT_EQ(conclusion.state, BulkState::notSent);
}

TEST_F(SchedulerSteps, ASingleEntryThatIsTooLargeChangesNoSize) {
  begin(1);
  answer(send(), Kind::refused, Fate::rejected, 413);
  EXPECT_EQ(scheduler->batchSize(), 2U);
}

TEST_F(SchedulerSteps, AWrongAddressIsAMistakeUntilBoxHasAnswered) {
  begin(4);
  answer(send(), Kind::wrongAddress, Fate::notSent);
  EXPECT_EQ(scheduler->reason(), BulkEnd::failed);
  EXPECT_TRUE(scheduler->ended());
  begin(4);
  const std::uint64_t one = send(), other = send();
  accepts(one);
  answer(other, Kind::wrongAddress, Fate::notSent);
  EXPECT_FALSE(scheduler->ended()) << "the same address was right before";
  EXPECT_NE(sendLater(), 0U);
}

TEST_F(SchedulerSteps, TheFailureThatEndedARunIsKept) {
  const auto failsFinally = [&](std::uint64_t call, Errc code) {
    CallReply reply = replyOf(Kind::fatal, Fate::notSent);
    reply.error = BoxSdkError(code, "scripted");
    scheduler->reply(call, reply, now);
  };
  begin(4);
  const std::uint64_t first = send(), second = send();
  failsFinally(first, Errc::tlsVerificationFailed);
  failsFinally(second, Errc::unauthorized);
  ASSERT_TRUE(scheduler->failure());
  EXPECT_EQ(scheduler->failure()->code(), Errc::tlsVerificationFailed) << "the second one came after the end";
  begin(2);
  const std::uint64_t only = send();
  scheduler->end(BulkEnd::stopped, "stopped", now);
  failsFinally(only, Errc::unauthorized);
  EXPECT_FALSE(scheduler->failure()) << "the operator has ended the run";
}

TEST_F(SchedulerSteps, ARefusalAfterTheEndChangesNoFailure) {
  options.concurrency = 3;
  options.systemicSingles = 1;
  begin(6);
  const std::uint64_t refused = send(), fatal = send();
  answer(refused, Kind::refused, Fate::rejected, 403);
  const std::uint64_t single = send();
  ASSERT_EQ(sizeOfLast, 1U);
  CallReply reply = replyOf(Kind::fatal, Fate::notSent);
  reply.error = BoxSdkError(Errc::tlsVerificationFailed, "scripted");
  scheduler->reply(fatal, reply, now);
  answer(single, Kind::refused, Fate::rejected, 403);
  EXPECT_EQ(scheduler->reason(), BulkEnd::failed);
  ASSERT_TRUE(scheduler->failure());
  EXPECT_EQ(scheduler->failure()->code(), Errc::tlsVerificationFailed);
}

TEST_F(SchedulerSteps, AStaleConnectionIsNoFailureOnce) {
  random = 0.5;
  begin(2);
  answer(send(), Kind::stale, Fate::notSent);
  const std::uint64_t again = send();
  ASSERT_NE(again, 0U) << "at once";
  answer(again, Kind::stale, Fate::notSent);
  EXPECT_EQ(send(), 0U) << "after a wait";
  EXPECT_NE(sendLater(), 0U);
}

TEST_F(SchedulerSteps, ABatchThatIsTooLargeMakesTheNextOnesSmaller) {
  options.batchSize = 9;
  options.systemicBatches = options.systemicSingles = 0;
  begin(9);
  answer(send(), Kind::refused, Fate::rejected, 413);
  EXPECT_EQ(scheduler->batchSize(), 4U);
  EXPECT_EQ(scheduler->takeConclusions().at(0).state, std::nullopt) << "its halves are sent";
  answer(send(), Kind::refused, Fate::rejected, 413);
  EXPECT_EQ(scheduler->batchSize(), 2U);
}

TEST_F(SchedulerSteps, WhatIsLeftOfAStoppedRunWasNotSent) {
  begin(4);
  const std::uint64_t call = send();
  scheduler->end(BulkEnd::stopped, "stopped by the operator", now);
  scheduler->end(BulkEnd::failed, "too late", now);
  EXPECT_EQ(scheduler->reason(), BulkEnd::stopped);
  EXPECT_EQ(send(), 0U);
  accepts(call);
  EXPECT_EQ(scheduler->next(now).action, Action::done);
  const Conclusions conclusions = scheduler->takeConclusions();
  ASSERT_EQ(conclusions.size(), 2U);
  EXPECT_EQ(conclusions[0].state, BulkState::accepted);
  EXPECT_EQ(conclusions[1].call, 0U);
  EXPECT_EQ(conclusions[1].state, BulkState::notSent);
  EXPECT_EQ(conclusions[1].verdict.message, "stopped by the operator");
}

TEST_F(SchedulerSteps, WhatWasInDoubtBeforeAStoppedRunStaysInDoubt) {
  begin(2, true);
  scheduler->end(BulkEnd::stopped, "stopped by the operator", now);
  EXPECT_EQ(scheduler->next(now).action, Action::done);
  const Conclusions conclusions = scheduler->takeConclusions();
  ASSERT_EQ(conclusions.size(), 1U);
  EXPECT_EQ(conclusions[0].state, BulkState::inDoubt);
  EXPECT_EQ(conclusions[0].verdict.message, "in doubt since an earlier run");
}

TEST_F(SchedulerSteps, CallsInFlightAreAbandonedAfterTheGraceOnce) {
  options.stopGrace = 10s;
  begin(2);
  const std::uint64_t call = send();
  scheduler->end(BulkEnd::stopped, "stopped", now);
  const Scheduler::TimePoint end = now + 10s;
  EXPECT_EQ(scheduler->next(now).until, end);
  EXPECT_EQ(scheduler->next(end - 1ns).action, Action::wait);
  EXPECT_EQ(scheduler->next(end).action, Action::abandon);
  EXPECT_EQ(scheduler->next(end).action, Action::wait) << "until they have ended";
  fails(call, Fate::inDoubt);
  EXPECT_EQ(scheduler->next(end).action, Action::done);
  const Conclusions conclusions = scheduler->takeConclusions();
  EXPECT_EQ(conclusions.back().state, BulkState::inDoubt);
  EXPECT_EQ(conclusions.back().verdict.message, "why");
}

TEST_F(SchedulerSteps, TheDeadlineOfTheRunEndsIt) {
  options.deadline = Deadline(now + 1min);
  begin(2);
  const std::uint64_t call = send();
  EXPECT_EQ(scheduler->next(now).until, scheduler->deadline());
  scheduler->next(scheduler->deadline() - 1ns);
  EXPECT_FALSE(scheduler->ended());
  scheduler->next(scheduler->deadline());
  EXPECT_EQ(scheduler->reason(), BulkEnd::deadline);
  accepts(call);
}

TEST_F(SchedulerSteps, AProbeCostsAnAttemptOnlyIfBoxHasRefusedIt) {
  const struct {
    int status;
    Fate fate;
    bool costs;
  } rows[] = {
      {503, Fate::inDoubt, false}, {0, Fate::inDoubt, false}, {0, Fate::notSent, false}, {500, Fate::rejected, true}};
  for (const auto& row : rows) {
    options.breakerFailures = 1;
    options.attempts = 2;
    begin(1);
    fails(send());
    const std::uint64_t probe = sendLater();
    ASSERT_NE(probe, 0U);
    scheduler->takeConclusions();
    answer(probe, Kind::temporary, row.fate, row.status);
    const Conclusions conclusions = scheduler->takeConclusions();
    ASSERT_EQ(conclusions.size(), 1U);
    EXPECT_EQ(conclusions[0].state.has_value(), row.costs) << row.status << " " << static_cast<int>(row.fate);
  }
}

TEST_F(SchedulerSteps, AnOutageIsMeasuredFromItsFirstFailure) {
  options.longestOutage = 30min;
  options.breakerPause = options.longestBreakerPause = 1h;
  options.attempts = 10;
  begin(4);
  const Scheduler::TimePoint down = now + 1s;
  const std::uint64_t one = send(), other = send();
  now = down;
  answer(one, Kind::temporary, Fate::notSent, 503);
  EXPECT_EQ(scheduler->outage(now + 1s), 0s) << "one failure is no outage";
  EXPECT_EQ(scheduler->outageStatus(), 0);
  now += 5s;
  answer(other, Kind::temporary, Fate::notSent, 502);
  EXPECT_EQ(scheduler->outage(now), 5s);
  EXPECT_EQ(scheduler->outageStatus(), 502);
  EXPECT_EQ(scheduler->next(now).until, down + 30min) << "earlier than the next probe";
  scheduler->next(down + 30min - 1ns);
  EXPECT_FALSE(scheduler->ended());
  scheduler->next(down + 30min);
  EXPECT_EQ(scheduler->reason(), BulkEnd::unavailable);
}

TEST_F(SchedulerSteps, AThrottledCallIsSentAgainFirstAfterItsPause) {
  options.concurrency = 1;
  begin(4);
  CallReply reply = replyOf(Kind::throttled, Fate::rejected, 429);
  reply.retryAfter = 7s;
  scheduler->reply(send(), reply, now);
  EXPECT_EQ(scheduler->throttled(), 1U);
  EXPECT_EQ(scheduler->coolDown(now), 7s);
  EXPECT_EQ(scheduler->coolDown(now + 8s), 0s);
  EXPECT_EQ(send(), 0U);
  now += 7s;
  const Scheduler::Step step = scheduler->next(now);
  ASSERT_EQ(step.action, Action::send);
  EXPECT_EQ(step.call.part.items().front().index, 0U);
  EXPECT_EQ(scheduler->inFlight(), 1U);
}

TEST_F(SchedulerSteps, AFailureThatAsksForAPauseIsHeeded) {
  begin(4);
  CallReply reply = replyOf(Kind::temporary, Fate::rejected, 503);
  reply.retryAfter = 90s;
  scheduler->reply(send(), reply, now);
  EXPECT_EQ(scheduler->coolDown(now), 90s);
}

TEST_F(SchedulerSteps, AnEntryThatFailsTooOftenWasNotSent) {
  options.attempts = 2;
  options.breakerFailures = 100;
  begin(1);
  fails(send());
  EXPECT_EQ(scheduler->takeConclusions().at(0).state, std::nullopt);
  fails(sendLater());
  const Conclusions conclusions = scheduler->takeConclusions();
  ASSERT_EQ(conclusions.size(), 1U);
  EXPECT_EQ(conclusions[0].state, BulkState::notSent);
  EXPECT_EQ(conclusions[0].verdict.verdict, BulkVerdict::notDone);
}

TEST_F(SchedulerSteps, AnEntryInDoubtThatFailsTooOftenKeepsTheReasonOfItsDoubt) {
  options.attempts = 2;
  options.breakerFailures = 100;
  begin(1);
  answer(send(), Kind::temporary, Fate::inDoubt, 0, "the answer was lost");
  answer(sendLater(), Kind::temporary, Fate::notSent, 0, "");
  const Conclusions conclusions = scheduler->takeConclusions();
  ASSERT_EQ(conclusions.size(), 2U);
  EXPECT_EQ(conclusions[0].verdict.verdict, BulkVerdict::inDoubt);
  EXPECT_EQ(conclusions[1].state, BulkState::inDoubt);
  EXPECT_EQ(conclusions[1].verdict.message, "the answer was lost");
}

TEST_F(SchedulerSteps, AnEntryInDoubtHasTheReasonOfItsLastFailureIfThereIsOne) {
  options.attempts = 2;
  options.breakerFailures = 100;
  begin(1);
  answer(send(), Kind::temporary, Fate::inDoubt, 0, "the answer was lost");
  answer(sendLater(), Kind::temporary, Fate::notSent, 0, "no connection");
  const Conclusions conclusions = scheduler->takeConclusions();
  ASSERT_EQ(conclusions.size(), 2U);
  EXPECT_EQ(conclusions[1].state, BulkState::inDoubt);
  EXPECT_EQ(conclusions[1].verdict.message, "no connection");
}

TEST_F(SchedulerSteps, ABatchThatFailsTooOftenIsSentInHalvesLast) {
  options.attempts = 2;
  options.breakerFailures = 100;
  options.batchSize = 4;
  options.concurrency = 1;
  begin(8);
  fails(send());
  std::vector<std::size_t> sizes;
  std::vector<std::uint64_t> firsts;
  bool isFirst = true;
  for (std::uint64_t call = 0;;) {
    const Scheduler::Step step = scheduler->next(now);
    if (step.action == Action::done) break;
    if (step.action == Action::wait) {
      ASSERT_NE(step.until, Scheduler::TimePoint::max());
      now = step.until;
      continue;
    }
    call = step.call.number;
    sizes.push_back(step.call.part.size());
    firsts.push_back(step.call.part.items().front().index);
    if (firsts.back() == 0 && isFirst) {
      isFirst = false;
      fails(call);
    } else {
      accepts(call);
    }
  }
  EXPECT_EQ(scheduler->reason(), BulkEnd::finished);
  EXPECT_EQ(firsts.back() + sizes.back(), 4U) << "the second half of the first batch is last";
  EXPECT_EQ(sizes.back(), 2U);
}

TEST_F(SchedulerSteps, AnIncompleteBatchIsSentOnlyWhereNothingElseCanBe) {
  random = 0.5;
  beginWithFirst(3);
  ASSERT_NE(send(), 0U);
  EXPECT_EQ(sizeOfLast, 2U);
  EXPECT_EQ(send(), 0U) << "its second entry may be read before the call has ended";
  add(3);
  const std::uint64_t second = send();
  EXPECT_EQ(sizeOfLast, 2U);
  add(4);
  fails(second);
  accepts(second - 1);
  EXPECT_EQ(send(), 0U) << "a batch waits to be sent again";
  accepts(sendLater());
  EXPECT_NE(send(), 0U) << "the source is slow";
  EXPECT_EQ(sizeOfLast, 1U);
}

TEST_F(SchedulerSteps, NoNewBatchIsSentWhile64Wait) {
  random = 0.5;
  options.batchSize = 1;
  options.breakerFailures = 1000;
  begin(65);
  for (int i = 0; i < 64; ++i) {
    const std::uint64_t call = send();
    ASSERT_NE(call, 0U) << i;
    fails(call);
  }
  EXPECT_EQ(send(), 0U);
  EXPECT_NE(sendLater(), 0U) << "when the first one has waited";
}

TEST_F(SchedulerSteps, WhatWasPutOffIsSentAfterTheListOrWhen64BatchesWere) {
  options.attempts = 1;
  options.breakerFailures = 1000;
  beginWithFirst(0);
  for (std::uint64_t i = 0; i < 64; ++i) {
    add(2 * i), add(2 * i + 1);
    const std::uint64_t call = send();
    ASSERT_NE(call, 0U) << i;
    EXPECT_EQ(sizeOfLast, 2U);
    fails(call);
    if (i == 62) EXPECT_EQ(send(), 0U) << "the list has not ended";
  }
  add(128), add(129);
  EXPECT_NE(send(), 0U);
  EXPECT_EQ(sizeOfLast, 1U) << "a half of a batch that was put off, although there is a new one";

  for (const std::uint64_t entries : {128U, 2U}) {
    beginWithFirst(entries);
    for (std::uint64_t i = 0; i < entries; i += 2) fails(send());
    EXPECT_EQ(send() != 0, entries == 128) << "without a new batch";
    scheduler->endOfInput();
    EXPECT_NE(send(), 0U);
    EXPECT_EQ(sizeOfLast, 1U);
  }
}

TEST_F(SchedulerSteps, WhatWasPutOffComesAfterWhatWaits) {
  random = 0.5;
  options.attempts = 2;
  options.breakerFailures = 1000;
  begin(4);
  const std::uint64_t putOff = send(), other = send();
  fails(putOff);
  const std::uint64_t again = sendLater();
  fails(again);  // the second time
  fails(other);
  EXPECT_EQ(send(), 0U);
  EXPECT_NE(sendLater(), 0U);
  EXPECT_EQ(sizeOfLast, 2U);
}

TEST_F(SchedulerSteps, WhereEnoughEntriesWereRefusedAWholeBatchIsAwaited) {
  random = 0.5;
  options.systemicBatches = 2;
  options.systemicSingles = 1;
  beginWithFirst(7);
  const std::uint64_t refused = send(), other = send();
  ASSERT_NE(send(), 0U);
  answer(refused, Kind::refused, Fate::rejected, 404);
  answer(send(), Kind::refused, Fate::rejected, 404);
  EXPECT_EQ(send(), 0U) << "the next batch may become complete before the other calls have ended";
  fails(other);
  const Scheduler::Step step = scheduler->next(now);
  EXPECT_EQ(step.action, Action::wait);
  ASSERT_LT(step.until, scheduler->deadline());
  EXPECT_EQ(scheduler->next(step.until).call.part.size(), 2U) << "the batch that failed";
}

TEST_F(SchedulerSteps, ShareOfRejectedEntriesIsJudgedFromTheSampleOn) {
  options.batchSize = 1;
  options.rejectedShare = 0.5;
  options.rejectedSample = 4;
  options.systemicBatches = options.systemicSingles = 0;
  begin(10);
  for (const bool accepted : {true, true, false, false}) {
    if (accepted) {
      accepts(send());
    } else {
      answer(send(), Kind::refused, Fate::rejected, 404);
    }
  }
  EXPECT_FALSE(scheduler->ended()) << "a half is not more than a half";
  answer(send(), Kind::refused, Fate::rejected, 404);
  EXPECT_EQ(scheduler->reason(), BulkEnd::tooManyRejected);
  EXPECT_EQ(scheduler->message(), "Box rejected 3 of 5 entries");
}

TEST_F(SchedulerSteps, AFewRejectedEntriesAreNoSample) {
  options.batchSize = 1;
  options.rejectedShare = 0.5;
  options.rejectedSample = 4;
  options.systemicBatches = options.systemicSingles = 0;
  begin(10);
  for (int i = 0; i < 3; ++i) answer(send(), Kind::refused, Fate::rejected, 404);
  EXPECT_FALSE(scheduler->ended());
  answer(send(), Kind::refused, Fate::rejected, 404);
  EXPECT_EQ(scheduler->message(), "Box rejected 4 of 4 entries");
}

TEST_F(SchedulerSteps, ABatchWhoseQuartersAreAllRefusedIsSentOneByOne) {
  // The batch, two halves, four quarters, and then each entry. Halves to the end would take more calls.
  for (const auto& [size, calls] : {std::pair(16U, 1U + 2 + 4 + 16), std::pair(9U, 1U + 2 + 4 + 9)}) {
    options.batchSize = size;
    options.concurrency = 1;
    options.rejectedShare = 1;
    options.systemicBatches = options.systemicSingles = 0;
    begin(2 * size);
    accepts(send());
    std::uint64_t refused = 0;
    for (std::uint64_t call = send(); call != 0; call = send(), ++refused) {
      answer(call, Kind::refused, Fate::rejected, 404);
    }
    EXPECT_EQ(refused, calls) << size;
    EXPECT_EQ(scheduler->reason(), BulkEnd::finished);
  }
}

TEST_F(SchedulerSteps, ABatchOfWhichAQuarterIsAcceptedIsHalvedToTheEnd) {
  options.batchSize = 32;
  options.concurrency = 1;
  options.systemicBatches = options.systemicSingles = 0;
  begin(2 * 32);
  accepts(send());
  std::size_t calls = 0;
  for (;;) {
    now += 1ms;
    const Scheduler::Step step = scheduler->next(now);
    if (step.action != Action::send) break;
    ++calls;
    const auto& items = step.call.part.items();
    // One entry in each of three quarters is bad.
    const bool bad = std::any_of(items.begin(), items.end(),
                                 [](const BulkItem& item) { return item.index % 8 == 7 && item.index != 39; });
    if (bad) {
      answer(step.call.number, Kind::refused, Fate::rejected, 404);
    } else {
      accepts(step.call.number);
    }
  }
  EXPECT_EQ(scheduler->reason(), BulkEnd::finished);
  EXPECT_EQ(calls, 1U + 2 + 4 + 3 * (2 + 2 + 2));
}

// Single entries are sent to find a cause that concerns all of them, so they are the first ones and no quarters.
TEST_F(SchedulerSteps, RefusedSingleEntriesAreNoQuarters) {
  options.batchSize = 16;
  options.concurrency = 3;
  options.systemicBatches = 1;
  options.systemicSingles = 50;
  begin(3 * 16);
  const auto refuses = [&](std::uint64_t call) { answer(call, Kind::refused, Fate::rejected, 404); };
  const std::uint64_t first = send(), second = send(), third = send();
  accepts(first);
  refuses(second);
  accepts(send());
  EXPECT_EQ(sizeOfLast, 1U) << "the refusal may concern all entries";
  for (const std::size_t half : {7U, 8U}) {
    refuses(send());
    EXPECT_EQ(sizeOfLast, half);
  }
  refuses(third);
  for (int i = 0; i < 5; ++i) {
    refuses(send());
    EXPECT_EQ(sizeOfLast, 1U);
  }
  accepts(send());
  EXPECT_NE(send(), 0U);
  EXPECT_EQ(sizeOfLast, 2U) << "the rest of a half is halved";
}

TEST_F(SchedulerSteps, EachFailureOfABatchDoublesItsWait) {
  random = 0.5;
  options.breakerFailures = 100;
  options.attempts = 5;
  begin(2);
  std::vector<std::chrono::nanoseconds> waits;
  for (int i = 0; i < 4; ++i) {
    const std::uint64_t call = sendLater();
    ASSERT_NE(call, 0U);
    fails(call);
    waits.push_back(scheduler->next(now).until - now);
  }
  for (std::size_t i = 1; i < waits.size(); ++i) EXPECT_EQ(waits[i], 2 * waits[i - 1]) << i;
}

TEST_F(SchedulerSteps, APartThatWasPutOffGetsTwoAttemptsAndASingleEntryAllOfThem) {
  options.breakerFailures = 100;
  options.attempts = 4;
  options.batchSize = 4;
  options.concurrency = 1;
  begin(4);
  std::vector<std::size_t> sizes;
  for (std::uint64_t call = sendLater(); call != 0; call = sendLater()) {
    sizes.push_back(sizeOfLast);
    fails(call);
  }
  EXPECT_EQ(std::count(sizes.begin(), sizes.end(), 4U), 4);
  EXPECT_EQ(std::count(sizes.begin(), sizes.end(), 2U), 2 * 2);
  EXPECT_EQ(std::count(sizes.begin(), sizes.end(), 1U), 4 * 4);
}

TEST_F(SchedulerSteps, EntriesThatWereReadDoNotWaitForASourceThatIsSilent) {
  options.batchSize = 10;
  options.concurrency = 1;
  options.systemicSingles = 2;
  scheduler.emplace(options, std::make_shared<Fixed>(random), now, 0);
  for (std::uint64_t i = 0; i < 10; ++i) scheduler->add(BulkItem{i, 0, std::to_string(100 + i)}, false);
  for (int call = 0; call < 11; ++call) {
    const std::uint64_t number = sendLater();
    ASSERT_NE(number, 0U) << call;
    answer(number, Kind::refused, Fate::rejected, 404);
  }
  EXPECT_EQ(sizeOfLast, 1U) << "a whole batch was wanted, but the source gives none";
}

}  // namespace
}  // namespace box
