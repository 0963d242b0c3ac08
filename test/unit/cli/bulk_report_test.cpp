#include "cli/bulk_report.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <box/error.hpp>

namespace box::cli {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

BulkSummary ended(BulkEnd end, std::optional<Errc> code = std::nullopt, int status = 0) {
  BulkSummary summary;
  summary.end = end;
  summary.message = "why";
  if (code) {
    ErrorDetails details;
    details.fate = Fate::rejected;
    if (status != 0) {
      details.api.emplace();
      details.api->statusCode = status;
    }
    summary.failure.emplace(*code, std::move(details));
  }
  return summary;
}

std::string advice(const BulkSummary& summary) {
  return adviceText(summary, exitFor(summary), "j", "box-sessions resume j");
}

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
  progress.outageStatus = 0;
  EXPECT_THAT(progressText(progress, 200, false), HasSubstr("Box unavailable for 27 s (no answer)"));
  EXPECT_FALSE(progressJson(progress).contains("outageStatus"));
}

TEST(CliBulkReport, TheExitStatusSaysWhyARunEnded) {
  EXPECT_EQ(exitFor(ended(BulkEnd::finished)), Exit::accepted);
  BulkSummary some = ended(BulkEnd::finished);
  some.counts.rejected = 1;
  EXPECT_EQ(exitFor(some), Exit::rejected);
  some.counts.inDoubt = 1;
  EXPECT_EQ(exitFor(some), Exit::stopped);
  EXPECT_EQ(exitFor(ended(BulkEnd::stopped)), Exit::interrupted);
  EXPECT_EQ(exitFor(ended(BulkEnd::cancelled)), Exit::interrupted);
  EXPECT_EQ(exitFor(ended(BulkEnd::journalFailed)), Exit::journal);
  EXPECT_EQ(exitFor(ended(BulkEnd::failed, Errc::unauthorized, 401)), Exit::rejected);
  EXPECT_EQ(exitFor(ended(BulkEnd::systemic, Errc::forbidden, 403)), Exit::stopped);
  EXPECT_EQ(exitFor(ended(BulkEnd::unavailable)), Exit::stopped);
  EXPECT_EQ(exitFor(ended(BulkEnd::sourceFailed)), Exit::stopped);
}

TEST(CliBulkReport, TheAdviceFitsTheCause) {
  EXPECT_THAT(advice(ended(BulkEnd::finished)), IsEmpty());
  BulkSummary some = ended(BulkEnd::finished);
  some.counts.rejected = 1;
  EXPECT_THAT(advice(some), AllOf(HasSubstr("box-sessions report j"), HasSubstr("resume j --retry-rejected")));
  some.counts.inDoubt = 1;
  EXPECT_THAT(advice(some), HasSubstr("resume j --in-doubt retry"));
  EXPECT_THAT(advice(ended(BulkEnd::stopped)), HasSubstr("to continue: box-sessions resume j"));
  EXPECT_THAT(advice(ended(BulkEnd::failed, Errc::unauthorized, 401)),
              AllOf(HasSubstr("new token"), HasSubstr("Then: box-sessions resume j"), Not(HasSubstr("--batch 1"))));
  EXPECT_THAT(advice(ended(BulkEnd::systemic, Errc::forbidden, 403)),
              AllOf(HasSubstr("scope"), HasSubstr("then: box-sessions resume j"), HasSubstr("add --keep-going"),
                    Not(HasSubstr("--batch 1"))));
  EXPECT_THAT(advice(ended(BulkEnd::journalFailed)), AllOf(HasSubstr("Free some space"), HasSubstr("resume j")));
  EXPECT_THAT(advice(ended(BulkEnd::sourceFailed)), HasSubstr("begin a new journal"));
  EXPECT_THAT(advice(ended(BulkEnd::unavailable)), HasSubstr("when Box answers again"));
}

TEST(CliBulkReport, TheReasonOfAStopHasNoCodeNames) {
  EXPECT_THAT(endText(ended(BulkEnd::finished)), IsEmpty());
  EXPECT_EQ(endText(ended(BulkEnd::stopped)), "stopped at your request");
  EXPECT_EQ(endText(ended(BulkEnd::journalFailed)), "stopped: why");
  EXPECT_THAT(endMessage(ended(BulkEnd::finished)), IsEmpty());
  EXPECT_EQ(endMessage(ended(BulkEnd::stopped)), "stopped at your request") << "and not the name of the end again";
  EXPECT_EQ(endMessage(ended(BulkEnd::journalFailed)), "why");
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

TEST(CliBulkReport, TheQuestionAndThePlanShowAsWhomAndHow) {
  BulkPlan plan;
  plan.counts.notSent = plan.toSend = 3;
  plan.host = "api.box.com";
  plan.asUser = "42";
  plan.suppressNotifications = true;
  EXPECT_EQ(questionText(plan),
            "This signs out 3 users at api.box.com, with credentials of an account that Box does not name, as user 42, "
            "without mails from Box. Continue? [y/N] ");
  plan.account = "Ann (id 11) of Example Inc. (enterprise 5)";
  EXPECT_THAT(questionText(plan),
              HasSubstr("with the credentials of Ann (id 11) of Example Inc. (enterprise 5), as user"));
  EXPECT_EQ(planJson(plan).at("account").as_string(), plan.account);
  EXPECT_EQ(planJson(plan).at("asUser"), "42");
  EXPECT_EQ(planJson(plan).at("suppressNotifications"), true);
}

}  // namespace
}  // namespace box::cli
