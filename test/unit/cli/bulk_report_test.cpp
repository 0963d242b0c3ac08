#include "cli/bulk_report.hpp"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_THAT(progressText(progress, 200, false),
              AllOf(HasSubstr("Box unavailable for 27 s (last answer: 503), retrying"), Not(HasSubstr("left"))));
  EXPECT_EQ(progressJson(progress).at("outageStatus"), 503);
  EXPECT_FALSE(progressJson(progress).contains("timeLeftMs"));
  progress.outageStatus = 200;
  EXPECT_THAT(progressText(progress, 200, false),
              testing::HasSubstr(", not Box but another server answers (200) for 27 s"));
  progress.outageStatus = 0;
  EXPECT_THAT(progressText(progress, 200, false), HasSubstr("Box unavailable for 27 s (no answer)"));
  EXPECT_FALSE(progressJson(progress).contains("outageStatus"));
}

TEST(CliBulkReport, APauseIsBoxsWish) {
  BulkProgress progress;
  progress.total = 200;
  progress.coolDown = 95s;
  EXPECT_THAT(progressText(progress, 200, false), HasSubstr(", rate-limited by Box: paused for 95 s"));
}

TEST(CliBulkReport, ATimeLeftIsShownWhereThereIsOne) {
  BulkProgress progress;
  progress.total = 200;
  progress.rate = 12;
  progress.timeLeft = 0ms;
  EXPECT_THAT(progressText(progress, 200, false), Not(HasSubstr("left")));
  progress.timeLeft = 5s;
  EXPECT_THAT(progressText(progress, 200, false), HasSubstr(", 5 s left"));
}

}  // namespace
}  // namespace box::cli
