#include "follow/follow_core.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "box/follow/follower.hpp"
#include "box/support/unlimited.hpp"
#include "simulated_stream.hpp"

namespace box {
namespace {

using namespace box::test;

FollowMark markAt(const SimulatedStream& stream, std::chrono::nanoseconds time) {
  FollowMark mark;
  mark.position = stream.now(time);
  mark.time = at(time).wall;
  return mark;
}

BoxSdkError failure(Errc code) { return BoxSdkError(code, "scripted"); }

/// The failure of a call that got no token.
BoxSdkError tokenFailure(Errc code) {
  ErrorDetails details;
  details.phase = Phase::token;
  return BoxSdkError(make_error_code(code), details);
}

/// Options with which admin_logs may be read at any time after a gap.
FollowOptions withoutLag() {
  FollowOptions options;
  options.historyLag = 0s;
  return options;
}

class FollowCoreTest : public testing::Test {
 protected:
  FollowSummary follow(std::chrono::nanoseconds window) {
    simulation.begin(markAt(simulation.stream, simulation.time), window);
    return simulation.run();
  }
  /// Begins with a mark that failed: what the stream had from `start` to now is missing.
  void beginWithAGap(std::chrono::nanoseconds window) {
    FollowMark mark;
    mark.time = start;
    mark.reason = "x";
    simulation.begin(mark, window);
  }
  FollowOutcome outcome(const FollowSummary& summary, std::size_t target = 0) {
    return summary.results.at(target).outcome;
  }

  Simulation simulation{withoutLag(), {{"11", ""}, {"12", ""}}};
};

TEST_F(FollowCoreTest, TellsWhatItSawOfEach) {
  simulation.stream.add(eventAbout("11", evidenceType, 3s, "a"), 15s);
  simulation.stream.add(eventAbout("11", "LOGIN", 100s, "b"), 112s);
  const FollowSummary summary = follow(15min);
  EXPECT_EQ(summary.end, FollowEnd::window);
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::signedInAgain);
  EXPECT_EQ(summary.results[0].evidence, 1u);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::nothingSeen);
  EXPECT_EQ(summary.evidence, 1u);
  EXPECT_EQ(summary.signIns, 1u);
  EXPECT_TRUE(summary.gaps.empty());
  EXPECT_GE(*summary.lookedUntil, start + 15min);
}

TEST_F(FollowCoreTest, LooksAtItsPaceAndALastTimeAtTheEnd) {
  const FollowSummary summary = follow(65s);
  EXPECT_EQ(summary.requests, 8u) << "the core reads at 0, 10, … 60 s, and at 65 s";
  EXPECT_TRUE(std::all_of(simulation.waits.begin(), simulation.waits.end(), [](auto wait) { return wait <= 10s; }));
  EXPECT_EQ(simulation.asked.front().position, std::to_string(SimulatedStream::first)) << "with all its digits";
  Simulation once(FollowOptions(), {{"11", ""}});
  once.begin(markAt(once.stream, 0s), 0s);
  EXPECT_EQ(once.run().requests, 1u) << "a window of 0 is one look";
}

TEST_F(FollowCoreTest, ReadsABacklogAtTheLimitersPace) {
  for (int i = 0; i < 5'000; ++i) simulation.stream.add(eventAbout("99", "LOGIN", 1s, std::to_string(i)), 1s);
  simulation.stream.pageSize = 50;
  simulation.begin(markAt(simulation.stream, 0s), 5min);
  simulation.time = 1s;
  std::map<std::int64_t, int> requestsInMinute;
  std::vector<std::chrono::nanoseconds> sentAt;
  while (simulation.step()) {
    requestsInMinute[simulation.time / 1min] = static_cast<int>(simulation.asked.size());
    if (simulation.asked.size() == sentAt.size()) continue;
    if (!sentAt.empty()) {
      ASSERT_GE(simulation.time - sentAt.back(), 499ms) << "not all of a minute's at once";
    }
    sentAt.push_back(simulation.time);
  }
  EXPECT_EQ(simulation.core->summary().events, 5'000u);
  int before = 0;
  for (const auto& [minute, requests] : requestsInMinute) {
    EXPECT_LE(requests - before, 121) << "two a second at most";
    before = requests;
  }
}

TEST_F(FollowCoreTest, TakesNoShortPageForTheEnd) {  // following.md 2.2
  simulation.stream.pageSize = 1;
  for (int i = 0; i < 5; ++i) simulation.stream.add(eventAbout("11", evidenceType, 1s, std::to_string(i)), 1s);
  EXPECT_EQ(follow(20s).results[0].evidence, 5u);
}

TEST_F(FollowCoreTest, CountsCopiesOnceInAnyOrder) {
  for (int copy = 0; copy < 3; ++copy) {
    for (int i = 0; i < 10; ++i) {
      simulation.stream.add(eventAbout("11", evidenceType, 1s, std::to_string(i)),
                            std::chrono::seconds(1 + 7 * copy + i % 3));
    }
  }
  simulation.stream.disorder = true;
  const FollowSummary summary = follow(1min);
  EXPECT_EQ(summary.results[0].evidence, 10u);
  EXPECT_EQ(summary.duplicates, 20u);
  EXPECT_EQ(simulation.findings.size(), 10u);
}

TEST_F(FollowCoreTest, KeepsThePositionWhereBoxGivesNone) {  // following.md 2.2: never falls to "now"
  for (int i = 0; i < 4; ++i)
    simulation.stream.add(eventAbout("11", evidenceType, 1s, std::to_string(i)), std::chrono::seconds(1 + 9 * i));
  int pages = 0;
  simulation.change = [&](Events& page) {
    if (++pages % 2 == 1) page.nextStreamPosition.clear();
  };
  const FollowSummary summary = follow(2min);
  EXPECT_EQ(summary.results[0].evidence, 4u);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::nothingSeen);
  for (const auto& ask : simulation.asked) EXPECT_NE(ask.position, "now");
}

TEST_F(FollowCoreTest, AStreamFromNowWithoutAPositionIsNotRead) {
  simulation.options.backfill = true;
  FollowMark mark;
  mark.time = start;
  mark.reason = "x";
  simulation.change = [&](Events& page) {
    if (simulation.asked.back().history) return;
    page.entries.clear();
    page.nextStreamPosition = "0";
  };
  simulation.begin(mark, 1min);
  const FollowSummary summary = simulation.run();
  EXPECT_FALSE(summary.lookedUntil);
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook);
}

TEST_F(FollowCoreTest, EmptyPagesAreNotTheEndOfTheStream) {
  std::uint64_t position = SimulatedStream::first;
  simulation.change = [&](Events& page) {
    page.entries.clear();
    page.nextStreamPosition = std::to_string(++position);
  };
  const FollowSummary summary = follow(1min);
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook) << "each page announces another one";
  EXPECT_GT(summary.requests, 60u);
}

TEST_F(FollowCoreTest, TakesNoPositionThatBoxWouldRefuse) {  // following.md 2.2: 1.15e+18
  simulation.stream.add(eventAbout("11", evidenceType, 30s, "a"), 30s);
  bool odd = true;
  simulation.change = [&](Events& page) {
    if (odd) page.nextStreamPosition = "1.15292311036917e+18";
  };
  simulation.begin(markAt(simulation.stream, 0s), 1min);
  while (simulation.time < 20s) ASSERT_TRUE(simulation.step());
  simulation.restart();
  odd = false;
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(summary.end, FollowEnd::window);
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::evidence);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::nothingSeen);
}

TEST_F(FollowCoreTest, SaysThatItCouldNotLookWhereBoxNeverGivesAPosition) {
  simulation.change = [&](Events& page) { page.nextStreamPosition.clear(); };
  const FollowSummary summary = follow(1min);
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook);
  EXPECT_NE(summary.results[0].reason.find("no position"), std::string::npos) << summary.results[0].reason;
  EXPECT_LE(summary.requests, (1min + simulation.options.grace) / simulation.options.pollInterval + 2)
      << "at the pace of looking";
}

TEST_F(FollowCoreTest, EndsAtOnceWithoutTheRights) {
  simulation.fail = [] { return failure(Errc::forbidden); };
  const FollowSummary summary = follow(15min);
  EXPECT_EQ(summary.end, FollowEnd::rights);
  EXPECT_EQ(summary.requests, 1u);
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook);
  EXPECT_EQ(summary.failure->code(), Errc::forbidden);
  EXPECT_FALSE(summary.results[0].reason.empty());
}

TEST_F(FollowCoreTest, KeepsWhatItSawBeforeAFailure) {
  simulation.stream.add(eventAbout("11", evidenceType, 1s, "a"), 1s);
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (simulation.time < 30s) return std::nullopt;
    return failure(Errc::tokenUnavailable);
  };
  const FollowSummary summary = follow(15min);
  EXPECT_EQ(summary.end, FollowEnd::failed);
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::evidence);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::couldNotLook);
}

TEST_F(FollowCoreTest, OutlivesFailuresThatPass) {
  simulation.stream.add(eventAbout("11", evidenceType, 1s, "a"), 1s);
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (simulation.time > 10min) return std::nullopt;
    return failure(simulation.asked.size() % 2 == 0 ? Errc::connectionLost : Errc::serverError);
  };
  const FollowSummary summary = follow(15min);
  EXPECT_EQ(summary.end, FollowEnd::window);
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::evidence);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::nothingSeen);
  EXPECT_LT(summary.requests, 60u) << "it backs off";
  EXPECT_EQ(*std::max_element(simulation.waits.begin(), simulation.waits.end()), 30'250ms)
      << "0.5 to 60 s, and the random number is 0.5";
}

TEST_F(FollowCoreTest, ARequestThatFailedHoldsNoOtherBack) {
  simulation.options.rate.start = simulation.options.rate.cap = 0.1;  // 6 in a minute, those without an answer included
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (simulation.asked.size() > 10) return std::nullopt;
    return failure(Errc::connectFailed);
  };
  EXPECT_EQ(outcome(follow(1h)), FollowOutcome::nothingSeen);
}

TEST_F(FollowCoreTest, AnAnswerMakesTheNextWaitShortAgain) {
  int answers = 0;
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    ++answers;
    return answers <= 4 || answers == 6 ? std::optional(failure(Errc::connectFailed)) : std::nullopt;
  };
  simulation.options.pollInterval = 1s;
  follow(5min);
  std::vector<std::chrono::nanoseconds> waits;
  for (const auto wait : simulation.waits) {
    if (wait != 1s && wait > 100ms) waits.push_back(wait);
  }
  ASSERT_GE(waits.size(), 5u);
  EXPECT_GT(waits[3], 4 * waits[0]);
  EXPECT_EQ(waits[4], 750ms) << "the first failure after an answer: 0.5 to 1 s, and the random number is 0.5";
}

TEST_F(FollowCoreTest, SaysSoWhereTheEndWasNotReached) {
  simulation.fail = [] { return failure(Errc::connectFailed); };
  const FollowSummary summary = follow(1min);
  EXPECT_EQ(summary.end, FollowEnd::window);
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook);
  EXPECT_NE(summary.results[0].reason.find("scripted"), std::string::npos) << summary.results[0].reason;
  EXPECT_LE(simulation.time, 1min + simulation.options.grace + 1s);
}

TEST_F(FollowCoreTest, ARequestToWaitIsNoFailureThatMakesTheNextWaitLonger) {
  int answers = 0;
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    ++answers;
    if (answers == 1 || answers == 10) return failure(Errc::connectFailed);
    return answers > 3 && answers < 10 ? std::optional(failure(Errc::rateLimited)) : std::nullopt;
  };
  const auto waitAfter = [&](int answer) {
    while (answers < answer) simulation.step();
    const std::chrono::nanoseconds failed = simulation.time;
    while (answers == answer) simulation.step();
    return simulation.time - failed;
  };
  simulation.begin(markAt(simulation.stream, 0s), 1h);
  const std::chrono::nanoseconds first = waitAfter(1);
  EXPECT_LT(waitAfter(10), 10 * first);
}

TEST_F(FollowCoreTest, SaysSoWhereThereWereTooManyEvents) {
  for (int i = 0; i < 1'000; ++i) simulation.stream.add(eventAbout("99", "LOGIN", 1s, std::to_string(i)), 0s);
  simulation.stream.pageSize = 1;
  simulation.options.grace = 10s;
  FollowMark mark = markAt(simulation.stream, 0s);
  mark.position = std::to_string(SimulatedStream::first);
  bool first = true;
  simulation.fail = [&] {
    return std::exchange(first, false) ? std::optional(failure(Errc::connectFailed)) : std::nullopt;
  };
  simulation.begin(mark, 1s);
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook);
  EXPECT_NE(summary.results[0].reason.find("by the end of the time: there were too many events"), std::string::npos)
      << summary.results[0].reason << ": the failure before them is not the reason";
}

TEST_F(FollowCoreTest, ReadsOnceWhateverHasTakenTimeBefore) {
  simulation.options.grace = 10s;
  simulation.stream.add(eventAbout("11", "LOGIN", 1s, "a"), 1s);
  simulation.begin(markAt(simulation.stream, 0s), 0s);
  simulation.time = 30s;
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::signedInAgain);
  EXPECT_FALSE(simulation.asked.empty());
}

TEST_F(FollowCoreTest, AdminLogsAreReadAtOnceAndAnewWhereTheStreamFailed) {
  simulation.options.backfill = true;
  simulation.fail = [] { return failure(Errc::connectFailed); };
  simulation.begin(markAt(simulation.stream, 0s), 1min);
  std::chrono::nanoseconds failed = 0s;
  for (std::size_t asked = 0; asked == 0 || !simulation.asked.back().history;) {
    if (simulation.asked.size() > asked) failed = simulation.time;
    asked = simulation.asked.size();
    ASSERT_TRUE(simulation.step());
  }
  EXPECT_LE(simulation.time - failed, 1s) << "the wait after the last failure is over";
  const std::size_t waits = simulation.waits.size(), requests = simulation.asked.size();
  while (simulation.asked.size() == requests) ASSERT_TRUE(simulation.step());
  EXPECT_EQ(simulation.waits.at(waits), 750ms) << "as after a first failure";
}

TEST_F(FollowCoreTest, AdminLogsAreNotSaidToHaveFailedAsTheStream) {
  simulation.options.backfill = true;
  simulation.options.rate.start = simulation.options.rate.cap = 0.01;
  simulation.options.grace = 50s;
  simulation.fail = [] { return failure(Errc::connectFailed); };
  const std::vector<std::string> gaps = follow(10s).gaps;
  ASSERT_EQ(gaps.size(), 2u);
  EXPECT_EQ(gaps.back(), "admin_logs were not read to their end by the end of the time") << "none was requested";
}

TEST_F(FollowCoreTest, AdminLogsAreReadWhereTheStreamWasNotReadInTime) {
  simulation.options.backfill = true;
  simulation.stream.add(eventAbout("11", evidenceType, 2s, "a"), 3s);
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (simulation.asked.back().history) return std::nullopt;
    return failure(Errc::connectFailed);
  };
  const FollowSummary summary = follow(1min);
  EXPECT_TRUE(simulation.asked.back().history);
  EXPECT_EQ(summary.gaps.size(), 1u);
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::evidence);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::couldNotLook) << "newer events may not be in admin_logs yet";
  EXPECT_EQ(summary.results[1].reason, summary.gaps[0]);
}

TEST_F(FollowCoreTest, TheStreamIsAskedForUntilTheEndOfTheGrace) {
  for (const std::chrono::nanoseconds late : {0ns, 1ns}) {
    simulation.time = 0s;
    simulation.asked.clear();
    simulation.begin(markAt(simulation.stream, 0s), 1min);
    ASSERT_TRUE(simulation.step());  // the first time it is asked for however late it is
    simulation.asked.clear();
    simulation.time = 1min + simulation.options.grace + late;
    const bool isAsked = late == 0ns;
    EXPECT_EQ(simulation.step(), isAsked);
    EXPECT_EQ(simulation.asked.size(), isAsked ? 1u : 0u);
  }
}

TEST_F(FollowCoreTest, WaitsForTheAnswerToARequest) {
  simulation.begin(markAt(simulation.stream, 0s), 1min);
  EXPECT_EQ(simulation.core->next(at(0s)).action, FollowCore::Action::ask);
  const FollowCore::Step step = simulation.core->next(at(1min));
  EXPECT_EQ(step.action, FollowCore::Action::wait);
  EXPECT_EQ(step.until, FollowCore::TimePoint::max());
}

TEST_F(FollowCoreTest, SaysSoWhereBoxAlwaysAskedItToWait) {
  simulation.fail = [] { return failure(Errc::rateLimited); };
  const FollowSummary summary = follow(1min);
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook);
  EXPECT_NE(summary.results[0].reason.find("scripted"), std::string::npos) << summary.results[0].reason;
}

TEST_F(FollowCoreTest, WhereBoxRefusesEachPositionItEnds) {
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (simulation.asked.back().position == "now") return std::nullopt;
    return failure(Errc::badRequest);
  };
  const FollowSummary summary = follow(5min);
  EXPECT_EQ(summary.end, FollowEnd::failed);
  EXPECT_EQ(summary.requests, 3u) << "the position of the mark, now, and the position after now";
}

TEST_F(FollowCoreTest, WaitsAsLongAsBoxAsksFor) {
  for (const auto& [status, code] : {std::pair(429, Errc::rateLimited), std::pair(503, Errc::serverError)}) {
    bool first = true;
    simulation.fail = [&, status = status, code = code]() -> std::optional<BoxSdkError> {
      if (!std::exchange(first, false)) return std::nullopt;
      ErrorDetails details;
      details.api.emplace();
      details.api->statusCode = status;
      details.api->retryAfter = 100s;
      return BoxSdkError(code, std::move(details));
    };
    simulation.waits.clear();
    follow(5min);
    EXPECT_GE(simulation.waits.at(0), 100s) << status;
  }
}

TEST_F(FollowCoreTest, AsksForSmallerPages) {
  std::size_t most = 120;
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (simulation.asked.back().limit <= static_cast<std::int64_t>(most)) return std::nullopt;
    return failure(Errc::responseTooLarge);
  };
  for (int i = 0; i < 300; ++i) simulation.stream.add(eventAbout("11", evidenceType, 1s, std::to_string(i)), 1s);
  EXPECT_EQ(follow(30s).results[0].evidence, 300u);
  EXPECT_EQ(simulation.asked.at(1).limit, simulation.asked.at(0).limit / 2);
  most = 1;
  simulation.options.pageSize = 2;
  EXPECT_EQ(follow(0s).gaps.size(), 0u) << "one event at a time, if it must be";
  most = 0;
  simulation.asked.clear();
  follow(0s);
  for (const auto& ask : simulation.asked) EXPECT_GE(ask.limit, 1) << "an empty page says nothing";
}

TEST_F(FollowCoreTest, ARefusedPositionIsAGap) {
  bool first = true;
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (!std::exchange(first, false)) return std::nullopt;
    return failure(Errc::badRequest);
  };
  simulation.stream.add(eventAbout("11", evidenceType, 20s, "a"), 30s);
  const FollowSummary summary = follow(1min);
  EXPECT_EQ(simulation.asked.at(1).position, "now");
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::evidence) << "the core continues from now";
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::couldNotLook);
  EXPECT_EQ(summary.gaps.size(), 1u);
  simulation.fail = [] { return failure(Errc::badRequest); };
  EXPECT_EQ(follow(1min).end, FollowEnd::failed) << "the core does not retry for ever";
}

TEST_F(FollowCoreTest, ARefusedTokenSaysNothingAboutThePositionAndTheRights) {
  for (const Errc code : {Errc::badRequest, Errc::forbidden}) {
    simulation.asked.clear();
    simulation.fail = [&] { return tokenFailure(code); };
    EXPECT_EQ(follow(1min).end, FollowEnd::failed);
    EXPECT_EQ(simulation.asked.size(), 1u) << "the position is still good";
  }
}

TEST_F(FollowCoreTest, InANewWindowAPositionMayBeRefusedAgain) {
  bool refuses = true;
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (!std::exchange(refuses, false)) return std::nullopt;
    return failure(Errc::badRequest);
  };
  follow(20s);
  simulation.time = 500s;
  refuses = true;  // as if the next window began weeks later
  simulation.stream.add(eventAbout("11", evidenceType, 510s, "a"), 515s);
  simulation.restart(30s);
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(summary.end, FollowEnd::window) << "it is a gap, as in the first window, and not the end";
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::evidence);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::couldNotLook);
}

TEST_F(FollowCoreTest, APositionMayBeRefusedAgainAfterOneWasTaken) {  // where it follows for weeks
  std::chrono::nanoseconds refusedAt = 0s;
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (simulation.time < refusedAt) return std::nullopt;
    refusedAt += std::chrono::hours(1);
    return failure(Errc::badRequest);
  };
  simulation.stream.add(eventAbout("11", evidenceType, 20s, "a"), 210min);
  const FollowSummary summary = follow(5h);
  EXPECT_EQ(summary.end, FollowEnd::window);
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::evidence);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::couldNotLook);
  EXPECT_EQ(summary.gaps.size(), 6u);
}

TEST_F(FollowCoreTest, SuspendedForLongerThanBoxKeepsTheStreamIsAGap) {
  simulation.begin(markAt(simulation.stream, 0s), unlimited);
  while (simulation.time < 1min) ASSERT_TRUE(simulation.step());
  simulation.time += std::chrono::hours(24 * 15);  // as where a machine sleeps, or Box does not answer
  const auto untilAsked = [&] {
    for (const std::size_t asked = simulation.asked.size(); simulation.asked.size() == asked;) simulation.step();
  };
  for (int i = 0; i < 3; ++i) untilAsked();
  EXPECT_EQ(simulation.core->summary().gaps.size(), 1u);
  simulation.time += std::chrono::hours(24 * 13);
  untilAsked();
  EXPECT_EQ(simulation.core->summary().gaps.size(), 1u) << "this is not too long";
  simulation.time += std::chrono::hours(24 * 15);
  untilAsked();
  simulation.core->stop();
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(summary.gaps.size(), 2u);
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook);
}

TEST_F(FollowCoreTest, WithoutAMarkSilenceIsUnknown) {
  FollowMark mark;
  mark.time = start;
  mark.reason = "forbidden then";
  simulation.begin(mark, 1min);
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(simulation.asked.at(0).position, "now");
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook);
  EXPECT_NE(summary.results[0].reason.find("forbidden then"), std::string::npos);
}

TEST_F(FollowCoreTest, AnOldMarkIsAGap) {  // the stream is kept for 14 days
  const FollowMark mark = markAt(simulation.stream, 0s);
  simulation.time = std::chrono::hours(24 * 15);
  simulation.begin(mark, 0s);
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook);
  EXPECT_EQ(summary.gaps.size(), 1u) << "it is told once";
}

TEST_F(FollowCoreTest, AMarkIsNotTooOldUntilTheTimeForWhichTheStreamIsKeptIsOver) {
  const FollowMark mark = markAt(simulation.stream, 0s);
  for (const std::chrono::nanoseconds late : {0ns, std::chrono::nanoseconds(1s)}) {
    simulation.time = FollowCore::streamKept + late;
    simulation.begin(mark, 0s);
    EXPECT_EQ(simulation.run().gaps.size(), late == 0ns ? 0u : 1u);
  }
  EXPECT_EQ(FollowCore::streamKept, std::chrono::hours(14 * 24 - 1));
}

TEST_F(FollowCoreTest, AMarkOfLessThanFourteenDaysIsNoGap) {
  const FollowMark mark = markAt(simulation.stream, 0s);
  simulation.time = FollowCore::streamKept - 10s;
  simulation.begin(mark, 0s);
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(outcome(summary), FollowOutcome::nothingSeen) << summary.results[0].reason;
}

TEST_F(FollowCoreTest, AGapIsToldInOneShortLine) {
  FollowMark mark;
  mark.time = start;
  mark.reason = "first\nsecond " + std::string(1'000, 'x');
  simulation.begin(mark, 1s);
  const FollowSummary summary = simulation.run();
  ASSERT_FALSE(summary.gaps.empty());
  EXPECT_NE(summary.gaps[0].find("first second x"), std::string::npos) << summary.gaps[0];
  EXPECT_EQ(summary.gaps[0].size(), 500u);
}

TEST_F(FollowCoreTest, AdminLogsFillAGap) {
  simulation.options.backfill = true;
  simulation.stream.add(eventAbout("11", evidenceType, 2s, "a"), 3s);
  for (int i = 0; i < 1'200; ++i) simulation.stream.add(eventAbout("99", "LOGIN", 2s, std::to_string(i)), 3s);
  simulation.time = 10s;
  beginWithAGap(1min);
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::evidence);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::nothingSeen);
  EXPECT_TRUE(simulation.asked.back().history);
  EXPECT_EQ(simulation.asked.back().createdAfter, start - simulation.options.clockSkew);
}

TEST_F(FollowCoreTest, AdminLogsThatLagDoNotFillAGapThatHasJustEnded) {
  simulation.options.backfill = true;
  simulation.options.historyLag = 5min;
  const auto sinceTheGap = [&](std::chrono::nanoseconds window) {
    simulation.time = 10s;
    beginWithAGap(window);
    return simulation.run();
  };
  const FollowSummary early = sinceTheGap(4min);
  ASSERT_TRUE(simulation.asked.back().history);
  EXPECT_EQ(outcome(early), FollowOutcome::couldNotLook);
  EXPECT_NE(early.gaps.back().find("read them again later"), std::string::npos) << early.gaps.back();
  simulation.restart(0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::couldNotLook) << "a new window does not fill it";
  simulation.time += 1min;
  simulation.restart(0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::nothingSeen) << "the end of the gap is in the state";
  simulation.options.backfill = false;
  simulation.restart(0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::nothingSeen) << "what was read once stays read";
  EXPECT_EQ(outcome(sinceTheGap(5min + 1s)), FollowOutcome::couldNotLook);
  simulation.options.backfill = true;
  EXPECT_EQ(outcome(sinceTheGap(5min + 1s)), FollowOutcome::nothingSeen);
}

TEST_F(FollowCoreTest, AdminLogsThatWereBegunTooSoonAreNotLateBecauseTheyTookLong) {
  simulation.options.backfill = true;
  simulation.options.historyLag = 5min;
  for (int i = 0; i < 1'200; ++i) simulation.stream.add(eventAbout("99", "LOGIN", 2s, std::to_string(i)), 3s);
  simulation.time = 10s;
  beginWithAGap(1min);
  while (simulation.asked.empty() || !simulation.asked.back().history) ASSERT_TRUE(simulation.step());
  simulation.time += 1h;
  simulation.restart();
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::couldNotLook) << "the first page is from before the restart";
  simulation.restart(0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::nothingSeen);
}

TEST_F(FollowCoreTest, AdminLogsThatLagDoNotShowATerminationJustBeforeTheMark) {
  simulation.options.backfill = true;
  simulation.options.historyLag = 5min;
  simulation.targets[0].since = start - 1min;
  for (const std::chrono::nanoseconds window : {4min, 5min}) {
    simulation.time = 0s;
    simulation.begin(markAt(simulation.stream, 0s), window);
    const FollowSummary summary = simulation.run();
    ASSERT_TRUE(simulation.asked.back().history);
    EXPECT_EQ(outcome(summary), window < 5min ? FollowOutcome::couldNotLook : FollowOutcome::nothingSeen);
    EXPECT_EQ(outcome(summary, 1), FollowOutcome::nothingSeen) << "the stream shows all since the mark";
  }
}

TEST_F(FollowCoreTest, AdminLogsThatLagHaveWhatTheStreamNoLongerKeeps) {
  simulation.options.backfill = true;
  FollowMark mark = markAt(simulation.stream, 0s);
  mark.time = start - std::chrono::hours(24 * 20);
  simulation.begin(mark, 0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::nothingSeen);
}

TEST_F(FollowCoreTest, AdminLogsAreReadToTheirEnd) {
  simulation.options.backfill = true;
  for (int i = 0; i < 1'200; ++i) simulation.stream.add(eventAbout("99", "LOGIN", 2s, std::to_string(i)), 3s);
  simulation.stream.add(eventAbout("11", evidenceType, 2s, "a"), 4s);
  FollowMark mark;
  mark.time = start;
  simulation.time = 10s;
  simulation.begin(mark, 0s);
  EXPECT_EQ(outcome(simulation.run(), 0), FollowOutcome::evidence) << "it is on the last page";
}

TEST_F(FollowCoreTest, AdminLogsThatDoNotGoBackToTheMarkLeaveTheGap) {
  simulation.options.backfill = true;
  FollowMark mark;
  mark.reason = "x";
  for (const int days : {364, 365}) {
    mark.time = start - std::chrono::hours(24 * days) + std::chrono::hours(1);
    simulation.begin(mark, 0s);
    const FollowSummary summary = simulation.run();
    ASSERT_TRUE(simulation.asked.back().history);
    EXPECT_EQ(outcome(summary), days == 364 ? FollowOutcome::nothingSeen : FollowOutcome::couldNotLook) << days;
    ASSERT_FALSE(summary.gaps.empty());
    EXPECT_EQ(summary.gaps.back().find("364 days") != std::string::npos, days == 365) << summary.gaps.back();
  }
  simulation.restart(0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::couldNotLook) << "also in a new window";
}

TEST_F(FollowCoreTest, AdminLogsGoBackToTheMarkIfTheirFirstMomentIsTheMark) {
  simulation.options.backfill = true;
  FollowMark mark;
  mark.reason = "x";
  const auto outcomeFor = [&](Wall time) {
    mark.time = time;
    simulation.time = 0s;
    simulation.begin(mark, 0s);
    return outcome(simulation.run());
  };
  outcomeFor(start - std::chrono::hours(24 * 400));
  ASSERT_TRUE(simulation.asked.back().history);
  const Wall first = *simulation.asked.back().createdAfter;
  const Wall oldest = after(first, simulation.options.clockSkew);
  EXPECT_EQ(outcomeFor(oldest), FollowOutcome::nothingSeen);
  EXPECT_EQ(*simulation.asked.back().createdAfter, first);
  EXPECT_EQ(outcomeFor(oldest - Wall::duration(1)), FollowOutcome::couldNotLook);
  EXPECT_EQ(*simulation.asked.back().createdAfter, first);
}

TEST_F(FollowCoreTest, AdminLogsAreReadForNobodyAndForAllTimes) {  // no overflow
  simulation.options.backfill = true;
  FollowMark mark;
  mark.reason = "x";
  for (FollowTarget& target : simulation.targets) target.since = Wall::min();
  simulation.begin(mark, 0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::couldNotLook);
  EXPECT_EQ(simulation.asked.back().createdAfter,
            at(simulation.time - simulation.latency).wall - std::chrono::hours(24 * 364));
  simulation.targets.clear();
  mark.time = start;
  simulation.begin(mark, 0s);
  EXPECT_TRUE(simulation.run().results.empty());
  EXPECT_EQ(simulation.asked.back().createdAfter, start - simulation.options.clockSkew) << "Box refuses a later time";
}

TEST_F(FollowCoreTest, ATerminationBeforeTheMarkIsNoSilence) {
  const FollowMark mark = markAt(simulation.stream, 0s);
  for (const std::chrono::seconds before : {0s, 5s, 6s, 3600s}) {
    simulation.targets[0].since = mark.time - before;
    simulation.options.backfill = false;
    simulation.begin(mark, 0s);
    const bool isKnown = before <= simulation.options.clockSkew;
    const FollowSummary summary = simulation.run();
    EXPECT_EQ(outcome(summary), isKnown ? FollowOutcome::nothingSeen : FollowOutcome::couldNotLook) << before.count();
    EXPECT_EQ(outcome(summary, 1), FollowOutcome::nothingSeen) << "the other's sessions were ended after the mark";
    simulation.options.backfill = true;
    simulation.begin(mark, 0s);
    EXPECT_EQ(outcome(simulation.run()), FollowOutcome::nothingSeen) << before.count();
    if (!isKnown) {
      ASSERT_TRUE(simulation.asked.back().history);
      EXPECT_EQ(simulation.asked.back().createdAfter, mark.time - before - simulation.options.clockSkew);
    }
  }
}

TEST_F(FollowCoreTest, ATerminationBeforeTheMarkIsRememberedUntilAdminLogsWereRead) {
  simulation.options.clockSkew = 0s;
  simulation.targets[0].since = start - 2s;
  simulation.begin(markAt(simulation.stream, 0s), 0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::couldNotLook);
  simulation.options.clockSkew = 1min;  // as where the state is read with other options
  simulation.restart();
  EXPECT_EQ(outcome(simulation.core->summary()), FollowOutcome::couldNotLook);
  simulation.options.backfill = true;
  simulation.restart(0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::nothingSeen);
  simulation.options.backfill = false;
  simulation.restart(0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::nothingSeen) << "what was read once stays read";
}

TEST_F(FollowCoreTest, AdminLogsBeginWithTheTerminationsByBoxsClock) {
  simulation.options.backfill = true;
  FollowMark mark = markAt(simulation.stream, 0s);
  mark.time = start - std::chrono::hours(24 * 20);
  for (FollowTarget& target : simulation.targets) target.since = start;
  simulation.begin(mark, 0s);
  simulation.run();
  ASSERT_TRUE(simulation.asked.back().history);
  EXPECT_EQ(simulation.asked.back().createdAfter, start - simulation.options.clockSkew);
  simulation.begin(mark, 0s);
  ASSERT_EQ(simulation.core->next(at(simulation.time)).action, FollowCore::Action::ask);
  Events page;
  page.nextStreamPosition = mark.position;
  page.date = start - 1h;  // this machine's clock is an hour ahead
  simulation.core->take(page, at(simulation.time));
  FollowCore::Step step = simulation.core->next(at(simulation.time));
  if (step.action == FollowCore::Action::wait) step = simulation.core->next(at(simulation.time + 1min));
  ASSERT_TRUE(step.ask.history);
  EXPECT_EQ(step.ask.createdAfter, start - 1h - simulation.options.clockSkew);
}

TEST_F(FollowCoreTest, ARestoredOneReadsAdminLogsAtLeastOnce) {
  simulation.options.backfill = true;
  simulation.options.grace = 1s;
  for (int i = 0; i < 1'200; ++i) simulation.stream.add(eventAbout("99", "LOGIN", 2s, std::to_string(i)), 0s);
  beginWithAGap(0s);
  while (simulation.asked.empty() || !simulation.asked.back().history) ASSERT_TRUE(simulation.step());
  simulation.restart();
  const std::size_t before = simulation.asked.size();
  simulation.time += 2s;
  simulation.run();
  EXPECT_GT(simulation.asked.size(), before);
}

TEST_F(FollowCoreTest, AdminLogsNeedNotGoBackFartherThanTheTerminations) {
  simulation.options.backfill = true;
  FollowMark mark;  // without a time, as if it were of 1970
  mark.reason = "x";
  for (FollowTarget& target : simulation.targets) target.since = start;
  simulation.begin(mark, 0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::nothingSeen);
  ASSERT_TRUE(simulation.asked.back().history);
  EXPECT_EQ(simulation.asked.back().createdAfter, start - simulation.options.clockSkew);
  simulation.targets[0].since.reset();
  simulation.begin(mark, 0s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::couldNotLook);
}

TEST_F(FollowCoreTest, AdminLogsLetNoEventOfTheStreamBeForgotten) {
  simulation.options.backfill = true;
  simulation.options.remembered = 1'000;
  simulation.options.pageSize = 100;
  constexpr std::uint32_t events = 2'500;
  for (std::uint32_t i = 0; i < events; ++i) {
    simulation.stream.add(eventAbout("11", evidenceType, 1s, std::to_string(i)), 1s);
  }
  simulation.begin(markAt(simulation.stream, 0s), 30s);
  for (bool going = true; going;) {  // a state holds both kinds of remembered events
    for (int i = 0; i < 7 && going; ++i) going = simulation.step();
    if (going) simulation.restart();
  }
  EXPECT_TRUE(simulation.asked.back().history);
  const FollowSummary summary = simulation.core->summary();
  EXPECT_TRUE(summary.gaps.empty());
  EXPECT_EQ(summary.duplicates, 1'000u) << "as many as are remembered";
  EXPECT_EQ(summary.evidence, events + 1'500u);
}

TEST_F(FollowCoreTest, AsksAdminLogsForNoMoreThanAYear) {  // following.md 2.2: Box refuses an older created_after
  simulation.options.backfill = true;
  FollowMark mark;
  mark.time = start - std::chrono::hours(24 * 800);
  simulation.begin(mark, 0s);
  simulation.run();
  ASSERT_TRUE(simulation.asked.back().history);
  EXPECT_GT(simulation.asked.back().createdAfter, start - std::chrono::hours(24 * 365));
}

TEST_F(FollowCoreTest, BoundsWhatItTellsOfGaps) {
  simulation.begin(markAt(simulation.stream, 0s), 0s);
  for (int i = 0; i < 100; ++i) simulation.core->note(std::string(5'000, 'x') + "\n");
  const std::vector<std::string> gaps = simulation.run().gaps;
  EXPECT_EQ(gaps.size(), 16u);
  EXPECT_EQ(gaps.front(), std::string(500, 'x'));
}

TEST_F(FollowCoreTest, AdminLogsTellNothingTwice) {
  simulation.options.backfill = true;
  simulation.stream.add(eventAbout("11", evidenceType, 2s, "a"), 3s);
  const FollowSummary summary = follow(1min);
  EXPECT_EQ(summary.results[0].evidence, 1u);
  EXPECT_EQ(summary.duplicates, 1u);
  EXPECT_EQ(summary.lookedUntil, start + 1min) << "admin_logs are no look at what is new";
}

TEST_F(FollowCoreTest, ARestartKeepsAllThatWasCounted) {
  simulation.stream.add(eventAbout("11", evidenceType, 1s, "a"), 1s);
  simulation.stream.add(eventAbout("12", evidenceType, 2s, "b"), 2s);
  simulation.stream.add(eventAbout("12", evidenceType, 2s, "b"), 2s);
  BoxEvent byUs = eventAbout("12", evidenceType, 3s, "c");
  byUs.createdBy = simulation.own;
  simulation.stream.add(byUs, 3s);
  simulation.stream.add(eventAbout("12", "LOGIN", 4s, "d"), 4s);
  simulation.stream.add(eventAbout("12", "CHANGE_ADMIN_ROLE", 5s, "e"), 5s);
  simulation.stream.add(eventAbout("1", "GROUP_EDITED", 6s, "f"), 6s);
  simulation.begin(markAt(simulation.stream, 0s), 5min);
  while (simulation.time < 1min) ASSERT_TRUE(simulation.step());
  const FollowSummary before = simulation.core->summary();
  EXPECT_EQ(before.events, 7u);
  EXPECT_EQ(before.duplicates, 1u);
  ASSERT_EQ(before.unmatched.size(), 1u);
  ASSERT_EQ(before.others.size(), 1u);
  simulation.restart();
  const FollowSummary then = simulation.core->summary();
  EXPECT_EQ(then.requests, before.requests);
  EXPECT_EQ(then.pages, before.pages);
  EXPECT_EQ(then.events, before.events);
  EXPECT_EQ(then.duplicates, before.duplicates);
  EXPECT_EQ(then.evidence, before.evidence);
  EXPECT_EQ(then.signIns, before.signIns);
  EXPECT_EQ(then.lookedUntil, std::chrono::floor<std::chrono::seconds>(before.lookedUntil.value()));
  for (const auto list : {&FollowSummary::unmatched, &FollowSummary::others}) {
    ASSERT_EQ((then.*list).size(), 1u);
    EXPECT_EQ((then.*list)[0].type, (before.*list)[0].type);
    EXPECT_EQ((then.*list)[0].events, (before.*list)[0].events);
  }
  for (std::size_t target = 0; target < 2; ++target) {
    const FollowResult& is = then.results.at(target);
    const FollowResult& was = before.results.at(target);
    EXPECT_EQ(is.outcome, was.outcome);
    EXPECT_EQ(is.evidence, was.evidence);
    EXPECT_EQ(is.signIns, was.signIns);
    EXPECT_EQ(is.others, was.others);
    EXPECT_EQ(is.firstEvidence, was.firstEvidence);
    EXPECT_EQ(is.lastEvidence, was.lastEvidence);
    EXPECT_EQ(is.types, was.types);
    EXPECT_EQ(is.actors.themselves, was.actors.themselves);
    EXPECT_EQ(is.actors.ourAccount, was.actors.ourAccount);
    EXPECT_EQ(is.actors.others, was.actors.others);
    ASSERT_EQ(is.signIn.has_value(), was.signIn.has_value());
    if (!is.signIn) continue;
    EXPECT_EQ(is.signIn->type, was.signIn->type);
    EXPECT_EQ(is.signIn->time, was.signIn->time);
    EXPECT_EQ(is.signIn->address, was.signIn->address);
    EXPECT_EQ(is.signIn->app, was.signIn->app);
  }
  EXPECT_TRUE(then.results.at(1).signIn);
}

TEST_F(FollowCoreTest, AdminLogsThatFailForTooLongAreGivenUp) {
  simulation.options.backfill = true;
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (!simulation.asked.back().history) return std::nullopt;
    return failure(Errc::connectFailed);
  };
  const FollowSummary summary = follow(1min);
  EXPECT_EQ(summary.end, FollowEnd::window);
  ASSERT_EQ(summary.gaps.size(), 1u);
  EXPECT_TRUE(summary.gaps[0].starts_with("admin_logs were not read to their end by the end of the time: scripted"))
      << summary.gaps[0];
  EXPECT_LT(simulation.asked.size(), 60u) << "it backs off";
  EXPECT_EQ(outcome(summary), FollowOutcome::nothingSeen) << "the stream was read to its end";
  EXPECT_FALSE(simulation.step());
  EXPECT_EQ(simulation.core->summary().gaps.size(), 1u) << "it is told once";
}

TEST_F(FollowCoreTest, FailingAdminLogsUndoNothing) {
  simulation.options.backfill = true;
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (!simulation.asked.back().history) return std::nullopt;
    return failure(Errc::forbidden);
  };
  const FollowSummary summary = follow(1min);
  EXPECT_EQ(summary.end, FollowEnd::window);
  EXPECT_EQ(outcome(summary), FollowOutcome::nothingSeen) << "the stream was read to its end";
  EXPECT_EQ(summary.gaps.size(), 1u);
}

TEST_F(FollowCoreTest, AfterARestartAdminLogsHaveTheirWholeTimeAgain) {
  simulation.options.backfill = true;
  simulation.stream.add(eventAbout("11", evidenceType, 2s, "a"), 3s);
  simulation.begin(markAt(simulation.stream, 0s), 1min);
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (!simulation.asked.back().history) return std::nullopt;
    return failure(Errc::connectFailed);
  };
  while (simulation.asked.empty() || !simulation.asked.back().history) ASSERT_TRUE(simulation.step());
  simulation.time += 10 * simulation.options.grace;
  simulation.restart();
  const std::chrono::nanoseconds restarted = simulation.time;
  EXPECT_EQ(simulation.run().gaps.size(), 1u) << "they still fail";
  EXPECT_GT(simulation.time, restarted + simulation.options.grace / 2);
  EXPECT_LE(simulation.time, restarted + simulation.options.grace);
}

TEST_F(FollowCoreTest, AdminLogsAreAskedForUntilTheEndOfTheirTime) {
  simulation.options.backfill = true;
  for (const std::chrono::nanoseconds late : {0ns, 1ns}) {
    simulation.asked.clear();
    simulation.fail = [&]() -> std::optional<BoxSdkError> {
      if (!simulation.asked.back().history) return std::nullopt;
      return failure(Errc::connectFailed);
    };
    simulation.begin(markAt(simulation.stream, 0s), 1min);
    while (simulation.asked.empty() || !simulation.asked.back().history) ASSERT_TRUE(simulation.step());
    simulation.restart();
    const std::chrono::nanoseconds restored = simulation.time;
    ASSERT_TRUE(simulation.step());  // the first request is sent however late it is
    simulation.time = restored + simulation.options.grace + late;
    simulation.fail = nullptr;
    const bool isAsked = late == 0ns;
    EXPECT_EQ(simulation.step(), isAsked);
    EXPECT_EQ(simulation.core->summary().gaps.size(), isAsked ? 0u : 1u);
  }
}

TEST_F(FollowCoreTest, Stops) {
  simulation.begin(markAt(simulation.stream, 0s), unlimited);
  simulation.core->stop();
  FollowSummary summary = simulation.run();
  EXPECT_EQ(summary.end, FollowEnd::stopped);
  EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook) << "before the core had read events";
  simulation.begin(markAt(simulation.stream, 0s), unlimited);
  while (simulation.time < 3h) ASSERT_TRUE(simulation.step());
  for (const std::size_t asked = simulation.asked.size(); simulation.asked.size() == asked;) simulation.step();
  simulation.core->stop();
  summary = simulation.run();
  EXPECT_EQ(outcome(summary), FollowOutcome::nothingSeen);
  EXPECT_GT(*summary.lookedUntil, start + 2h);
}

TEST_F(FollowCoreTest, StoppedWhereBoxNoLongerAnswersItHasNotLooked) {
  for (const bool answers : {false, true}) {
    simulation.time = 0s;
    simulation.fail = {};
    simulation.change = {};
    simulation.begin(markAt(simulation.stream, 0s), unlimited);
    while (!simulation.core->progress().lookedUntil) ASSERT_TRUE(simulation.step());
    if (answers) {
      simulation.change = [](Events& page) { page.nextStreamPosition.clear(); };
    } else {
      simulation.fail = [] { return failure(Errc::connectFailed); };
    }
    while (simulation.time < 5h) ASSERT_TRUE(simulation.step());
    simulation.core->stop();
    const FollowSummary summary = simulation.run();
    EXPECT_EQ(outcome(summary), FollowOutcome::couldNotLook);
    EXPECT_NE(summary.results[0].reason.find(answers ? ": Box gives no position" : "scripted"), std::string::npos)
        << summary.results[0].reason;
  }
}

TEST_F(FollowCoreTest, StoppedWhereAPageIsTooLargeItHasNotLooked) {
  simulation.begin(markAt(simulation.stream, 0s), unlimited);
  while (!simulation.core->progress().lookedUntil) ASSERT_TRUE(simulation.step());
  simulation.fail = [] { return failure(Errc::responseTooLarge); };
  for (const std::size_t asked = simulation.asked.size(); simulation.asked.size() == asked;) simulation.step();
  simulation.core->stop();
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::couldNotLook);
}

// The stream was to be read from "now", and no page has told where that is.
TEST_F(FollowCoreTest, InANewWindowWhatNobodyReadIsAGapAlsoAfterAdminLogs) {
  simulation.options.backfill = true;
  FollowMark mark;
  mark.time = start;
  mark.reason = "x";
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (simulation.asked.back().history) return std::nullopt;
    return failure(Errc::connectFailed);
  };
  simulation.begin(mark, 20s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::couldNotLook);
  simulation.fail = nullptr;
  simulation.time += 1h;
  simulation.options.backfill = false;
  simulation.restart(20s);
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::couldNotLook);
}

TEST_F(FollowCoreTest, ContinuesInItsWindowWhereItWasStoppedOrRefused) {
  for (const bool refused : {false, true}) {
    simulation.time = 0s;
    simulation.fail = {};
    simulation.begin(markAt(simulation.stream, 0s), 15min);
    while (!simulation.core->progress().lookedUntil) ASSERT_TRUE(simulation.step());
    if (refused) {
      simulation.fail = [] { return failure(Errc::forbidden); };
    } else {
      simulation.core->stop();
    }
    EXPECT_EQ(simulation.run().end, refused ? FollowEnd::rights : FollowEnd::stopped);
    simulation.fail = {};
    simulation.restart();
    EXPECT_EQ(outcome(simulation.core->summary()), FollowOutcome::couldNotLook) << "a state tells how it ended";
    simulation.core->reopen(at(simulation.time));
    const FollowSummary summary = simulation.run();
    EXPECT_EQ(summary.end, FollowEnd::window);
    EXPECT_EQ(outcome(summary), FollowOutcome::nothingSeen) << summary.results[0].reason;
    EXPECT_GE(*summary.lookedUntil, start + 15min);
    simulation.restart();
    const std::size_t asked = simulation.asked.size();
    simulation.core->reopen(at(simulation.time));
    simulation.run();
    EXPECT_EQ(simulation.asked.size(), asked) << "the window is over";
  }
}

TEST_F(FollowCoreTest, StoppedAfterItsEndItHasLooked) {
  simulation.begin(markAt(simulation.stream, 0s), 10s);
  while (simulation.time < 10s + simulation.latency) ASSERT_TRUE(simulation.step());
  EXPECT_EQ(simulation.core->progress().lookedUntil, start + 10s);
  simulation.core->stop();
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(summary.end, FollowEnd::stopped);
  EXPECT_EQ(outcome(summary), FollowOutcome::nothingSeen) << summary.results[0].reason;
  follow(10s);
  simulation.core->stop();
  EXPECT_EQ(simulation.core->summary().end, FollowEnd::window) << "it had ended before";
}

TEST_F(FollowCoreTest, StoppedWhereAPositionWasRefusedItHasNotReachedTheEnd) {
  simulation.begin(markAt(simulation.stream, 0s), unlimited);
  while (!simulation.core->progress().lookedUntil) ASSERT_TRUE(simulation.step());
  simulation.fail = [] { return failure(Errc::badRequest); };
  while (simulation.core->summary().gaps.empty()) ASSERT_TRUE(simulation.step());
  simulation.core->stop();
  const std::string reason = simulation.run().results.front().reason;
  EXPECT_NE(reason.find("before the end of the stream"), std::string::npos) << reason;
}

TEST_F(FollowCoreTest, StoppedBeforeTheWindowIsOverItHasNotLooked) {
  simulation.begin(markAt(simulation.stream, 0s), 15min);
  while (!simulation.core->progress().lookedUntil) ASSERT_TRUE(simulation.step());
  simulation.core->stop();
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(summary.end, FollowEnd::stopped);
  ASSERT_EQ(outcome(summary), FollowOutcome::couldNotLook);
  EXPECT_NE(summary.results.front().reason.find("before the window was over"), std::string::npos);
}

TEST_F(FollowCoreTest, HasLookedWhenItHasReadThePagesThatAreThere) {
  simulation.stream.pageSize = 10;
  for (int i = 0; i < 25; ++i) simulation.stream.add(eventAbout("99", "LOGIN", 1s, std::to_string(i)), 1s);
  const FollowMark mark = markAt(simulation.stream, 0s);
  simulation.time = 5s;
  simulation.begin(mark, unlimited);
  for (const std::uint64_t pages : {1U, 2U}) {
    while (simulation.core->progress().pages < pages) ASSERT_TRUE(simulation.step());
    EXPECT_FALSE(simulation.core->progress().lookedUntil) << "there are more events after page " << pages;
  }
  while (!simulation.core->progress().lookedUntil) ASSERT_TRUE(simulation.step());
  EXPECT_EQ(simulation.core->progress().events, 25U);
  EXPECT_EQ(simulation.core->progress().pages, simulation.asked.size());
  EXPECT_EQ(*simulation.core->progress().lookedUntil, at(simulation.time - simulation.latency).wall)
      << "when the last page was asked for";
}

TEST_F(FollowCoreTest, StoppedBeforeItHasCaughtUpAgainItHasNotLooked) {
  simulation.stream.pageSize = 10;
  simulation.begin(markAt(simulation.stream, 0s), unlimited);
  while (!simulation.core->progress().lookedUntil) ASSERT_TRUE(simulation.step());
  for (int i = 0; i < 25; ++i) simulation.stream.add(eventAbout("99", "LOGIN", 2s, std::to_string(i)), 2s);
  const std::uint64_t pages = simulation.core->progress().pages;
  while (simulation.core->progress().pages == pages) ASSERT_TRUE(simulation.step());
  simulation.core->stop();
  EXPECT_EQ(outcome(simulation.run()), FollowOutcome::couldNotLook);
}

TEST_F(FollowCoreTest, TellsOnceThatItWasSuspendedForTooLong) {
  simulation.begin(markAt(simulation.stream, 0s), unlimited);
  while (!simulation.core->progress().lookedUntil) ASSERT_TRUE(simulation.step());
  simulation.time += std::chrono::hours(24 * 15);
  const std::size_t asked = simulation.asked.size();
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (simulation.asked.size() > asked + 3) return std::nullopt;
    return failure(Errc::connectFailed);
  };
  while (simulation.asked.size() < asked + 6) ASSERT_TRUE(simulation.step());
  const std::vector<std::string> gaps = simulation.core->summary().gaps;
  ASSERT_EQ(gaps.size(), 1u) << "although the request after it failed three times";
  EXPECT_NE(gaps[0].find("Box keeps it for 14 days"), std::string::npos) << gaps[0];
}

TEST_F(FollowCoreTest, ContinuesInANewWindowWhereItEnded) {
  simulation.stream.add(eventAbout("11", "LOGIN", 1s, "a"), 1s);
  simulation.stream.add(eventAbout("12", "LOGIN", 100s, "b"), 100s);  // after the first window, and before the second
  follow(20s);
  simulation.time = 500s;
  simulation.restart(30s);
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(summary.end, FollowEnd::window);
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::signedInAgain);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::signedInAgain);
  ASSERT_EQ(simulation.findings.size(), 2u) << "nothing is told again";
  EXPECT_EQ(simulation.findings.back().eventId, "b");
  EXPECT_GE(simulation.time, 530s);
}

TEST_F(FollowCoreTest, AfterARestartAPositionMayBeRefusedAsBefore) {
  simulation.begin(markAt(simulation.stream, 0s), 1min);
  while (simulation.time < 20s) ASSERT_TRUE(simulation.step());
  simulation.restart();
  bool refuses = true;
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (!std::exchange(refuses, false)) return std::nullopt;
    return failure(Errc::badRequest);
  };
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(summary.end, FollowEnd::window);
  EXPECT_EQ(summary.gaps.size(), 1u);
}

TEST_F(FollowCoreTest, ARefusalAtTheEndOfAWindowDoesNotCountInTheNext) {
  bool refuses = true;
  simulation.fail = [&]() -> std::optional<BoxSdkError> {
    if (!std::exchange(refuses, false)) return std::nullopt;
    return failure(Errc::badRequest);
  };
  simulation.begin(markAt(simulation.stream, 0s), 1min);
  while (simulation.core->summary().gaps.empty()) ASSERT_TRUE(simulation.step());
  simulation.core->stop();  // before an answer says that Box accepts positions again
  refuses = true;
  simulation.restart(30s);
  EXPECT_EQ(simulation.run().end, FollowEnd::window);
}

TEST_F(FollowCoreTest, InANewWindowAdminLogsAreReadFromTheirBeginning) {
  simulation.options.backfill = true;
  simulation.stream.add(eventAbout("11", evidenceType, 2s, "a"), 3s);
  follow(20s);
  simulation.asked.clear();
  simulation.restart(20s);
  simulation.run();
  const auto first =
      std::find_if(simulation.asked.begin(), simulation.asked.end(), [](const auto& ask) { return ask.history; });
  ASSERT_NE(first, simulation.asked.end());
  EXPECT_EQ(first->position, "");
}

TEST_F(FollowCoreTest, AdminLogsOfTheLastWindowSayNothingAboutANewOne) {
  simulation.options.backfill = true;
  EXPECT_EQ(outcome(follow(20s), 1), FollowOutcome::nothingSeen);
  simulation.fail = [] { return failure(Errc::forbidden); };
  simulation.restart(20s);
  const FollowSummary summary = simulation.run();
  EXPECT_EQ(summary.end, FollowEnd::rights);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::couldNotLook);
}

TEST_F(FollowCoreTest, InANewWindowOnlyWhatIsLostIsAGap) {
  simulation.begin(markAt(simulation.stream, 0s), 20s);
  simulation.fail = [] { return failure(Errc::forbidden); };
  FollowSummary summary = simulation.run();
  EXPECT_EQ(summary.end, FollowEnd::rights);
  simulation.fail = nullptr;
  simulation.stream.add(eventAbout("11", "LOGIN", 1s, "a"), 1s);
  simulation.restart(20s);
  summary = simulation.run();
  EXPECT_EQ(summary.end, FollowEnd::window);
  EXPECT_TRUE(summary.gaps.empty()) << summary.gaps.front();
  EXPECT_EQ(outcome(summary, 0), FollowOutcome::signedInAgain);
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::nothingSeen);

  FollowMark none;
  none.time = start;
  simulation.begin(none, 20s);
  simulation.run();
  simulation.restart(20s);
  summary = simulation.run();
  EXPECT_EQ(outcome(summary, 1), FollowOutcome::couldNotLook);
  simulation.options.backfill = true;
  simulation.restart(20s);
  EXPECT_EQ(outcome(simulation.run(), 1), FollowOutcome::nothingSeen);
  simulation.options.backfill = false;
  simulation.restart(20s);
  EXPECT_EQ(outcome(simulation.run(), 1), FollowOutcome::nothingSeen) << "the gap was filled";
}

TEST_F(FollowCoreTest, AStateTellsHowItEnded) {
  const auto kept = [&] { return Follower::summaryOf(simulation.targets, simulation.core->save()); };
  simulation.begin(markAt(simulation.stream, 0s), 20s);
  ASSERT_TRUE(simulation.step());
  EXPECT_EQ(kept().results[0].outcome, FollowOutcome::couldNotLook);
  EXPECT_EQ(kept().results[0].reason, "following has not ended");
  simulation.run();
  EXPECT_EQ(kept().results[0].outcome, FollowOutcome::nothingSeen);
  simulation.begin(markAt(simulation.stream, 0s), 20s);
  simulation.fail = [] { return failure(Errc::forbidden); };
  simulation.run();
  EXPECT_EQ(kept().end, FollowEnd::rights);
  EXPECT_NE(kept().results[0].reason.find("scripted"), std::string::npos) << kept().results[0].reason;
}

TEST_F(FollowCoreTest, RefusesUnfitOptions) {
  const auto code = [](auto change) {
    FollowOptions options;
    change(options);
    try {
      FollowCore(options, {}, FollowMark(), 1s, at(0s));
    } catch (const BoxSdkError& error) {
      return error.code();
    }
    return error_code();
  };
  EXPECT_EQ(code([](FollowOptions&) {}), error_code());
  EXPECT_EQ(code([](FollowOptions& o) { o.pollInterval = 0s; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) { o.callTimeout = 0s; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) { o.callTimeout = -1s; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) { o.markTimeout = 0s; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) { o.grace = 0s; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) { o.clockSkew = -1s; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) { o.historyLag = -1s; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) { o.pageSize = 501; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) { o.pageSize = 0; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) { o.remembered = 999; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) { o.rate.cap = 0; }), Errc::invalidConfiguration);
  EXPECT_EQ(code([](FollowOptions& o) {
              o.pollInterval = o.callTimeout = o.markTimeout = o.grace = o.clockSkew = o.historyLag = unlimited;
            }),
            error_code());
  EXPECT_EQ(code([](FollowOptions& o) {
              o.pollInterval = o.callTimeout = o.markTimeout = o.grace = 1ns;
              o.clockSkew = 0s;
              o.pageSize = 1;
              o.remembered = 1'000;
            }),
            error_code());
  EXPECT_EQ(code([](FollowOptions& o) { o.pageSize = 500; }), error_code());
}

TEST_F(FollowCoreTest, RefusesAStateThatIsNotItsOwn) {
  simulation.stream.add(eventAbout("11", "LOGIN", 1s, "a"), 1s);
  follow(20s);
  const std::string state = simulation.core->save();
  const auto restored = [&](const std::vector<FollowTarget>& targets, const std::string& text) {
    try {
      FollowCore::restore(simulation.options, targets, text, at(simulation.time));
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidRequest);
      return error.operation() + ": " + error.details().context;
    }
    return std::string("restored");
  };
  EXPECT_EQ(restored(simulation.targets, state), "restored");
  EXPECT_EQ(restored({{"11", ""}}, state), "Follower: the state is that of other targets");
  EXPECT_EQ(restored(simulation.targets, ""), "Follower: this is not the state of a Follower");
  for (std::size_t size = 0; size < state.size() - 1; ++size) {
    EXPECT_NE(restored(simulation.targets, state.substr(0, size)), "restored") << size;
  }
  const std::string mine = "person 0 0 1 0 0 0 1 0 0 0 0 0 0 ", time = std::to_string(secondsOf(start) + 1);
  ASSERT_NE(state.find(mine + time), std::string::npos) << state;
  const auto withTime = [&](const std::string& other) {
    return std::string(state).replace(state.find(mine + time) + mine.size(), time.size(), other);
  };
  EXPECT_EQ(restored(simulation.targets, withTime(std::to_string(INT64_MIN))), "restored") << "no time was given";
  for (const char* distant : {"9223372036854775807", "-9223372036854775807", "9000000001"}) {
    EXPECT_EQ(restored(simulation.targets, withTime(distant)), "Follower: the state is damaged") << distant;
  }
  EXPECT_EQ(FollowMark::fromText(markAt(simulation.stream, 0s).text())->position, simulation.stream.now(0s));
  FollowMark withReason;
  withReason.reason = "forbidden then";
  EXPECT_EQ(FollowMark::fromText(withReason.text())->reason, "forbidden then");
  for (const char* text : {"", "mark", "mark x 1 %", "mark 1 x %", "mark 1 1 %zz", "mark 1 1 % 1"}) {
    EXPECT_FALSE(FollowMark::fromText(text)) << text;
  }
}

/// The expected findings, computed without the core's code.
std::vector<Finding> expected(const SimulatedStream& stream, const std::vector<FollowTarget>& targets) {
  std::map<std::string, Finding> found;
  for (const auto& told : stream.history) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (told.event.source.userId != targets[i].id) continue;
      const bool signIn = told.event.eventType == "LOGIN";
      const auto time = *parseBoxTime(told.event.createdAt);
      if (time < (signIn ? start : start - 5s)) continue;
      const FollowKind kind = signIn                                 ? FollowKind::signIn
                              : told.event.eventType == evidenceType ? FollowKind::evidence
                                                                     : FollowKind::other;
      found.emplace(told.event.eventId, Finding{i, kind, told.event.eventId});
    }
  }
  std::vector<Finding> findings;
  for (const auto& [id, finding] : found) findings.push_back(finding);
  std::sort(findings.begin(), findings.end());
  return findings;
}

TEST(FollowProperties, AnyOrderCopiesLagsGapsAndRestartsLoseAndRepeatNothing) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    std::vector<FollowTarget> targets;
    for (std::uint32_t i = 0; i < 1 + below(20); ++i) targets.push_back({std::to_string(100 + i), ""});
    FollowOptions options;
    options.backfill = below(2) == 0;
    options.pageSize = 1 + below(500);
    Simulation simulation(options, targets);
    simulation.stream.pageSize = 1 + below(30);
    simulation.stream.disorder = true;
    simulation.stream.random.seed(seed);
    const char* types[] = {evidenceType, "LOGIN", "EDIT_USER"};
    const std::uint32_t events = below(250);
    for (std::uint32_t i = 0; i < events; ++i) {
      const auto time = std::chrono::seconds(static_cast<int>(below(620)) - 20);
      BoxEvent event = eventAbout(std::to_string(100 + below(25)), types[below(3)], time, std::to_string(i));
      const auto told = std::max<std::chrono::nanoseconds>(time, 1ms) + std::chrono::seconds(below(60));
      const std::uint32_t copies = 1 + below(3);
      for (std::uint32_t copy = 0; copy < copies; ++copy) {
        simulation.stream.add(event, told + std::chrono::seconds(below(20)));
      }
    }
    const bool positionsGoMissing = below(3) == 0;
    simulation.change = [&](Events& page) {
      if (positionsGoMissing && below(4) == 0) page.nextStreamPosition.clear();
    };
    simulation.fail = [&]() -> std::optional<BoxSdkError> {
      const Errc codes[] = {Errc::connectionLost, Errc::rateLimited, Errc::serverError, Errc::readTimeout};
      if (below(5) != 0) return std::nullopt;
      return failure(codes[below(4)]);
    };
    simulation.begin(markAt(simulation.stream, 0s), 12min);
    const std::uint32_t restarts = below(10);
    while (simulation.step()) {
      if (below(400) < restarts) simulation.restart();
      ASSERT_LT(simulation.time, 1h);
    }
    const FollowSummary summary = simulation.core->summary();
    std::sort(simulation.findings.begin(), simulation.findings.end());
    ASSERT_EQ(simulation.findings, expected(simulation.stream, targets));
    std::size_t signIns = 0, seenEvidence = 0;
    for (const FollowResult& result : summary.results) {
      signIns += result.signIns;
      seenEvidence += result.evidence;
      ASSERT_NE(result.outcome, FollowOutcome::couldNotLook) << result.reason;
    }
    EXPECT_EQ(signIns, summary.signIns);
    EXPECT_EQ(seenEvidence, summary.evidence);
  }
}

}  // namespace
}  // namespace box
