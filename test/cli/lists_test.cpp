#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bulk_box.hpp"
#include "process.hpp"

namespace box::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Lists of many formats, which the program reads and sends.
class CliLists : public testing::Test {
 protected:
  Result run(const Strings& arguments, std::string input = {}) const {
    Start start;
    start.arguments = arguments;
    start.environment = {"BOX_DEVELOPER_TOKEN=any", "XDG_STATE_HOME=" + folder.path("state")};
    start.input = std::move(input);
    return test::run(std::move(start));
  }
  /// Ends the sessions of the users in this list.
  Result send(const std::string& content, const Strings& more = {}) const {
    return run(joined(joined({"users", "--file", folder.file("list.csv", content), "--yes"}, box.here()), more));
  }
  std::size_t callsOf(const std::string& user) const { return box.callsOf(user).size(); }

  const Folder folder;
  BulkBox box{folder};
};

TEST_F(CliLists, AnExportIsReadByItsColumnAndTheRunSaysWhich) {
  const Result result = send(
      "First Name [Required],Email Address [Required],Recovery Email,Manager "
      "Email\nAnn,ann@x.org,a@home.org,boss@x.org\n");
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(callsOf("ann@x.org"), 1U);
  EXPECT_EQ(box.users(), 1U);
}

TEST_F(CliLists, TwoColumnsThatFitAreAQuestionAndNothingIsSent) {
  const std::string list = "id,userPrincipalName,mail\n5c5f-a5c1,ann@x.org,ann.lee@x.org\n";
  const Result asked = send(list);
  EXPECT_EQ(asked.status, 3);
  EXPECT_THAT(asked.error, HasSubstr("pick one with --column 'userPrincipalName' or --column 'mail'"));
  EXPECT_EQ(box.emulator().counts().requests, 0U);
  const Result picked = send(list, {"--column", "mail"});
  EXPECT_EQ(picked.status, 0) << picked.error;
  EXPECT_EQ(callsOf("ann.lee@x.org"), 1U);
  EXPECT_EQ(box.users(), 1U);
}

TEST_F(CliLists, AJournalReadsItsListByTheSameColumnAgain) {
  const std::string journal = folder.path("run.journal");
  const Result first = send("user_id,login\n5,ann@x.org\n6,bob@x.org\n", {"--prefer", "id", "--journal", journal});
  EXPECT_EQ(first.status, 0) << first.error;
  EXPECT_EQ(callsOf("5") + callsOf("6"), 2U);
  const Result report = run({"report", journal});
  EXPECT_EQ(report.status, 0) << report.error;
  EXPECT_THAT(report.output, AllOf(HasSubstr("accepted      202     5"), Not(HasSubstr("ann@x.org"))));
  const Result again = run(joined({"resume", journal, "--yes"}, box.here()));
  EXPECT_EQ(again.status, 0) << again.error;
  EXPECT_EQ(box.terminations(), 2U);

  const std::string other = folder.path("other.journal");
  EXPECT_EQ(send("A,B\nann@x.org,cat@x.org\n", {"--column", "B", "--journal", other}).status, 0);
  EXPECT_THAT(run({"report", other}).output, HasSubstr("cat@x.org"));
  EXPECT_EQ(callsOf("ann@x.org"), 0U);
}

TEST_F(CliLists, TheCsvOfAReportIsTakenBack) {
  const std::string journal = folder.path("run.journal");
  EXPECT_EQ(send("+ann@x.org\n7\nbob@x.org\nbob@x.org\n", {"--journal", journal}).status, 0);
  const Result report = run({"report", journal, "--csv"});
  const Result excel = run({"report", journal, "--excel", "--state", "accepted"});
  EXPECT_THAT(report.output, HasSubstr(",'+ann@x.org,accepted,")) << "no formula";
  const Result refused = send(report.output);
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.error, HasSubstr("the list is a report, and Box has accepted this entry already"));
  const Strings all = {"--column", "entry"};
  const Result again = send(report.output, all);
  EXPECT_EQ(again.status, 0) << again.error;
  EXPECT_EQ(callsOf("+ann@x.org"), 2U);
  EXPECT_EQ(callsOf("7"), 2U);
  EXPECT_EQ(callsOf("bob@x.org"), 2U);
  EXPECT_EQ(box.users(), 3U) << "each entry names the same user as before";
  EXPECT_EQ(send(excel.output, all).status, 0);
  EXPECT_EQ(callsOf("+ann@x.org"), 3U);
}

TEST_F(CliLists, WhereBoxKnowsNobodyTheRunStopsEarlyAndSaysWhatToMend) {
  box.emulator().setResponder([](const emulator::RequestInfo& request) -> std::optional<emulator::Reply> {
    if (request.method != "POST") return std::nullopt;
    return emulator::Reply::error(404, "not_found", "Not Found");
  });
  std::string list;
  for (int i = 1; i <= 5'000; ++i) list += std::to_string(i) + "\n";
  const Result result = send(list, {"--rate", "none"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.error,
              AllOf(HasSubstr("every request the same way"),
                    HasSubstr("probably the credentials are of another enterprise"), HasSubstr("resume")));
  EXPECT_THAT(result.output, AllOf(HasSubstr("5,000 users: 0 accepted, "), HasSubstr(" not sent\n"),
                                   HasSubstr(" call refused (Box answered 404), ")));
  EXPECT_LT(box.emulator().counts().requests, 100U);
}

TEST_F(CliLists, ALoginInUpperAndLowerCaseIsSentOnce) {
  const Result result = run(joined({"users", "Ann@x.org", "ANN@X.ORG", "ann@x.org", "--yes"}, box.here()));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output.substr(0, result.output.find('\n')), "3 users: 1 accepted, 2 duplicates");
  EXPECT_EQ(callsOf("Ann@x.org"), 1U);
  EXPECT_EQ(box.users(), 1U);
}

TEST_F(CliLists, ALoginWithTwoIdsIsRefusedAndEachIdCanBeSent) {
  const std::string rows = "user_id,login\n11111111,ann@x.org\n,bob@x.org\n22222222,Ann@x.org\n";
  const std::string text = "have the login 'ann@x.org' with different ids, 11111111 and 22222222, so these may be two";
  for (const Strings& more : {Strings{}, Strings{"--dry-run"}, Strings{"--skip-invalid"}}) {
    const Result refused = send(rows, more);
    EXPECT_EQ(refused.status, 3);
    EXPECT_THAT(refused.error + refused.output, HasSubstr("lines 2 and 4 " + text));
  }
  const std::string one = folder.file("one.csv", "user_id,login\n11111111,Ann@x.org\n");
  const Result gathered = send("user_id,login\n22222222,ann@x.org\n", {"--file", one});
  EXPECT_EQ(gathered.status, 3);
  EXPECT_THAT(gathered.error, HasSubstr("two rows have the login 'ann@x.org' with different ids"));
  EXPECT_EQ(box.users(), 0U);
  EXPECT_EQ(send(rows, {"--prefer", "id"}).status, 0);
  EXPECT_EQ(box.users(), 3U);
  EXPECT_EQ(callsOf("22222222"), 1U);
  EXPECT_EQ(send(rows, {"--column", "login"}).status, 0);
  EXPECT_EQ(send("user_id,login\n7,cy@x.org\n7,cy@x.org\n,cy@x.org\n", {}).status, 0) << "one person";
  EXPECT_EQ(send("id,email\n11111111,dee@x.org\n22222222,dee@x.org\n", {}).status, 0)
      << "these ids may be of any system";
}

TEST_F(CliLists, AFileOfWhichNobodyWhoMustStayIsInTheListIsRefused) {
  const std::string file = folder.file("stay.csv", "user_id,login\n7,brakeglass@x.org\n");
  const Strings stay = {"--exclude", file};
  const std::string missing = "--exclude " + file + ": its only entry names nobody in the list: brakeglass@x.org";
  for (const Strings& more : {Strings{}, Strings{"--quiet"}}) {
    const Result result = send("ann@x.org\nbreakglass@x.org\n", joined(stay, more));
    EXPECT_EQ(result.status, 3);
    EXPECT_THAT(result.error,
                AllOf(HasSubstr(missing),
                      HasSubstr("nothing was sent: a file of --exclude names people who are not in the list"),
                      HasSubstr("or add --exclude-unmatched")));
  }
  EXPECT_EQ(box.users(), 0U);
  const Result allowed = send("ann@x.org\n", joined(stay, {"--exclude-unmatched"}));
  EXPECT_EQ(allowed.status, 0) << allowed.error;
  EXPECT_THAT(allowed.error, HasSubstr(missing));
  EXPECT_EQ(box.users(), 1U);
  const Result tried = run(joined(joined({"users", "ann@x.org", "bad", "--dry-run"}, stay), box.here()));
  EXPECT_EQ(tried.status, 3) << tried.error << "as with --yes";
  const Strings reasons = {
      "With --yes: refused, because 1 entry is invalid: correct it and run this again, or send the others with "
      "--skip-invalid.\n",
      "With --yes: refused, because a file of --exclude names people who are not in the list"};
  EXPECT_THAT(
      tried.output,
      AllOf(
          HasSubstr(reasons[0]), HasSubstr(reasons[1]), HasSubstr("standing list"),
          HasSubstr(
              "\nWithout --yes you would be asked, and 1 user of 2 entries (1 invalid entry) would be signed out at "),
          Not(HasSubstr("Would sign out"))));
  const auto plan =
      eventsIn(run(joined(joined({"users", "ann@x.org", "bad", "--dry-run", "--json"}, stay), box.here())).output);
  EXPECT_EQ(plan.at(0).at("refusedWithYes").as_array().size(), 2U);
}

TEST_F(CliLists, OneWhoMustStayAndIsMisspeltBesideOthersIsRefused) {
  const Strings stay = {"--exclude", folder.file("stay.csv", "user_id,login\n7,ceo@x.0rg\n8,ann@x.org\n")};
  const std::string list = "ann@x.org\nceo@x.org\n";
  const Result result = send(list, stay);
  EXPECT_EQ(result.status, 3) << result.error;
  EXPECT_THAT(result.error, HasSubstr("1 of its 2 entries names nobody in the list: ceo@x.0rg\n"));
  EXPECT_EQ(box.users(), 0U);
  EXPECT_EQ(send(list, joined(stay, {"--exclude-unmatched"})).status, 0);
  EXPECT_EQ(box.users(), 1U);
}

TEST_F(CliLists, WhoWasAcceptedBeforeIsLeftOutByTheReport) {
  const std::string journal = folder.path("run.journal");
  EXPECT_EQ(send("ann@x.org\ncat@x.org\n", {"--journal", journal}).status, 0);
  const std::string report = folder.file("report.csv", run({"report", journal, "--csv"}).output);
  const Result result = send("ann@x.org\ncat@x.org\nbob@x.org\n", {"--exclude", report});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(callsOf("ann@x.org") + callsOf("cat@x.org"), 2U) << "once each";
  EXPECT_EQ(callsOf("bob@x.org"), 1U);
}

TEST_F(CliLists, EveryNameOfSomebodyWhoMustStayProtects) {
  const Strings stay = {"--exclude", folder.file("stay.csv", "Login,Email\nann@x.org,ann2@x.org\n")};
  const Result sent = send("ann@x.org\nann2@x.org\nbob@x.org\n", stay);
  EXPECT_EQ(sent.status, 0) << sent.error;
  EXPECT_EQ(callsOf("bob@x.org"), 1U);
  EXPECT_EQ(box.users(), 1U);
  const std::string columns = "stay.csv: read by columns 'Login' and 'Email'\n";
  EXPECT_THAT(sent.error, HasSubstr(columns));
  EXPECT_THAT(send("ann@x.org\nbob@x.org\n", joined(stay, {"--dry-run"})).output, HasSubstr(columns));
}

TEST_F(CliLists, TheColumnOfEachFileIsShownWhereTheyDiffer) {
  Strings arguments = joined({"users", "--dry-run"}, box.here());
  Strings names;
  const Strings lists = {"login\n1@x.org\n", "Email Address [Required],b\n2@x.org,\n", "3@x.org\n", "mail\n4@x.org\n"};
  for (std::size_t i = 0; i < lists.size(); ++i) {
    names.push_back(folder.file("list" + std::to_string(i), lists[i]));
    arguments = joined(arguments, {"--file", names.back()});
  }
  EXPECT_THAT(run(arguments).output,
              HasSubstr("From 4 files, '" + names[0] + "' by column 'login', '" + names[1] +
                        "' by column 'Email Address [Required]', '" + names[2] + "' line by line and 1 more: "));
  const Strings same = {"users", "--dry-run", "--file", names[0], "--file", folder.file("more", "login\n5@x.org\n")};
  EXPECT_THAT(run(joined(same, box.here())).output, HasSubstr("From 2 files, column 'login': "));
}

// The journal needs the room that is left.
TEST_F(CliLists, ACopyOfTheListThatHasNoRoomIsLeftOutWholly) {
  const std::string journal = folder.path("run.journal");
  const std::string list =
      folder.file("list", "1\n# " + std::string(60'000, 'x') + "\n# " + std::string(60'000, 'x') + "\n");
  Start start;
  start.arguments = joined({"users", "--file", list, "--yes", "--journal", journal}, box.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=any"};
  start.fileSizeLimit = 80'000;
  const Result result = test::run(std::move(start));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("no copy of the list is kept: cannot write '" + journal +
                                      ".list': it would be larger than files may be here"));
  EXPECT_FALSE(std::filesystem::exists(journal + ".list"));
  EXPECT_EQ(callsOf("1"), 1U);
}

TEST_F(CliLists, ADryRunEndsAsTheRunWould) {
  const Strings bad = {"--skip-invalid"};
  for (const Strings& more : {Strings{}, bad}) {
    const Result tried = send("8\nbad\n", joined(more, {"--dry-run"}));
    const Strings list = joined(joined({"users", "8", "bad", "--dry-run"}, more), box.here());
    EXPECT_EQ(run(list).status, tried.status) << "with and without --yes";
    EXPECT_EQ(send("8\nbad\n", more).status, tried.status);
    EXPECT_EQ(tried.output.find("With --yes: refused, because ") != std::string::npos, tried.status == 3);
  }
  for (const char* const unsendable : {"", "bad\n", "work,home\na@x.org,b@x.org\n"}) {
    const Result tried = send(unsendable, {"--dry-run"});
    EXPECT_EQ(tried.status, 3);
    EXPECT_THAT(tried.output, testing::StartsWith("With --yes nothing would be sent: ")) << unsendable;
    EXPECT_THAT(send(unsendable, {"--dry-run", "--quiet"}).error, HasSubstr("with --yes nothing would be sent: "));
  }
}

TEST_F(CliLists, ThatRemainAreMarkedUntilTheRunHasEnded) {
  box.emulator().setResponder([](const emulator::RequestInfo& request) -> std::optional<emulator::Reply> {
    if (request.method != "POST") return std::nullopt;
    return emulator::Reply::hang();
  });
  const std::string journal = folder.path("run.journal"), rest = folder.path("rest");
  Start start;
  start.arguments = joined({"users", "8", "9", "--yes", "--journal", journal, "--remaining", rest}, box.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=any"};
  Process process(std::move(start));
  ASSERT_TRUE(box.emulator().waitForRequests(2, std::chrono::seconds(30)));
  process.signal(SIGKILL);
  process.wait();
  const std::string content = contentOf(rest);
  EXPECT_THAT(content,
              AllOf(HasSubstr("# The run has not ended"), HasSubstr("To continue: box-sessions resume " + journal),
                    HasSubstr("\n8\n9\n"), Not(HasSubstr("# not sent"))));
  box.emulator().setResponder(nullptr);
  const Result again = run(joined({"resume", journal, "--yes", "--remaining", rest}, box.here()));
  EXPECT_EQ(again.status, 0) << again.error;
  EXPECT_EQ(contentOf(rest), "");
}

TEST_F(CliLists, WhoMustStayIsLeftOutAlsoWhenTheRunIsResumed) {
  const std::string journal = folder.path("run.journal");
  const Strings stay = {"--exclude", folder.file("stay.csv", "user_id,login\n7,Admin@x.org\n"), "--journal", journal};
  const Result result = send("ann@x.org\nadmin@x.org\n7\n8\n", stay);
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("2 left out because of --exclude: admin@x.org, 7"));
  EXPECT_EQ(box.users(), 2U);
  EXPECT_EQ(callsOf("admin@x.org") + callsOf("7"), 0U);
  EXPECT_EQ(run(joined({"resume", journal, "--yes"}, box.here())).status, 0);
  EXPECT_EQ(box.users(), 2U);
  EXPECT_THAT(run({"report", journal}).output,
              AllOf(HasSubstr("2 users: 2 accepted"), HasSubstr("\n2         4         2"),
                    HasSubstr("accepted      202     8"),
                    HasSubstr("\n2 left out because of --exclude: admin@x.org, 7. All of them are at the end of " +
                              journal + ".list\n")))
      << "the line of the operator's list is kept";
  EXPECT_THAT(contentOf(journal + ".list"), HasSubstr("\n,admin@x.org,,left out because of --exclude\n7,,,left out"));
}

TEST_F(CliLists, WhereEverybodyMustStayNothingIsSentAndTheyAreNamed) {
  const std::string file = folder.file("stay.csv", "user_id,login\n7,admin@x.org\n");
  const Result result = send("admin@x.org\n", {"--exclude", file});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, AllOf(HasSubstr("1 left out because of --exclude: admin@x.org\n"),
                                  HasSubstr("nothing was sent: nobody is left of '")));
}

TEST_F(CliLists, ADryRunShowsEverybodyWithVerbose) {
  const std::string file = folder.file("list.csv", "1\n2\n3\n4\n5\n6\n7\n");
  const Strings arguments = joined({"users", "--file", file, "--dry-run"}, box.here());
  EXPECT_THAT(run(arguments).output, HasSubstr("1, 2, 3, 4, 5 and 2 more (--verbose shows all)\n"));
  EXPECT_THAT(run(joined(arguments, {"--verbose"})).output, HasSubstr(":\n  1\n  2\n  3\n  4\n  5\n  6\n  7\nWould"));
}

TEST_F(CliLists, TheNameOfAJournalCannotDisturbATerminal) {
  std::filesystem::create_directories(folder.path("state/box-sessions"));
  const std::string journal = folder.path("state/box-sessions/e\x1b[31m.journal");
  for (const Strings& command : {joined({"users", "7", "--yes", "--journal", journal}, box.here()),
                                 joined({"users", "7", "--yes", "--journal", journal}, box.here()),
                                 joined({"resume", journal, "--yes"}, box.here()), Strings{"report", journal},
                                 Strings{"report"}, Strings{"report", journal + "x"}}) {
    const Result result = run(command);
    EXPECT_THAT(result.output + result.error, Not(HasSubstr("\x1b"))) << command.front();
  }
}

TEST_F(CliLists, TheReportIdentifiesAnInvalidEntry) {
  const std::string journal = folder.path("run.journal");
  send("8\nno\x1bt\n9\n", {"--skip-invalid", "--journal", journal});
  const Result report = run({"report", journal});
  EXPECT_EQ(report.status, 1) << "the status of the run";
  EXPECT_THAT(report.output, HasSubstr("invalid       -       'no\\x1bt'"));
  const Result csv = run({"report", journal, "--csv", "--state", "invalid"});
  EXPECT_EQ(csv.status, 1) << "for all entries";
  EXPECT_THAT(csv.output, HasSubstr("\n2,2,'no\\x1bt',invalid,"));
  EXPECT_THAT(send(csv.output).error, HasSubstr("is neither an id")) << "it is not sent when it is read again";
}

TEST_F(CliLists, WhoMustStayIsLeftOutOfTheArguments) {
  const Strings stay = {"--yes", "--exclude", folder.file("stay.csv", "user_id,login\n7,admin@x.org\n")};
  const Result result = run(joined(joined({"users", "7", "8", "ADMIN@x.org"}, stay), box.here()));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("2 left out because of --exclude: 7, ADMIN@x.org"));
  EXPECT_EQ(box.users(), 1U);
  EXPECT_EQ(callsOf("8"), 1U);
}

TEST_F(CliLists, WhoMustStayAndIsNotInTheListIsNamed) {
  const std::string file = folder.file("stay.csv", "user_id,login\n7,brakeglass@x.org\n8,ann@x.org\n");
  const Strings stay = {"--exclude", file};
  const Result result = send("ann@x.org\nbreakglass@x.org\n", joined(stay, {"--dry-run"}));
  EXPECT_EQ(result.status, 3) << result.error;
  EXPECT_THAT(result.error,
              HasSubstr("--exclude " + file + ": 1 of its 2 entries names nobody in the list: brakeglass@x.org"));
}

TEST_F(CliLists, AnArgumentThatIsAListIsRecognized) {
  const std::string list = folder.file("people.csv", "ann@x.org\n");
  const Result result = run(joined({"users", list, "--yes"}, box.here()));
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("Is it a list? Then: --file '" + list + "'"));
}

TEST_F(CliLists, AListThatIsGoneIsAskedFor) {
  const std::string journal = folder.path("run.journal");
  ASSERT_EQ(send("8\n9\n", {"--journal", journal}).status, 0);
  std::filesystem::remove(folder.path("list.csv"));
  std::filesystem::remove(journal + ".list");
  for (const Strings& command : {Strings{"report", journal}, joined({"resume", journal, "--yes"}, box.here())}) {
    const Result result = run(command);
    EXPECT_EQ(result.status, 3);
    EXPECT_THAT(result.error, HasSubstr("in another place now, name it with --file")) << command.front();
  }
}

TEST_F(CliLists, AListThatIsGoneOrChangedIsReadFromItsCopy) {
  const std::string journal = folder.path("run.journal");
  ASSERT_EQ(send("8\n9\n", {"--journal", journal}).status, 0);
  EXPECT_EQ(run({"report", journal}).error, "");
  const auto expectCopy = [&] {
    const Result report = run({"report", journal});
    EXPECT_EQ(report.status, 0) << report.error;
    EXPECT_THAT(report.output, HasSubstr("2 users: 2 accepted"));
    EXPECT_THAT(report.error, AllOf(HasSubstr("list.csv' is not there or was changed since"),
                                    HasSubstr("read from its copy '" + journal + ".list'")));
  };
  folder.file("list.csv", "8\n9\n10\n");
  expectCopy();
  std::filesystem::remove(folder.path("list.csv"));
  expectCopy();
  const Result resumed = run(joined({"resume", journal, "--yes"}, box.here()));
  EXPECT_EQ(resumed.status, 3);
  EXPECT_THAT(resumed.error, HasSubstr("A copy of it as it was is '" + journal + ".list'"));
  EXPECT_EQ(run(joined({"resume", journal, "--yes", "--file", journal + ".list"}, box.here())).status, 0);
}

TEST_F(CliLists, TheReportKnowsWhatWasWrongWithAnArgument) {
  const std::string journal = folder.path("run.journal");
  const Result result =
      run(joined({"users", "8", "bad", "--skip-invalid", "--yes", "--json", "--journal", journal}, box.here()));
  EXPECT_EQ(result.status, 1) << result.error;
  EXPECT_THAT(result.output, HasSubstr("\"message\":\"invalid at argument 2: 'bad' is neither an id"));
  const std::string report = run({"report", journal}).output;
  EXPECT_THAT(report, AllOf(HasSubstr("invalid at argument 2: 'bad' is neither an id"),
                            HasSubstr("\n1         -         2"), HasSubstr("invalid       -       'bad'  ")))
      << "an argument has no line";
}

TEST_F(CliLists, InvalidEntriesAreCommentsInTheFileOfWhatRemains) {
  const std::string rest = folder.path("rest");
  const Strings options = {"--skip-invalid", "--remaining", rest, "--yes"};
  EXPECT_EQ(send("8\nbad\n", options).status, 1);
  const std::string heading = "# invalid, and not sent: write these entries again, correct and without #\n";
  EXPECT_THAT(contentOf(rest), testing::StartsWith(heading + "# line 2, character 1: 'bad' is neither an id"));
  EXPECT_EQ(run(joined(joined({"users", "8", "worse"}, options), box.here())).status, 1);
  EXPECT_THAT(contentOf(rest), testing::StartsWith(heading + "# invalid at argument 2: 'worse' is neither an id"));
  EXPECT_THAT(run(joined({"users", "--file", rest, "--yes"}, box.here())).error, HasSubstr("names no users"));
}

TEST_F(CliLists, LettersThatLookLatinAreNoted) {
  const Result result = send("ann@x.org\n\xd0\xb0nn@x.org\n");
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("Careful: 1 login has letters of another alphabet or full-width letters among "
                                      "Latin ones, which may look the same: '\xd0\xb0nn@x.org' with U+0430\n"));
  EXPECT_THAT(run(joined({"users", "\xd0\xb0nn@x.org", "--yes"}, box.here())).error, HasSubstr("U+0430"));
  EXPECT_THAT(send("ann@x.org\n").error, Not(HasSubstr("Careful")));
}

TEST_F(CliLists, ADomainWithoutADotIsNoted) {
  EXPECT_THAT(send("ann@x.org\nbob@xorg\neve@yorg\n7\n").error,
              HasSubstr("Careful: 2 logins have a domain without a dot, which is probably not whole. The first: "
                        "'bob@xorg'\n"));
}

TEST_F(CliLists, AShortRunSaysHowToKeepARecord) {
  const std::string hint =
      ". No record of this run is kept: --journal FILE keeps one, from which 'box-sessions follow'";
  EXPECT_THAT(send("8\n").error, HasSubstr(hint));
  EXPECT_THAT(send("8\n", {"--journal", folder.path("j")}).error, Not(HasSubstr(hint)));
}

TEST_F(CliLists, AnIdThatExcelHasRoundedIsRefused) {
  const Result result = send("user_id\n123456789012345000\n");
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("a spreadsheet such as Excel has changed it"));
  EXPECT_EQ(box.emulator().counts().requests, 0U);
}

TEST_F(CliLists, WhoMustStayHasToBeKnown) {
  const Result unreadable = send("ann@x.org\n", {"--exclude", folder.file("stay.csv", "admin@x.org\nnobody\n")});
  EXPECT_EQ(unreadable.status, 3);
  EXPECT_THAT(unreadable.error, HasSubstr("stay.csv, line 2, character 1: 'nobody' is neither"));
  const Result nobody = send("ann@x.org\n", {"--exclude", folder.file("stay.csv", "# nobody yet\n")});
  EXPECT_EQ(nobody.status, 3);
  EXPECT_THAT(nobody.error, HasSubstr("--exclude names nobody"));
  const Result unlike = send("ann@x.org\n8\n", {"--exclude", folder.file("stay.csv", "admin@x.org\n")});
  EXPECT_EQ(unlike.status, 3);
  EXPECT_THAT(unlike.error, HasSubstr("name those who must stay by id and login"));
  const Result shortIds = send("8\n", {"--exclude", folder.file("stay.csv", "id,login\n7777777,admin@x.org\n")});
  EXPECT_EQ(shortIds.status, 3);
  EXPECT_THAT(shortIds.error, AllOf(HasSubstr("stay.csv: column 'id' has numbers of fewer than 8 digits"),
                                    HasSubstr("in CSV with the header user_id,login")));
  EXPECT_EQ(send("ann@x.org\n", {"--exclude", folder.path("nowhere")}).status, 3);
  EXPECT_EQ(box.emulator().counts().requests, 0U);
}

TEST_F(CliLists, TheListOfThoseWhoMustStayIsNotOverwritten) {
  const std::string stay = folder.file("stay.csv", "user_id,login\n7,admin@x.org\n");
  const Result result = send("ann@x.org\n", {"--exclude", stay, "--remaining", stay});
  EXPECT_EQ(result.status, 3) << result.error;
  EXPECT_EQ(box.emulator().counts().requests, 0U);
}

}  // namespace
}  // namespace box::cli::test
