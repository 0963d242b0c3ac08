#include "cli/run_plan.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace box::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(CliRunPlan, TheQuestionAndThePlanShowAsWhomAndHow) {
  RunPlan plan;
  plan.counts.notSent = plan.toSend = 3;
  plan.host = "api.box.com";
  plan.source = "3 arguments";
  plan.first = {"1", "2", "3"};
  plan.asUser = "42";
  plan.suppressNotifications = true;
  EXPECT_EQ(questionText(plan),
            "From 3 arguments: 1, 2, 3\n"
            "This signs out 3 users at api.box.com, with credentials of an account that Box does not name, as user 42, "
            "without mails from Box. Continue? [y/N] ");
  plan.account = "Ann (id 11) of Example Inc. (enterprise 5)";
  EXPECT_THAT(questionText(plan),
              HasSubstr("with the credentials of Ann (id 11) of Example Inc. (enterprise 5), as user"));
  EXPECT_EQ(planJson(plan).at("account").as_string(), plan.account);
  EXPECT_EQ(planJson(plan).at("asUser"), "42");
  EXPECT_EQ(planJson(plan).at("suppressNotifications"), true);
}

TEST(CliRunPlan, TheQuestionShowsTheFirstTheInvalidAndTheRecord) {
  RunPlan plan;
  plan.counts.notSent = plan.toSend = 7;
  plan.counts.invalid = 2;
  plan.source = "'a.csv'";
  plan.first = {"1", "2", "3", "4", "ann\x1b@example.com"};
  plan.journal = "j";
  const std::string question = questionText(plan);
  EXPECT_THAT(question,
              HasSubstr("From 'a.csv': 1, 2, 3, 4, ann\\x1b@example.com and 2 more (--dry-run --verbose shows all)\n"));
  EXPECT_THAT(
      question,
      HasSubstr("2 entries are invalid and skipped: nobody is signed out for them.\nA record will be kept in j\n"));
  EXPECT_THAT(question, Not(HasSubstr("you are")));
  EXPECT_FALSE(planJson(plan).contains("accountInList"));
  plan.hasAccount = true;
  for (const std::string& text : {questionText(plan), planText(plan)}) {
    EXPECT_THAT(text, HasSubstr("Careful: you are in the list yourself: leave yourself out with --exclude-me, or in a "
                                "resume with --exclude\n"));
  }
  EXPECT_EQ(planJson(plan).at("accountInList"), true);
  plan.warnings = {"--exclude 'stay': its only entry names nobody in the list: x@y.org"};
  EXPECT_THAT(questionText(plan),
              HasSubstr("\nCareful: --exclude 'stay': its only entry names nobody in the list: x@y.org\n"));
  EXPECT_EQ(planJson(plan).at("excludeUnmatched").as_array().size(), 1U);
  EXPECT_EQ(planJson(plan).at("source"), "'a.csv'");
}

TEST(CliRunPlan, NamesWhoIsLeftOut) {
  RunPlan plan;
  plan.counts.notSent = plan.toSend = 1;
  plan.first = {"1"};
  plan.leftOut = {"2 left out because of --exclude: boss@x.org, 5"};
  for (const std::string& text : {questionText(plan), planText(plan)}) {
    EXPECT_THAT(text, HasSubstr("\n2 left out because of --exclude: boss@x.org, 5\n"));
  }
  EXPECT_EQ(planJson(plan).at("leftOut").as_array().size(), 1U);
}

TEST(CliRunPlan, APlanSaysHowToSeeEverybodyAndThenShowsALineForEach) {
  RunPlan plan;
  plan.counts.notSent = plan.toSend = 1200;
  plan.source = "'a.csv'";
  plan.first = {"1", "2"};
  EXPECT_THAT(planText(plan), HasSubstr("From 'a.csv': 1, 2 and 1,198 more (--verbose shows all)\n"));
  EXPECT_EQ(planJson(plan).at("first").as_array().size(), 2U);
  plan.first = {"1", "2", "3", "4", "5", "6"};
  plan.toSend = 6;
  EXPECT_THAT(planText(plan), HasSubstr("From 'a.csv':\n  1\n  2\n  3\n  4\n  5\n  6\nWould"));
}

TEST(CliRunPlan, SaysThatAnIdAndALoginMayBeTheSamePerson) {
  RunPlan plan;
  plan.counts.notSent = plan.toSend = 3;
  plan.logins = 1;
  const std::string note =
      "2 ids and 1 login: an id and a login of the same person cannot be recognized as duplicates, and count as two "
      "users\n";
  EXPECT_EQ(planJson(plan).at("ids"), 2);
  EXPECT_EQ(planJson(plan).at("logins"), 1);
  EXPECT_THAT(planText(plan), HasSubstr(note));
  EXPECT_THAT(questionText(plan), HasSubstr(note));
  for (const std::uint64_t same : {0U, 3U}) {
    plan.logins = same;
    EXPECT_THAT(planText(plan), Not(HasSubstr("same person")));
  }
}

TEST(CliRunPlan, SaysWhichOneIsADryRunAndWhenNoRecordIsKept) {
  RunPlan plan;
  EXPECT_EQ(planJson(plan).at("dryRun"), false);
  EXPECT_THAT(questionText(plan), Not(HasSubstr("--journal")));
  plan.isDryRun = plan.hasNoRecord = true;
  EXPECT_EQ(planJson(plan).at("dryRun"), true);
  EXPECT_THAT(questionText(plan), HasSubstr("\nNo record of this run is kept: --journal FILE keeps one\n"));
}

TEST(CliRunPlan, APlanOfARunThatIsRefusedWithYesSaysIt) {
  RunPlan plan;
  plan.counts.notSent = plan.toSend = 8;
  plan.refusals = {"1 entry is invalid: correct it", "a file names nobody"};
  EXPECT_THAT(planText(plan), HasSubstr("With --yes: refused, because 1 entry is invalid: correct it.\nWith --yes: "
                                        "refused, because a file names nobody.\nWithout --yes you would be asked, and "
                                        "8 users would be signed out at  with 1 call of at most 100,"));
  EXPECT_THAT(planText(plan), Not(HasSubstr("Would sign out")));
  EXPECT_EQ(planJson(plan).at("refusedWithYes").as_array().size(), 2U);
}

TEST(CliRunPlan, SaysWhenNothingIsLeftToDo) {
  RunPlan plan;
  plan.counts.accepted = 8;
  plan.source = "'a.csv', columns 'login' and 'user_id'";
  EXPECT_EQ(planText(plan), "Nothing is left to do.\n");
  plan.leftOut = {"2 left out because of --exclude: boss@x.org, 5"};
  EXPECT_EQ(planText(plan), "2 left out because of --exclude: boss@x.org, 5\nNothing is left to do.\n");
}

TEST(CliRunPlan, SaysByWhichColumnsThoseWhoMustStayWereRead) {
  RunPlan plan;
  plan.counts.notSent = plan.toSend = 1;
  plan.first = {"1"};
  plan.excludeColumns = {"--exclude stay.csv: read by columns 'Login' and 'Email'"};
  for (const std::string& text : {questionText(plan), planText(plan)}) {
    EXPECT_THAT(text, HasSubstr("\n--exclude stay.csv: read by columns 'Login' and 'Email'\n"));
  }
  EXPECT_EQ(planJson(plan).at("excludeColumns").as_array().size(), 1U);
}

TEST(CliRunPlan, AboveAHundredTheNumberIsTyped) {
  RunPlan plan;
  plan.counts.notSent = plan.toSend = 100;
  EXPECT_TRUE(isYes(plan, " Yes "));
  EXPECT_TRUE(isYes(plan, "y"));
  EXPECT_FALSE(isYes(plan, "100"));
  EXPECT_FALSE(isYes(plan, ""));
  plan.counts.notSent = plan.toSend = 1200;
  EXPECT_THAT(questionText(plan), HasSubstr("To continue, type the number of users (1200): "));
  EXPECT_TRUE(isYes(plan, "1200"));
  EXPECT_TRUE(isYes(plan, "1,200 "));
  for (const char* const answer : {"y", "yes", "", "120", "12000"}) EXPECT_FALSE(isYes(plan, answer)) << answer;
  for (const char* const answer : {"y", "yes", "120", "12000"}) EXPECT_TRUE(isUnclear(plan, answer)) << answer;
  for (const char* const answer : {"", "n", "No ", "1200"}) EXPECT_FALSE(isUnclear(plan, answer)) << answer;
  EXPECT_THAT(questionAgain(plan), HasSubstr("type 1200; to stop, type no: "));
  plan.toSend = 100;
  EXPECT_FALSE(isUnclear(plan, "100")) << "everything but a yes is a no";
}

TEST(CliRunPlan, ThePlanSaysHowManyCallsAndHowLong) {
  RunPlan plan;
  plan.counts.notSent = plan.toSend = 3;
  plan.batch = 2;
  plan.baseUrl = "https://api.box.com";
  plan.source = "3 arguments";
  plan.first = {"1", "2", "3"};
  EXPECT_EQ(planText(plan),
            "From 3 arguments: 1, 2, 3\nWould sign out 3 users at https://api.box.com with 2 calls of at most 2, in "
            "about 1 s at 15 calls/s. Nothing was sent.\n");
  plan.target = Target::groups;
  EXPECT_THAT(planText(plan), HasSubstr("Would sign out the members of 3 groups at "));
}

}  // namespace
}  // namespace box::cli
