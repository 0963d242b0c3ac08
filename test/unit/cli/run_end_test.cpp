#include "cli/run_end.hpp"

#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <box/error.hpp>

#include "cli/error_text.hpp"
#include "cli/shell_command.hpp"

namespace box::cli {
namespace {

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
  NextStep next{"j", "box-sessions resume j"};
  next.report = "box-sessions report j -f l";
  return adviceText(summary, next);
}

TEST(CliRunEnd, TheExitStatusSaysWhyARunEnded) {
  EXPECT_EQ(exitFor(ended(BulkEnd::finished)), Exit::accepted);
  BulkSummary some = ended(BulkEnd::finished);
  some.counts.rejected = 1;
  EXPECT_EQ(exitFor(some), Exit::rejected);
  some.counts.inDoubt = 1;
  EXPECT_EQ(exitFor(some), Exit::stopped);
  BulkCounts counts;
  counts.rejected = counts.notSent = 2;
  EXPECT_EQ(exitFor(EntryCounts(counts, 2, {403})), Exit::rejected);
  EXPECT_EQ(exitFor(EntryCounts(counts, 2, {403, 429})), Exit::stopped);
  EXPECT_EQ(exitFor(EntryCounts(counts, 1, {403})), Exit::stopped) << "one was not sent at all";
  counts.inDoubt = 1;
  EXPECT_EQ(exitFor(EntryCounts(counts, 2, {403})), Exit::stopped);
  EXPECT_EQ(exitFor(ended(BulkEnd::stopped)), Exit::interrupted);
  EXPECT_EQ(exitFor(ended(BulkEnd::cancelled)), Exit::interrupted);
  EXPECT_EQ(exitFor(ended(BulkEnd::journalFailed)), Exit::journal);
  EXPECT_EQ(exitFor(ended(BulkEnd::failed, Errc::unauthorized, 401)), Exit::rejected);
  EXPECT_EQ(exitFor(ended(BulkEnd::systemic, Errc::forbidden, 403)), Exit::rejected);
  EXPECT_EQ(exitFor(ended(BulkEnd::tooManyRejected)), Exit::rejected);
  EXPECT_EQ(exitFor(ended(BulkEnd::deadline)), Exit::stopped);
  EXPECT_EQ(exitFor(ended(BulkEnd::unavailable)), Exit::stopped);
  EXPECT_EQ(exitFor(ended(BulkEnd::sourceFailed)), Exit::stopped);
}

TEST(CliRunEnd, TheAdviceFitsTheCause) {
  EXPECT_THAT(advice(ended(BulkEnd::finished)), IsEmpty());
  BulkSummary some = ended(BulkEnd::finished);
  some.counts.rejected = 1;
  EXPECT_THAT(advice(some), AllOf(HasSubstr("box-sessions report j -f l; "), HasSubstr("resume j --retry-rejected")));
  some.counts.inDoubt = 1;
  EXPECT_THAT(advice(some), HasSubstr("resume j --in-doubt retry"));
  EXPECT_THAT(advice(ended(BulkEnd::stopped)), HasSubstr("to continue: box-sessions resume j"));
  EXPECT_THAT(advice(ended(BulkEnd::failed, Errc::unauthorized, 401)),
              AllOf(HasSubstr("--base-url names another Box"),
                    HasSubstr(". When this is corrected: box-sessions resume j"), Not(HasSubstr("--batch 1"))));
  EXPECT_THAT(advice(ended(BulkEnd::systemic, Errc::forbidden, 403)),
              AllOf(HasSubstr("scope"), HasSubstr("Then: box-sessions resume j"), HasSubstr("add --keep-going"),
                    Not(HasSubstr("--batch 1"))));
  EXPECT_THAT(
      advice(ended(BulkEnd::systemic, Errc::notFound, 404)),
      AllOf(HasSubstr("credentials are of another enterprise"), HasSubstr("auth check"), Not(HasSubstr("scope"))));
  EXPECT_THAT(advice(ended(BulkEnd::journalFailed)), AllOf(HasSubstr("Free some space"), HasSubstr("resume j")));
  EXPECT_THAT(advice(ended(BulkEnd::sourceFailed)), HasSubstr("begin a new journal"));
  EXPECT_THAT(advice(ended(BulkEnd::unavailable)), HasSubstr("when Box answers again"));
  EXPECT_THAT(advice(ended(BulkEnd::deadline)), HasSubstr("with a longer --timeout: box-sessions resume j"));
  EXPECT_EQ(adviceText(ended(BulkEnd::deadline), {}), "run it again, with a longer --timeout");
  for (const Errc code : {Errc::connectFailed, Errc::hostNotFound, Errc::connectTimeout, Errc::serverError})
    EXPECT_THAT(advice(ended(BulkEnd::deadline, code)),
                AllOf(HasSubstr("\nwhen Box answers again: box-sessions resume j"), Not(HasSubstr("--timeout"))));
  EXPECT_THAT(advice(ended(BulkEnd::deadline, Errc::rateLimited, 429)), HasSubstr("longer --timeout"));
}

TEST(CliRunEnd, ARefusalOfOneEntryMayBeAboutIt) {
  BulkSummary one = ended(BulkEnd::systemic, Errc::forbidden, 403);
  one.counts.notSent = 1;
  one.counts.duplicate = one.counts.invalid = one.counts.leftOut = 3;
  EXPECT_THAT(advice(one), AllOf(HasSubstr("Box refused this person or group"), HasSubstr("an administrator"),
                                 HasSubstr("Check for the app: its scope"), HasSubstr("Then: box-sessions resume j"),
                                 Not(HasSubstr("--keep-going")), Not(HasSubstr("probably"))));
  one.counts.notSent = 2;
  EXPECT_THAT(advice(one), AllOf(HasSubstr("probably the app"), HasSubstr("--keep-going")));
}

TEST(CliRunEnd, WhatWasAcceptedBeforeRulesOutAWrongBaseUrl) {
  BulkSummary some = ended(BulkEnd::systemic, Errc::forbidden, 403);
  some.counts.accepted = 50;
  EXPECT_THAT(advice(some), AllOf(HasSubstr("Box accepted others before"), HasSubstr("Then: box-sessions resume j"),
                                  Not(HasSubstr("--base-url"))));
  EXPECT_THAT(advice(some),
              HasSubstr(". To try the other entries nevertheless: box-sessions resume j --keep-going. If "));
  some = ended(BulkEnd::systemic, Errc::notFound, 404);
  EXPECT_THAT(advice(some), HasSubstr("--base-url"));
  some.counts.accepted = 1;
  EXPECT_THAT(advice(some), AllOf(HasSubstr("Box accepted others before"), Not(HasSubstr("--base-url"))));
}

TEST(CliRunEnd, NothingIsSentAgainWhereNothingIsLeftToDo) {
  for (const BulkEnd end : {BulkEnd::stopped, BulkEnd::cancelled, BulkEnd::deadline, BulkEnd::unavailable}) {
    BulkSummary all = ended(end, Errc::serverError, 503);
    all.counts.accepted = 3;
    EXPECT_EQ(advice(all), "nothing is left to do: Box has answered for every entry");
    EXPECT_EQ(adviceText(all, {}), advice(all)) << "and not run it again";
    all.counts.notSent = 1;
    EXPECT_THAT(advice(all), HasSubstr(": box-sessions resume j"));
    all.counts = BulkCounts();
    EXPECT_THAT(advice(all), HasSubstr(": box-sessions resume j")) << "nothing is known";
  }
  BulkSummary rejected = ended(BulkEnd::stopped);
  rejected.counts.rejected = 1;
  EXPECT_THAT(advice(rejected),
              AllOf(HasSubstr("nothing is left to do"), HasSubstr("--retry-rejected"), Not(HasSubstr("to continue"))));
  EXPECT_EQ(exitFor(rejected), Exit::interrupted);
}

TEST(CliRunEnd, APrintedCommandHasNoOptionTwice) {
  BulkSummary some = ended(BulkEnd::finished);
  some.counts.inDoubt = 1;
  EXPECT_EQ(adviceText(some, {"j", "box-sessions resume j --in-doubt report --rate 5"}),
            "to send those in doubt again: box-sessions resume j --rate 5 --in-doubt retry");
  EXPECT_EQ(withOption("box-sessions resume j --keep-going --rate 5", "--keep-going"),
            "box-sessions resume j --rate 5 --keep-going");
  EXPECT_EQ(withOption("a 'x --keep-going y' --file 'it'\\'' --in-doubt report' --in-doubt report", "--in-doubt retry"),
            "a 'x --keep-going y' --file 'it'\\'' --in-doubt report' --in-doubt retry")
      << "a quoted word is not an option";
  EXPECT_EQ(withOption("box-sessions resume j", "--in-doubt retry"), "box-sessions resume j --in-doubt retry");
}

TEST(CliRunEnd, SaysWhereTheOtherRequestIdsAre) {
  NextStep next;
  EXPECT_EQ(requestIdLines(next, std::nullopt), "");
  next.requestIds = {"a", "b"};
  next.acceptedCalls = 2;
  EXPECT_EQ(requestIdLines(next, std::nullopt), "box-request-id: a\nbox-request-id: b\n");
  next.acceptedCalls = 14;
  EXPECT_THAT(requestIdLines(next, std::nullopt), HasSubstr("\nand the box-request-ids of 12 more calls: a run with "
                                                            "--log FILE, --json or --journal FILE keeps them\n"));
  EXPECT_THAT(requestIdLines(next, "log"), HasSubstr("\nand the box-request-ids of 12 more calls, which are in 'log'"));
}

TEST(CliRunEnd, AFailureWithoutARemedySaysToCorrectItsCause) {
  const BulkSummary failed = ended(BulkEnd::failed);
  EXPECT_EQ(adviceText(failed, {}), "correct the cause above, and run it again");
  EXPECT_EQ(advice(failed), "correct the cause above. Then: box-sessions resume j");
  EXPECT_THAT(adviceText(ended(BulkEnd::failed, Errc::proxyRefused), {}),
              testing::EndsWith(". When this is corrected, run it again"));
  const std::string wait = adviceText(ended(BulkEnd::failed, Errc::rateLimited, 429), {});
  EXPECT_THAT(wait, AllOf(HasSubstr("and run it again"), Not(HasSubstr("corrected, run it again"))));
}

TEST(CliRunEnd, TheSameAdviceIsNotGivenTwice) {
  const BulkSummary summary = ended(BulkEnd::unavailable, Errc::hostNotFound);
  NextStep next{"j", "box-sessions resume j"};
  next.told = hintFor(*summary.failure);
  EXPECT_EQ(adviceText(summary, next, false), "when Box answers again: box-sessions resume j");
  EXPECT_THAT(adviceText(summary, next), HasSubstr("machine's DNS"));
  next.told = "another";
  EXPECT_EQ(adviceText(summary, next, false), adviceText(summary, next));
}

TEST(CliRunEnd, WithoutAJournalTheAdviceIsWhatRemains) {
  BulkSummary some = ended(BulkEnd::finished);
  some.counts.notSent = 1;
  EXPECT_EQ(adviceText(some, {"", "box-sessions users --file rest"}), "to continue: box-sessions users --file rest");
  EXPECT_EQ(adviceText(some, {}), "to continue: run it again");
  some.counts.inDoubt = 1;
  EXPECT_EQ(adviceText(some, {}), "to send those in doubt again: run it again");
  EXPECT_THAT(adviceText(ended(BulkEnd::tooManyRejected), {}), HasSubstr("run it again with --keep-going"));
}

TEST(CliRunEnd, TheAdviceNamesTheCausesOfRejections) {
  BulkSummary some = ended(BulkEnd::finished);
  some.counts.rejected = 2;
  EXPECT_EQ(adviceText(some, {"", "", {403, 404}, {}}),
            "403: the credentials have no rights over these entries, such as administrators; check the role of the "
            "credentials' user, and the scope of the app. 404: Box does not know these entries in this "
            "account's enterprise; check the ids and logins, whose credentials these are, and --base-url");
  some.counts.accepted = 1;
  EXPECT_THAT(adviceText(some, {"", "", {404}, {}}), Not(HasSubstr("--base-url"))) << "Box was reached";
  some.counts.accepted = 0;
  EXPECT_THAT(adviceText(some, {"j", "box-sessions resume j", {400}, {}}),
              AllOf(HasSubstr("400: Box does not accept these entries; check them\n"), HasSubstr("for details: ")));
}

TEST(CliRunEnd, TheAdviceDoesNotStopAndGoOnAtOnce) {
  const std::string text = advice(ended(BulkEnd::failed, Errc::tlsVerificationFailed));
  EXPECT_THAT(text, AllOf(HasSubstr("intercepting"), HasSubstr("--ca FILE"),
                          HasSubstr(". When this is corrected: box-sessions resume j")));
  EXPECT_THAT(text, Not(HasSubstr("stop:")));
}

TEST(CliRunEnd, TheReasonOfAStopHasNoCodeNames) {
  EXPECT_THAT(endText(ended(BulkEnd::finished)), IsEmpty());
  EXPECT_EQ(endText(ended(BulkEnd::stopped)), "stopped at your request");
  EXPECT_EQ(endText(ended(BulkEnd::journalFailed)), "stopped: why");
  EXPECT_THAT(endMessage(ended(BulkEnd::finished)), IsEmpty());
  EXPECT_EQ(endMessage(ended(BulkEnd::stopped)), "stopped at your request") << "and not the name of the end again";
  EXPECT_EQ(endMessage(ended(BulkEnd::journalFailed)), "why");
}

TEST(CliRunEnd, TheReasonOfAStopNamesTheProxyThatDidNotAnswer) {
  for (const BulkEnd end : {BulkEnd::deadline, BulkEnd::unavailable}) {
    BulkSummary summary = ended(end);
    ErrorDetails details;
    details.context = "connecting to the proxy proxy.test, port 3128";
    details.atProxy = true;
    summary.failure.emplace(Errc::connectFailed, std::move(details));
    EXPECT_THAT(endText(summary), HasSubstr("\nthe last failure: connecting to the proxy proxy.test, port 3128"));
    EXPECT_THAT(advice(summary), HasSubstr("Check --proxy, and whether this proxy runs"));
  }
  BulkSummary said = ended(BulkEnd::systemic, Errc::forbidden, 403);
  said.message = "every request: " + std::string(said.failure->reason());
  EXPECT_THAT(endText(said), Not(HasSubstr("the last failure")));
}

}  // namespace
}  // namespace box::cli
