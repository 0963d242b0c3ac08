#include "cli/bulk_report.hpp"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/report/rows.hpp"

namespace box::cli {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(CliBulkReport, AnOutageHasAStatusAndNoTimeLeft) {
  BulkProgress progress;
  progress.counts.accepted = 100;
  progress.total = 200;
  progress.outage = 27s;
  progress.outageStatus = 503;
  EXPECT_THAT(progressText(progress, BulkOptions(), 200, false),
              AllOf(HasSubstr("Box unavailable for 27 s (last answer 503), next try within 60 s, gives up in 29 min 33 "
                              "s, 100 accepted"),
                    Not(HasSubstr("left")), Not(HasSubstr("calls/s"))));
  EXPECT_EQ(progressText(progress, BulkOptions(), 80, false),
            "100/200, Box unavailable for 27 s (last answer 503), gives up in 29 min 33 s")
      << "the try is worth less than the end";
  EXPECT_EQ(progressJson(progress).at("outageStatus"), 503);
  EXPECT_FALSE(progressJson(progress).contains("timeLeftMs"));
  progress.outageStatus = 200;
  EXPECT_THAT(progressText(progress, BulkOptions(), 200, false),
              testing::HasSubstr(", not Box but another server answers (200) for 27 s"));
  progress.outageStatus = 0;
  EXPECT_THAT(progressText(progress, BulkOptions(), 200, false), HasSubstr(", no answer from Box for 27 s, next try"));
  EXPECT_FALSE(progressJson(progress).contains("outageStatus"));
}

TEST(CliBulkReport, OnlyWhatIsFinalIsDoneAndTheOutageStaysInANarrowLine) {
  BulkProgress progress;
  progress.counts.accepted = 1;
  progress.counts.rejected = 2;
  progress.counts.invalid = 3;
  progress.counts.duplicate = 4;
  progress.counts.inDoubt = 200;
  progress.counts.notSent = 40;
  progress.total = 250;
  progress.outage = 120s;
  progress.outageStatus = 503;
  EXPECT_EQ(progressJson(progress).at("done"), 10);
  EXPECT_EQ(progressText(progress, BulkOptions(), 60, false), "10/250, Box unavailable for 120 s (last answer 503)");
  EXPECT_EQ(progressText(progress, BulkOptions(), 40, true), "[....] 10/250, Box unavailable for 120 s");
  EXPECT_EQ(progressText(progress, BulkOptions(), 30, true), "Box unavailable for 120 s");
}

TEST(CliBulkReport, AnOutageSaysWhenTheRunGivesUp) {
  BulkProgress progress;
  progress.outage = 120s;
  progress.outageStatus = 503;
  progress.elapsed = 150s;
  BulkOptions options;
  EXPECT_THAT(progressText(progress, options, 200, false), HasSubstr("gives up in 28 min"));
  options.deadline = Deadline(3min);
  EXPECT_THAT(progressText(progress, options, 200, false), HasSubstr("next try within 30 s, gives up in 30 s"))
      << "--timeout is before that, and no try comes after it";
  progress.elapsed = 200s;
  EXPECT_THAT(progressText(progress, options, 200, false), HasSubstr("gives up in 0 ms"));
}

TEST(CliBulkReport, AnOutageIsToldOnceWithItsTimes) {
  BulkProgress progress;
  progress.outage = 30s;
  progress.outageStatus = 503;
  progress.elapsed = 40s;
  BulkOptions options;
  options.longestBreakerPause = 5s;
  const auto now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 30) + 12h;
  EXPECT_EQ(outageNotice(progress, options, now),
            "Box is unavailable since 2026-11-30 11:59:30 UTC (last answer 503). One call at a time is tried, at "
            "most 5 s apart, until Box answers. The run gives up at 2026-11-30 12:29:30 UTC");
  progress.outageStatus = 0;
  options.deadline = Deadline(1min);
  EXPECT_THAT(outageNotice(progress, options, now),
              AllOf(HasSubstr("no answer from Box since 2026-11-30 11:59:30 UTC. One call"),
                    HasSubstr("gives up at 2026-11-30 12:00:20 UTC")));
  progress.outageStatus = 200;
  EXPECT_THAT(outageNotice(progress, options, now), HasSubstr("not Box but another server answers since"));
}

TEST(CliBulkReport, TheLineFitsAndTheBarShrinksFirst) {
  BulkProgress progress;
  progress.counts.accepted = 638;
  progress.counts.rejected = 2;
  progress.total = 2000;
  progress.rate = 12;
  progress.timeLeft = 113s;
  const auto line = [&progress](std::size_t width) { return progressText(progress, BulkOptions(), width, true); };
  const std::string all = "640/2,000, 12 calls/s, 113 s left, 638 accepted, 2 rejected";
  EXPECT_EQ(line(200), "[######..............] " + all);
  EXPECT_EQ(line(80), "[#####.............] " + all);
  EXPECT_EQ(line(66), "[#...] " + all);
  EXPECT_EQ(line(59), all);
  EXPECT_EQ(line(58), "[##......] 640/2,000, 113 s left, 638 accepted, 2 rejected") << "the rate is worth the least";
  EXPECT_EQ(line(40), "640/2,000, 638 accepted, 2 rejected");
  EXPECT_EQ(line(24), "640/2,000, 2 rejected");
  EXPECT_EQ(line(8), "640/2,00");
  for (std::size_t width = 0; width < 120; ++width) EXPECT_LE(line(width).size(), width);
  progress.coolDown = 97s;
  EXPECT_EQ(line(66), "640/2,000, rate-limited by Box, next calls in 97 s, 2 rejected");
}

TEST(CliBulkReport, APauseIsBoxsWish) {
  BulkProgress progress;
  progress.total = 200;
  progress.coolDown = 95s;
  EXPECT_THAT(progressText(progress, BulkOptions(), 200, false),
              HasSubstr(", rate-limited by Box, next calls in 95 s"));
}

TEST(CliBulkReport, AReasonHasItsCodesOnceAndTheLastOneAtItsEnd) {
  BulkRow row;
  row.state = BulkState::rejected;
  row.status = 404;
  row.code = "not_found";
  row.requestId = "abc";
  row.message = "404 Not Found, box-request-id abc: Box found no such resource [box:6004]";
  EXPECT_EQ(reasonText(row), "rejected: 404 Not Found, box-request-id abc: Box found no such resource [notFound]");
  EXPECT_EQ(reasonIn(row.code, row.message),
            "404 Not Found, box-request-id abc: Box found no such resource [notFound]");
  EXPECT_EQ(reasonIn(row.code, ""), "not_found");
  BulkRow doubted;
  doubted.state = BulkState::inDoubt;
  doubted.message = "in doubt since an earlier run";
  EXPECT_EQ(reasonText(doubted), "in doubt since an earlier run") << "the state is said once";
  row.message = "no user has this login";
  EXPECT_EQ(reasonText(row), "rejected, status 404, not_found: no user has this login (Box request id abc)");
  EXPECT_EQ(reasonIn(row.code, row.message), "not_found: no user has this login");
}

// "Not sent" would send an operator to look for a problem of the network.
TEST(CliBulkReport, WhoWasInARefusedCallIsNotCalledNotSent) {
  BulkRow row;
  EntryCounts counts;
  counts.add(row);
  EXPECT_EQ(rowJson(row).at("state"), "notSent");
  row.status = 403;
  counts.add(row);
  counts.add(row);
  EXPECT_EQ(rowJson(row).at("state"), "callRefused");
  EXPECT_EQ(countsText(Target::users, counts), "3 users: 0 accepted, 2 forbidden (Box answered 403), 1 not sent\n");
  row.status = 429;
  counts.add(row);
  EXPECT_THAT(countsText(Target::users, counts), testing::HasSubstr("3 call refused (Box answered 403 and 429)"));
  EXPECT_EQ(inWords(BulkState::notSent, 429), "call refused") << "it is not about rights";
  EXPECT_EQ(countsJson(Target::users, counts).at("callRefused"), 3);
  EXPECT_EQ(countsJson(Target::users, counts).at("notSent"), 1);
  EXPECT_EQ(inWords(BulkState::rejected, 403), "rejected");
}

TEST(CliBulkReport, ATimeLeftIsShownWhereThereIsOne) {
  BulkProgress progress;
  progress.total = 200;
  progress.rate = 12;
  progress.timeLeft = 0ms;
  EXPECT_THAT(progressText(progress, BulkOptions(), 200, false), Not(HasSubstr("left")));
  progress.timeLeft = 5s;
  EXPECT_THAT(progressText(progress, BulkOptions(), 200, false), HasSubstr(", 5 s left"));
}

}  // namespace
}  // namespace box::cli
