// Runs with a journal: the program's output, files and exit status.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bulk_box.hpp"
#include "process.hpp"
#include "support/sanitizers.hpp"

namespace box::cli::test {
namespace {

namespace json = boost::json;
using emulator::Reply;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;

const std::string canary = "T0kenCanary9xQvGmW2LrZbK4sYhDfN8";

class CliBulk : public testing::Test {
 protected:
  void serve(emulator::EmulatorOptions options = {}) { box.emplace(folder, std::move(options)); }

  Start startOf(Strings arguments) const {
    Start start;
    start.arguments = std::move(arguments);
    start.environment = {"BOX_DEVELOPER_TOKEN=" + canary};
    return start;
  }
  Result run(Strings arguments) const {
    Result result = test::run(startOf(std::move(arguments)));
    EXPECT_THAT(result.output + result.error + contentOf(journal), Not(HasSubstr(canary)));
    return result;
  }
  Strings users(const Strings& more = {}) const {
    return joined(joined({"users", "--file", list, "--journal", journal, "--yes"}, box->here()), more);
  }
  Strings resume(const Strings& more = {}) const {
    return joined(joined({"resume", journal, "--yes"}, box->here()), more);
  }
  /// As resume(), without options for the host, which only the journal has.
  Strings resumeAnywhere(const Strings& more = {}) const {
    return joined(joined({"resume", journal, "--yes"}, box->ca()), more);
  }
  /// Makes Box answer the calls that end sessions in this way, but not the question for the account.
  void answerCalls(std::function<std::optional<Reply>(const emulator::RequestInfo&)> answer) {
    box->emulator().setResponder([answer](const emulator::RequestInfo& request) -> std::optional<Reply> {
      return request.method == "POST" ? answer(request) : std::nullopt;
    });
  }
  /// The answer to one call comes so late that the test has done its part before, also where the machine is busy.
  void answerLate(int call) {
    answerCalls([call, calls = 0](const emulator::RequestInfo&) mutable -> std::optional<Reply> {
      if (++calls != call) return std::nullopt;
      return Reply::asBox().after(6s);
    });
  }
  std::string report(const Strings& more = {}) const { return run(joined({"report", journal}, more)).output; }

  const Folder folder;
  std::string list = folder.file("people.csv", "user_id,login\n1,\n2,\n,ann@example.com\n3,\n");
  std::string journal = folder.path("run.journal");
  std::optional<BulkBox> box;
};

TEST_F(CliBulk, EveryoneIsSignedOutOnceAndReported) {
  serve();
  const Result result = run(users());
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output, "4 users: 4 accepted\n");
  EXPECT_THAT(result.error, AllOf(HasSubstr("3 ids and 1 login: an id and a login of the same person cannot be"),
                                  Not(HasSubstr("may still be signed in"))));
  EXPECT_EQ(box->terminations(), 4U);
  struct stat status {};
  ASSERT_EQ(::stat(journal.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(report(),
              AllOf(HasSubstr("  accepted      202     ann@example.com  " + box->callsOf("ann@example.com").front()),
                    HasSubstr("4 users: 4 accepted")));
}

TEST_F(CliBulk, GroupsGoTheSameWay) {
  serve();
  list = folder.file("groups", "7\n8\n");
  const Result result = run(joined({"groups", "--file", list, "--journal", journal, "--yes"}, box->here()));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(box->terminations(), 2U);
  EXPECT_THAT(report(), HasSubstr("2 groups: 2 accepted"));
}

TEST_F(CliBulk, WhoIsRefusedInvalidOrTwiceThereIsReportedAndTheRestGoesOut) {
  emulator::EmulatorOptions options;
  options.unknownUserIds = {"4"};
  serve(std::move(options));
  list = folder.file("list", "# leavers\n1\nnobody\n2\n1\n4\n=cmd@x.org\n");
  const Result refused = run(users());
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.error,
              AllOf(HasSubstr("list, line 3, character 1: 'nobody' is neither"),
                    HasSubstr("nothing was sent: 1 entry is invalid: correct it and run this again, or send the others "
                              "with --skip-invalid")));
  EXPECT_EQ(box->emulator().counts().requests, 0U);
  EXPECT_FALSE(std::filesystem::exists(journal));
  const Result result = run(users({"--skip-invalid"}));
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.output, "6 users: 3 accepted, 1 rejected, 1 invalid entry, 1 duplicate\n");
  EXPECT_THAT(result.error, AllOf(HasSubstr("list, line 3, character 1: 'nobody' is neither"),
                                  HasSubstr("4 (line 6): rejected: 404 Not Found, "), Not(HasSubstr("not_found")),
                                  HasSubstr("2 users may still be signed in: 1 rejected, 1 invalid entry\n"),
                                  HasSubstr("box-sessions report ")));
  const Result csv = run({"report", journal, "--csv"});
  EXPECT_EQ(csv.status, 1);
  EXPECT_THAT(csv.output,
              AllOf(HasSubstr("number,line,entry,state,status,code,message,box_request_id,repeats,time,person,"),
                    HasSubstr("\n2,3,'nobody',invalid,,,character 1: 'nobody' is neither"),
                    HasSubstr("\n4,5,1,duplicate,,,,,1,,,"), HasSubstr("\n5,6,4,rejected,404,not_found,"),
                    HasSubstr("\n6,7,'=cmd@x.org,accepted,")));
  EXPECT_THAT(
      report(),
      HasSubstr("\n4         5         -                     duplicate     -       1           repeats no. 1\n"));
  const auto events = eventsIn(report({"--json"}));
  ASSERT_EQ(events.size(), 7U);
  EXPECT_EQ(events[4].at("state"), "rejected");
  EXPECT_EQ(events[4].at("code"), "not_found");
  EXPECT_EQ(events[3].at("number"), 4);
  EXPECT_EQ(events[3].at("line"), 5);
  EXPECT_EQ(events[3].at("repeats"), 1);
  EXPECT_EQ(events[6].at("accepted"), 3);
  EXPECT_EQ(events[6].at("exitStatus"), 1);
  EXPECT_EQ(events[6].at("finished"), true);
}

TEST_F(CliBulk, WhereBoxRefusesEverythingItStopsUnlessToldToKeepGoing) {
  emulator::EmulatorOptions options;
  std::string entries;
  for (int i = 1; i <= 1200; ++i) {  // enough for the limit on the share of rejected entries to apply, too
    options.unknownUserIds.push_back(std::to_string(i));
    entries += std::to_string(i) + "\n";
  }
  serve(std::move(options));
  list = folder.file("gone", entries);
  const Result stopped = run(users({"--rate", "none"}));
  EXPECT_EQ(stopped.status, 1);
  EXPECT_THAT(stopped.output, AllOf(HasSubstr("1,200 users: 0 accepted, "),
                                    HasSubstr(" call refused (Box answered 404), "), HasSubstr(" not sent\n")));
  EXPECT_THAT(report(), AllOf(HasSubstr("\nBox refused the last call with 404\n"), HasSubstr("\n" + stopped.output),
                              HasSubstr("  call refused  404 "), HasSubstr("  not sent      -  ")))
      << "the report says what the run has said";
  EXPECT_THAT(report({"--state", "callRefused"}), Not(HasSubstr("  not sent      -  ")));
  EXPECT_EQ(eventsIn(report({"--state", "notSent", "--json"})).size(), 1201U) << "a list of all who are left";
  EXPECT_THAT(stopped.error, AllOf(HasSubstr("stopped: Box rejected every request the same way"),
                                   HasSubstr("Then: box-sessions resume " + journal), HasSubstr("add --keep-going")));
  const Result result = run(resume({"--rate", "none", "--keep-going"}));
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.output, "1,200 users: 0 accepted, 1,200 rejected\n");
}

TEST_F(CliBulk, TheCommandToContinueHasTheOptionsOfTheRun) {
  serve();
  std::atomic<int> calls = 0;
  answerCalls(
      [&](const emulator::RequestInfo&) { return ++calls > 2 ? std::optional(Reply::status(401)) : std::nullopt; });
  const std::string rest = folder.path("rest"), log = folder.path("log");
  const Strings options = {"--rate", "9", "--concurrency", "1", "--batch", "1", "--log", log};
  const Result kept = run(users(joined(options, {"--remaining", rest})));
  EXPECT_THAT(kept.error, HasSubstr("When this is corrected: box-sessions resume " + journal));
  EXPECT_THAT(kept.error, HasSubstr(" --rate 9 --concurrency 1 --log " + log + " --remaining " + rest + "\n"));
  EXPECT_THAT(kept.output, HasSubstr("call refused (Box answered 401)"));
  calls = 0;
  const Result without = run(
      joined(joined({"users", "--file", list, "--yes", "--no-journal", "--remaining", rest}, options), box->here()));
  EXPECT_THAT(without.error, AllOf(HasSubstr("When this is corrected: box-sessions users --file " + rest),
                                   HasSubstr(" --batch 1 --no-journal --rate 9 --concurrency 1 --log " + log + "\n"),
                                   Not(HasSubstr("--remaining " + rest + "\n"))));
}

TEST_F(CliBulk, AListThatCannotBeUnderstoodIsNotBegun) {
  serve();
  list = folder.file("list", "user_id\n1\n\"2\n3\n");
  const Result result = run(users());
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("a quote opens here and never closes"));
  EXPECT_EQ(box->emulator().counts().requests, 0U);
  EXPECT_FALSE(std::filesystem::exists(journal));
}

TEST_F(CliBulk, AListOfNobodyIsNotBegunAndSaysWhetherItIsEmptyOrWrong) {
  serve();
  list = folder.file("list", "# none\nnobody\nno one\n");
  const Result wrong = run(users({"--quiet"}));
  EXPECT_EQ(wrong.status, 3);
  EXPECT_THAT(wrong.error, AllOf(HasSubstr("list, line 2, "), HasSubstr("none of these 2 entries can be sent. "),
                                 HasSubstr("Fix them and run it again")));
  list = folder.file("list", "# none\n");
  const Result empty = run(users());
  EXPECT_EQ(empty.status, 3);
  EXPECT_THAT(empty.error, HasSubstr("names no users"));
  EXPECT_FALSE(std::filesystem::exists(journal));
  EXPECT_EQ(box->emulator().counts().requests, 0U);
}

TEST_F(CliBulk, AListThatCanBeReadOnceOnlyIsKeptBesideItsJournalAndResumed) {
  serve();
  answerCalls([](const emulator::RequestInfo&) { return std::optional(Reply::status(401)); });
  const std::string more = folder.file("more.csv", "login\nbob@example.com\nnobody\n");
  Start start = startOf(
      joined({"users", "9", "-f", "-", "-f", more, "--journal", journal, "--yes", "--skip-invalid"}, box->here()));
  start.input = "8\n\"9\"\n9\n";
  const Result stopped = test::run(std::move(start));
  EXPECT_EQ(stopped.status, 1) << stopped.error;
  EXPECT_EQ(stopped.output, "6 users: 0 accepted, 2 invalid entries, 1 duplicate, 3 call refused (Box answered 401)\n");
  const std::string kept = journal + ".list";
  struct stat status {};
  ASSERT_EQ(::stat(kept.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(contentOf(kept),
              AllOf(HasSubstr("user_id,login,line,problem\n9,,,\n8,,,\n,"),
                    HasSubstr("standard input, line 2, character 1: "), HasSubstr(",bob@example.com,,\n")));

  box->emulator().setResponder(nullptr);
  std::filesystem::remove(more);
  const Result rest = run(resume());
  EXPECT_EQ(rest.status, 1) << rest.error;
  EXPECT_EQ(rest.output, "6 users: 3 accepted, 2 invalid entries, 1 duplicate\n");
  EXPECT_EQ(box->terminations(), 3U);
  EXPECT_THAT(report(), HasSubstr("accepted      202     bob@example.com"));
  std::filesystem::remove(journal);
  const Result taken = run(joined({"users", "1", "--journal", journal, "--yes"}, box->here()));
  EXPECT_EQ(taken.status, 4) << "the list of another journal would be lost";
  EXPECT_THAT(taken.error, HasSubstr(".list', which exists already: choose another name"));
  std::filesystem::remove(kept);
  const Result same = run(joined({"users", "1", "--journal", journal, "--remaining", kept, "--yes"}, box->here()));
  EXPECT_EQ(same.status, 3) << "one file cannot be the journal and the list";
  EXPECT_EQ(box->terminations(), 3U);
}

TEST_F(CliBulk, ALongListHasAJournalInThePlaceOfTheProgram) {
  serve();
  const Strings arguments = joined({"users", "1", "2", "3", "--batch", "2", "--yes"}, box->here());
  const Result result = run(arguments);
  EXPECT_EQ(result.status, 0) << result.error;
  const std::string folderOfJournals = stateFolder() + "/box-sessions";
  const std::string said = "a record is kept in " + folderOfJournals + "/users-";
  ASSERT_THAT(result.error, HasSubstr(said));
  struct stat status {};
  ASSERT_EQ(::stat(folderOfJournals.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  const std::size_t at = result.error.find(folderOfJournals);
  journal = result.error.substr(at, result.error.find('\n', at) - at);
  EXPECT_THAT(journal, testing::ContainsRegex("/users-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{6}-[0-9a-f]{8}\\.journal$"));
  EXPECT_THAT(report(), HasSubstr("3 users: 3 accepted"));
  EXPECT_EQ(run(resume()).status, 0);
  const auto kept = [&] {
    return std::distance(std::filesystem::directory_iterator(folderOfJournals), std::filesystem::directory_iterator());
  };
  const auto before = kept();
  EXPECT_EQ(run(joined(arguments, {"--no-journal"})).status, 0);
  EXPECT_EQ(run(joined({"users", "1", "2", "--yes"}, box->here())).status, 0) << "a list of one call needs no journal";
  EXPECT_EQ(kept(), before);
}

TEST_F(CliBulk, TheJournalsInThePlaceOfTheProgramAreListed) {
  serve();
  const std::string place = folder.path("state");
  const auto runThere = [&](const Strings& arguments) {
    Start start = startOf(arguments);
    start.environment.push_back("XDG_STATE_HOME=" + place);
    return test::run(std::move(start));
  };
  const Result none = runThere({"report"});
  EXPECT_EQ(none.status, 0) << none.error;
  EXPECT_EQ(none.output, "");
  EXPECT_THAT(none.error,
              HasSubstr("there is no journal in '" + place + "/box-sessions', and no other folder was looked at"));

  const std::string kept = folder.file("kept", "1\n2\n3\n"), lost = folder.file("lost", "4\n5\n");
  EXPECT_EQ(runThere(joined({"users", "--file", kept, "--batch", "2", "--yes"}, box->here())).status, 0);
  EXPECT_EQ(runThere(joined({"users", "--file", lost, "--batch", "1", "--yes"}, box->here())).status, 0);
  std::filesystem::remove(lost);
  std::vector<std::filesystem::path> copies;
  for (const auto& each : std::filesystem::directory_iterator(place + "/box-sessions")) {
    if (each.path().extension() == ".list") copies.push_back(each.path());
  }
  EXPECT_EQ(copies.size(), 2U);
  for (const auto& copy : copies) std::filesystem::remove(copy);
  std::ofstream(place + "/box-sessions/other.journal") << "no journal\n";
  std::ofstream(place + "/box-sessions/note.txt") << "no journal\n";
  const Result listed = runThere({"report"});
  EXPECT_EQ(listed.status, 0) << listed.error;
  EXPECT_THAT(listed.output,
              AllOf(HasSubstr(" UTC  finished      3 users: 3 accepted\n  " + place + "/box-sessions/users-"),
                    HasSubstr(" UTC  finished      2 users: 2 accepted\n"), HasSubstr("(cannot open '" + lost + "'"),
                    HasSubstr("other.journal\n  ("), Not(HasSubstr("note.txt"))));
  const std::vector<json::object> events = eventsIn(runThere({"report", "--json"}).output);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].at("event"), "journal");
  EXPECT_EQ(events[0].at("accepted").as_int64() + events[1].at("accepted").as_int64(), 5);
  EXPECT_TRUE(events[2].contains("message")) << "a file that is no journal is the last";
}

TEST_F(CliBulk, ARunOfWhichNothingIsLeftIsFinishedAlsoWhereItWasKilledBeforeItsEnd) {
  serve();
  ASSERT_EQ(run(users()).status, 0);
  const std::string whole = contentOf(journal);
  folder.file("run.journal", whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1));
  EXPECT_NE(contentOf(journal), whole);
  EXPECT_THAT(report(), AllOf(HasSubstr(", finished "), Not(HasSubstr("resume"))));
}

TEST_F(CliBulk, WhatIsLeftOfARunWithAJournalCanBeKeptToo) {
  emulator::EmulatorOptions options;
  options.unknownUserIds = {"2"};
  serve(std::move(options));
  const std::string rest = folder.path("rest");
  EXPECT_EQ(run(users({"--remaining", rest})).status, 1);
  EXPECT_EQ(contentOf(rest), "# rejected by Box\n2\n");
  answerCalls([](const emulator::RequestInfo&) { return std::optional(Reply::status(202)); });
  EXPECT_EQ(run(resume({"--retry-rejected", "--remaining", rest})).status, 0);
  EXPECT_EQ(contentOf(rest), "");
  EXPECT_EQ(run(resume({"--remaining", journal})).status, 3);
}

TEST_F(CliBulk, InvalidEntriesAreCountedInTheQuestionAndSkippedAfterAYes) {
  serve();
  list = folder.file("list", "1\nnobody\n2\n");
  Strings arguments = users();
  std::erase(arguments, "--yes");
  Start start = startOf(arguments);
  start.terminal = true;
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError("This signs out 2 users of 3 entries (1 invalid entry) at ")) << process.error();
  EXPECT_THAT(process.error(), AllOf(HasSubstr("list, line 2, character 1: 'nobody' is neither"),
                                     HasSubstr("1 entry is invalid and skipped: nobody is signed out for it."),
                                     HasSubstr("list': 1, 2")));
  process.type("y\n");
  EXPECT_EQ(process.wait(), 1) << process.error();
  EXPECT_EQ(box->terminations(), 2U);
}

TEST_F(CliBulk, AboveAHundredTheNumberIsTypedAndAYesIsNone) {
  serve();
  std::string entries;
  for (int i = 1; i <= 101; ++i) entries += std::to_string(i) + "\n";
  list = folder.file("list", entries);
  Strings arguments = users();
  std::erase(arguments, "--yes");
  const std::string again =
      "That is not the number of users, so nothing was sent yet. To continue, type 101; to stop, type no: ";
  for (const auto& [answer, status] : {std::pair{"no\n", 130}, {"yes\n", 130}, {"yes\n", 0}}) {
    Start start = startOf(arguments);
    start.terminal = true;
    Process process(std::move(start));
    ASSERT_TRUE(process.waitForError("To continue, type the number of users (101): ")) << process.error();
    process.type(answer);
    if (answer == std::string("yes\n")) {
      ASSERT_TRUE(process.waitForError(again)) << process.error();
      EXPECT_EQ(box->terminations(), 0U);
      process.type(status == 0 ? "101\n" : "y\n");
    }
    if (answer == std::string("yes\n") && status != 0) {
      ASSERT_TRUE(process.waitForError(": y\r\n" + again)) << process.error();
      process.type("102\n");
    }
    EXPECT_EQ(process.wait(), status) << process.error();
    if (status != 0) EXPECT_THAT(process.error(), HasSubstr("nothing was sent"));
  }
  EXPECT_EQ(box->terminations(), 101U);
}

TEST_F(CliBulk, TheTimeOfARunEndsIt) {
  serve();
  answerCalls([](const emulator::RequestInfo&) { return std::optional(Reply::status(429).retryAfter("100")); });
  const Result result = run(users({"--timeout", "1s"}));
  EXPECT_EQ(result.status, 2) << result.error;
  EXPECT_EQ(result.output, "4 users: 0 accepted, 4 call refused (Box answered 429)\n");
  EXPECT_THAT(result.error, AllOf(HasSubstr("stopped: the time of the run has passed, which --timeout sets"),
                                  HasSubstr("Box limits the rate"),
                                  HasSubstr("to continue, with a longer --timeout: box-sessions resume " + journal)));
}

TEST_F(CliBulk, OneEntryIsTriedUntilTheTimeIsUp) {
  serve();
  std::atomic<int> calls = 0;
  answerCalls([&](const emulator::RequestInfo&) {
    return ++calls <= 6 ? std::optional(Reply::status(503).retryAfter("0")) : std::nullopt;
  });
  const Result result = run(joined({"users", "1", "--yes"}, box->here()));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(calls, 7);
}

TEST_F(CliBulk, ADryRunShowsThePlanAndSendsNothing) {
  serve();
  std::string text = "nobody\n1\n1\n";
  for (int i = 2; i <= 451; ++i) text += std::to_string(i) + "\n";
  list = folder.file("list", text);
  const Result refused = run(users({"--dry-run"}));
  EXPECT_EQ(refused.status, 3) << "as without --dry-run";
  EXPECT_THAT(refused.output, AllOf(HasSubstr("With --yes: refused, because 1 entry is invalid: correct it"),
                                    Not(HasSubstr("Would sign out"))));
  EXPECT_EQ(run(joined({"users", "--file", list, "--dry-run"}, box->here())).status, 3) << "as with --yes";
  const Result result = run(users({"--dry-run", "--skip-invalid", "--rate", "0.5"}));
  EXPECT_EQ(result.status, 1) << "an entry is skipped";
  EXPECT_THAT(
      result.output,
      AllOf(HasSubstr("Would sign out 451 users of 453 entries (1 duplicate, 1 invalid entry) at https://localhost:"),
            HasSubstr("with 5 calls of at most 100, in about 10 s at 0.5 calls/s. Nothing was sent.")));
  const auto events = eventsIn(run(users({"--dry-run", "--skip-invalid", "--json", "--rate", "none"})).output);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].at("toSend"), 451);
  EXPECT_EQ(events[0].at("dryRun"), true);
  EXPECT_EQ(events[0].at("calls"), 5);
  EXPECT_FALSE(events[0].contains("seconds"));
  EXPECT_EQ(box->emulator().counts().connectionsAccepted, 0U);
  EXPECT_FALSE(std::filesystem::exists(journal));
}

TEST_F(CliBulk, WhatAFullDiskDoesNotTakeIsOnStandardErrorAndInTheJournal) {
  serve();
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  Start start = startOf(users());
  start.outputDescriptor = full;
  const Result result = test::run(std::move(start));
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error, AllOf(HasSubstr("4 users: 4 accepted"), HasSubstr("box-sessions report " + journal),
                                  HasSubstr("the disk is full: make room\n")));
  std::filesystem::remove(journal);
  Start unplanned = startOf(users({"--json"}));
  unplanned.outputDescriptor = full;
  const Result plan = test::run(std::move(unplanned));
  ::close(full);
  EXPECT_EQ(plan.status, 2);
  EXPECT_THAT(plan.error, HasSubstr("nothing was sent"));
  EXPECT_FALSE(std::filesystem::exists(journal)) << "the same command can be given again";
  EXPECT_EQ(box->terminations(), 4U);
}

TEST_F(CliBulk, TheCommandThatContinuesHasTheListAndTheCredentials) {
  serve();
  answerCalls([](const emulator::RequestInfo&) { return std::optional(Reply::status(401)); });
  const std::string token = folder.file("the token", canary);
  ::chmod(token.c_str(), 0600);
  const Result first = run(users({"--token-file", token}));
  EXPECT_THAT(first.error, AllOf(HasSubstr("box-sessions resume " + journal),
                                 HasSubstr(" --token-file '" + token + "'"), Not(HasSubstr(" --file "))));
  const std::string moved = folder.path("moved.csv");
  std::filesystem::rename(list, moved);
  const Result again = run(resume({"--file", moved, "--token-file", token}));
  EXPECT_THAT(again.error, HasSubstr("box-sessions resume " + journal + " --file " + moved + " --base-url "));
  answerCalls([](const emulator::RequestInfo&) { return std::nullopt; });
  EXPECT_THAT(run(resume({"--file", moved})).error, HasSubstr("box-sessions follow " + journal + " --file " + moved));
}

TEST_F(CliBulk, AnOutageIsToldAlsoInARunOfOneCall) {
  serve();
  answerCalls([](const emulator::RequestInfo&) { return std::optional(Reply::status(503)); });
  const Result result = run(joined({"users", "1", "--yes", "--json", "--timeout", "4s"}, box->here()));
  EXPECT_EQ(result.status, 2) << result.error;
  EXPECT_THAT(result.output, HasSubstr("\"outageStatus\":503"));
}

TEST_F(CliBulk, AServerThatIsNotBoxIsToldAlsoWhereTheOperatorStops) {
  serve();
  std::atomic<int> calls = 0;
  answerCalls([&](const emulator::RequestInfo&) {
    ++calls;
    return std::optional(Reply::status(200).body("<html>portal</html>", "text/html"));
  });
  Process process(startOf(joined({"users", "1", "--yes", "--json"}, box->here())));
  ASSERT_TRUE(process.waitForOutput("\"outageStatus\":200"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 130) << process.error();
  EXPECT_THAT(process.error(), HasSubstr("Is --base-url right?"));
}

TEST_F(CliBulk, SaysWhatHappensAsJson) {
  serve();
  const Result result = run(users({"--json"}));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, IsEmpty());
  std::map<std::string, int> kinds;
  for (const json::object& event : eventsIn(result.output)) {
    ++kinds[std::string(event.at("event").as_string())];
    if (event.at("event") == "summary") {
      EXPECT_EQ(event.at("accepted"), 4);
      EXPECT_EQ(event.at("end"), "finished");
      EXPECT_EQ(event.at("calls"), 1);
      EXPECT_EQ(event.at("exitStatus"), 0);
    }
  }
  EXPECT_EQ(kinds["plan"], 1);
  EXPECT_EQ(kinds["entry"], 4);
  EXPECT_GE(kinds["progress"], 1);
  EXPECT_EQ(kinds["summary"], 1);
}

TEST_F(CliBulk, OutputThatNobodyReadsStopsARun) {
  serve();
  Start start = startOf(users({"--json"}));
  start.closedOutput = true;
  EXPECT_EQ(test::run(std::move(start)).status, 2);
}

TEST_F(CliBulk, AsksWithTheNumberOfPeopleAndShowsABar) {
  emulator::EmulatorOptions options;
  options.latency = 600ms;
  serve(std::move(options));
  Strings arguments = users({"--batch", "1", "--concurrency", "1", "--rate", "none"});
  std::erase(arguments, "--yes");
  Start start = startOf(arguments);
  start.terminal = true;
  start.environment.push_back("TERM=xterm");
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError("This signs out 4 users at localhost:")) << process.error();
  process.type("yes\n");
  EXPECT_TRUE(process.waitForError("[##########..........] 2/4")) << process.error();
  EXPECT_EQ(process.wait(), 0) << process.error();
  EXPECT_THAT(process.error(), Not(HasSubstr("Continue? [y/N] yes\r\nbox")));
}

TEST_F(CliBulk, WithoutAYesNothingIsSentAndNoJournalMade) {
  serve();
  Strings arguments = users();
  std::erase(arguments, "--yes");
  Start start = startOf(arguments);
  start.terminal = true;
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError("Continue?"));
  process.type("no\n");
  EXPECT_EQ(process.wait(), 130) << "the operator has stopped it, as by Ctrl-C";
  EXPECT_EQ(box->terminations(), 0U);
  EXPECT_FALSE(std::filesystem::exists(journal));
  EXPECT_EQ(run(arguments).status, 3) << "nobody can be asked";
}

TEST_F(CliBulk, AJournalThatIsThereIsNotBegunAgain) {
  serve();
  folder.file("run.journal", "precious");
  const Result result = run(users());
  EXPECT_EQ(result.status, 4);
  EXPECT_THAT(result.error, HasSubstr("it is not a journal, but text, perhaps a list. Name another file"));
  EXPECT_EQ(contentOf(journal), "precious");
  EXPECT_EQ(run(resume()).status, 4);
  EXPECT_EQ(run({"report", journal}).status, 4);
  EXPECT_EQ(box->emulator().counts().requests, 0U);
}

TEST_F(CliBulk, AFinishedRunIsNotSentAgain) {
  serve();
  ASSERT_EQ(run(users()).status, 0);
  const auto before = box->emulator().counts().requests;
  const Result result = run(resume());
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output, "4 users: 4 accepted\n");
  EXPECT_THAT(result.error,
              AllOf(HasSubstr("nothing is left to do"), HasSubstr("sign-ins: box-sessions follow " + journal)));
  EXPECT_EQ(box->emulator().counts().requests, before);
}

TEST_F(CliBulk, InterruptedOnceItFinishesTheCallsInProgressAndIsResumed) {
  serve();
  answerLate(2);
  Process process(startOf(users({"--batch", "1", "--concurrency", "1", "--rate", "none"})));
  ASSERT_TRUE(box->emulator().waitForRequests(3, 30s));  // the first one asks for the account
  EXPECT_THAT(report(), HasSubstr("\nIt is in progress, or was killed. "));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
  EXPECT_THAT(report(), HasSubstr("\nIt has stopped before its end. Continue with: "));
  EXPECT_THAT(process.error(), AllOf(HasSubstr("stopping: finishing the calls in progress"),
                                     HasSubstr("to continue: box-sessions resume " + journal + " --base-url " +
                                               box->emulator().baseUrl()),
                                     HasSubstr(" --concurrency 1 --rate none\n")));
  EXPECT_EQ(process.output(), "4 users: 2 accepted, 2 not sent\n");
  EXPECT_THAT(report(), HasSubstr("4 users: 2 accepted, 2 not sent"));
  EXPECT_EQ(run({"report", journal}).status, 2);
  const Result rest = run(resume({"--rate", "none"}));
  EXPECT_EQ(rest.status, 0) << rest.error;
  EXPECT_EQ(rest.output, "4 users: 4 accepted\n");
  EXPECT_EQ(box->terminations(), 4U) << "nobody twice";
}

TEST_F(CliBulk, InterruptedInItsLastCallItDoesNotSayToContinue) {
  serve();
  answerLate(1);
  Process process(startOf(users()));
  ASSERT_TRUE(box->emulator().waitForRequests(2, 30s));  // the first one asks for the account
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
  EXPECT_EQ(process.output(), "4 users: 4 accepted\n");
  EXPECT_THAT(process.error(), AllOf(HasSubstr("nothing is left to do: Box has answered for every entry"),
                                     Not(HasSubstr("to continue")), Not(HasSubstr("box-sessions resume"))));
}

TEST_F(CliBulk, WithoutAJournalItSaysHowManyRequestIdsAreNotShown) {
  serve();
  const Strings arguments = joined({"users", "--file", list, "--yes", "--no-journal", "--batch", "1"}, box->here());
  const Result result = run(arguments);
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("\nand the box-request-ids of 1 more call: a run with --log FILE, --json"));
  const std::string log = folder.path("log");
  EXPECT_THAT(run(joined(arguments, {"--log", log})).output, HasSubstr("1 more call, which are in '" + log + "'\n"));
}

TEST_F(CliBulk, InterruptedTwiceItStopsAtOnceAndSaysWhoIsInDoubt) {
  serve();
  answerCalls([](const emulator::RequestInfo&) { return std::optional(Reply::hang().processed()); });
  Process process(startOf(users({"--batch", "1", "--concurrency", "1", "--rate", "none"})));
  ASSERT_TRUE(box->emulator().waitForAccepted(1, 30s));
  process.signal(SIGINT);
  ASSERT_TRUE(process.waitForError("stopping: finishing"));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
  EXPECT_EQ(process.output(), "4 users: 0 accepted, 1 in doubt, 3 not sent\n");
  box->emulator().setResponder(nullptr);

  const Result reported = run(resume({"--in-doubt", "report"}));
  EXPECT_EQ(reported.status, 2);
  EXPECT_EQ(reported.output, "4 users: 3 accepted, 1 in doubt\n");
  EXPECT_THAT(reported.error, AllOf(HasSubstr(" --in-doubt retry\n"), Not(HasSubstr("--in-doubt report"))));
  EXPECT_EQ(run(resume({"--in-doubt", "report", "--dry-run"})).status, 2) << "as the run";
  EXPECT_THAT(reported.error, HasSubstr("--in-doubt retry"));
  EXPECT_EQ(box->callsOf("1").size(), 1U);
  const Result retried = run(resume({"--in-doubt", "retry"}));
  EXPECT_EQ(retried.status, 0) << retried.error;
  EXPECT_EQ(box->callsOf("1").size(), 2U);
  EXPECT_EQ(box->callsOf("2").size(), 1U);
}

// For a million lines: BOX_BULK_LINES=1000000 box_cli_program_test --gtest_filter=CliBulkMemory.*; the limit is 247
// MiB.
TEST(CliBulkMemory, StaysSmallHoweverLongTheListIs) {
  if (box::test::underAddressSanitizer) GTEST_SKIP() << "AddressSanitizer keeps freed memory";
  const char* const asked = std::getenv("BOX_BULK_LINES");
  const unsigned long lines = asked != nullptr ? std::stoul(asked) : 200'000;
  const Folder folder;
  emulator::EmulatorOptions options;
  options.maxRecords = 1;
  emulator::Emulator box(options);
  std::string text;
  for (unsigned long i = 0; i < lines; ++i)
    text += "someone.with.a.name.of.some.length." + std::to_string(i) + "@example.com\n";
  Start start;
  start.environment = {"BOX_DEVELOPER_TOKEN=token"};
  start.arguments = {"users",
                     "--file",
                     folder.file("people", text),
                     "--journal",
                     folder.path("run.journal"),
                     "--yes",
                     "--rate",
                     "none",
                     "--base-url",
                     box.baseUrl(),
                     "--ca",
                     folder.file("ca.pem", box.caPem())};
  Process process(std::move(start));
  ASSERT_EQ(process.wait(), 0) << process.error();
  EXPECT_EQ(box.counts().requests, (lines + 99) / 100 + 1) << "one of the requests asks for the account";
  rusage usage{};
  ASSERT_EQ(::getrusage(RUSAGE_CHILDREN, &usage), 0);
  const long bound = 64 * 1024 + static_cast<long>(lines * 192 / 1024);  // KiB
  std::printf("%lu lines: at most %ld MiB of memory\n", lines, usage.ru_maxrss / 1024);
  EXPECT_LE(usage.ru_maxrss, bound);
}

/// A run that was stopped before its end.
class CliBulkResume : public CliBulk {
 protected:
  void SetUp() override {
    serve();
    box->emulator().setResponder([](const emulator::RequestInfo&) { return std::optional(Reply::status(401)); });
    const Result result = run(users());
    ASSERT_EQ(result.status, 1) << result.error;
    ASSERT_EQ(result.output, "4 users: 0 accepted, 4 call refused (Box answered 401)\n");
    ASSERT_THAT(result.error,
                AllOf(HasSubstr("make a new one"), HasSubstr("When this is corrected: box-sessions resume " + journal),
                      Not(HasSubstr("same credentials"))));
    box->emulator().setResponder(nullptr);
    requests = box->emulator().counts().requests;
  }
  /// `asked`: how often the program asks Box for the account.
  void expectRefused(const Strings& arguments, const std::string& why, int status = 4, unsigned asked = 0) {
    const std::string before = contentOf(journal);
    const Result result = run(arguments);
    EXPECT_EQ(result.status, status);
    EXPECT_THAT(result.error, HasSubstr(why));
    EXPECT_EQ(contentOf(journal), before);
    EXPECT_EQ(box->emulator().counts().requests, requests + asked);
  }
  std::uint64_t requests = 0;
};

TEST_F(CliBulkResume, NeedsTheJournalACredentialAndTheHostThatIsNotBoxs) {
  const Result result = run(resume());
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(box->terminations(), 4U);
}

TEST_F(CliBulkResume, IsInTheReportWithWhoMadeItAndWithWhichCredentials) {
  EXPECT_THAT(report(), Not(HasSubstr("continued")));
  EXPECT_EQ(run(resume()).status, 0);
  EXPECT_THAT(report(), AllOf(HasSubstr("\ncontinued 20"), HasSubstr(", with the credentials of ")));
  const auto summary = eventsIn(report({"--json"})).back();
  const auto& continued = summary.at("continued").as_array();
  ASSERT_EQ(continued.size(), 1U);
  EXPECT_THAT(std::string(continued[0].at("account").as_string()), HasSubstr("id 11111"));
  EXPECT_NE(continued[0].at("person"), "");
  EXPECT_NE(continued[0].at("machine"), "");
}

TEST_F(CliBulkResume, LeavesOutWhoMustStay) {
  const std::string stay = folder.file("stay.csv", "user_id,login\n2,boss@x.org\n"), rest = folder.path("rest");
  const Result result = run(resume({"--exclude", stay, "--remaining", rest}));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output, "4 users: 3 accepted, 1 left out\n");
  EXPECT_THAT(result.error, HasSubstr("1 left out because of --exclude: 2\n"));
  EXPECT_EQ(box->callsOf("2").size(), 0U);
  EXPECT_EQ(box->terminations(), 3U);
  EXPECT_EQ(contentOf(rest), "");
  EXPECT_THAT(report(), AllOf(HasSubstr("1 left out because of --exclude: 2"), HasSubstr(", finished "),
                              HasSubstr("4 users: 3 accepted, 1 left out\n"), Not(HasSubstr("resume"))));
  EXPECT_THAT(report({"--csv", "--state", "notSent"}), Not(HasSubstr("\n2,"))) << "a list for another run";
  const auto summary = eventsIn(report({"--json"})).back();
  EXPECT_EQ(summary.at("entriesLeftOut"), 1);
  EXPECT_EQ(summary.at("notSent"), 0);
  EXPECT_EQ(summary.at("finished"), true);
  EXPECT_EQ(summary.at("exitStatus"), 0);
  // The next command must not end this session either.
  const Result again = run(resume({"--exclude-unmatched"}));
  EXPECT_EQ(again.status, 0) << again.error;
  EXPECT_EQ(box->terminations(), 3U);
  const Result late = run(resume({"--exclude", folder.file("late.csv", "user_id,login\n1,a@x.org\n")}));
  EXPECT_THAT(late.error, HasSubstr("--exclude comes too late for 1 entry, which Box has accepted before: 1\n"));
  EXPECT_EQ(box->callsOf("2").size(), 0U) << "an earlier run has left it out";
}

TEST_F(CliBulkResume, IsFinishedWhenEverybodyWhoIsLeftMustStay) {
  const std::string stay =
      folder.file("stay.csv", "user_id,login\n1,a@x.org\n2,b@x.org\n3,c@x.org\n,ann@example.com\n");
  const Result result = run(resume({"--exclude", stay}));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("nothing is left to do"));
  EXPECT_THAT(report(), AllOf(HasSubstr(" left out"), Not(HasSubstr("not sent")), Not(HasSubstr("not finished"))));
  EXPECT_EQ(run(resume()).status, 0);
  EXPECT_EQ(box->terminations(), 0U) << "the journal remembers who must stay";
  std::filesystem::remove(stay);
  EXPECT_THAT(run({"report", journal}).error, HasSubstr("it is not known who was left out"));
}

TEST_F(CliBulkResume, SendsNothingWhereNobodyKnowsWhoMustStay) {
  expectRefused(resume({"--exclude", folder.file("stay.csv", "boss@x.org\n")}),
                "nobody can tell whether this one must stay", 3);
  expectRefused(resume({"--exclude", folder.file("stay.csv", "user_id,login\n9,boss@x.org\n")}),
                "--exclude " + folder.path("stay.csv") + ": its only entry names nobody in the list", 3);
}

TEST_F(CliBulkResume, RefusesAListThatWasChanged) {
  folder.file("people.csv", "user_id,login\n1,\n2,\n,ann@example.com\n9,\n");
  expectRefused(resume(), "was changed since");
  expectRefused({"report", journal, "--file", list}, "was changed since");
  EXPECT_EQ(run({"report", journal}).status, 2) << "of the copy";
}

TEST_F(CliBulkResume, TakesAListFromItsNewPlace) {
  std::filesystem::rename(list, folder.path("moved"));
  EXPECT_EQ(run(resume()).status, 3);
  EXPECT_EQ(run(resume({"--file", folder.path("moved")})).status, 0);
  EXPECT_EQ(run({"report", journal, "--file", folder.path("moved")}).status, 0);
}

TEST_F(CliBulkResume, RefusesAnotherBox) {
  expectRefused(resumeAnywhere({"--base-url", "https://127.0.0.1:" + std::to_string(box->emulator().port())}),
                "and --base-url names 127.0.0.1:");
}

// A journal of an attacker must not make the program send credentials to the attacker's host.
TEST_F(CliBulkResume, TheJournalDoesNotChooseTheHostOfTheCredentials) {
  const std::uint64_t connections = box->emulator().counts().connectionsAccepted;
  expectRefused(resumeAnywhere(), "add --base-url " + box->emulator().baseUrl(), 3);
  EXPECT_EQ(box->emulator().counts().connectionsAccepted, connections);
}

TEST_F(CliBulkResume, RefusesAnotherAccount) {
  Start start = startOf(resume({"--ccg", "--client-id", "app", "--enterprise-id", "5"}));
  start.environment = {"BOX_CLIENT_SECRET=" + canary};
  const Result result = test::run(std::move(start));
  EXPECT_EQ(result.status, 4);
  EXPECT_THAT(result.error, HasSubstr("it was begun by 'developer token', and these credentials are of 'ccg app "
                                      "enterprise 5'. Use the same account, or begin a new journal"));
  EXPECT_EQ(box->terminations(), 0U);
}

TEST_F(CliBulkResume, SaysThatNobodyKnowsWhoseTokenBeganIt) {
  EXPECT_THAT(contentOf(journal), HasSubstr("account-not-known")) << "the first run's token was refused";
  EXPECT_THAT(run(resume({"--quiet"})).error, HasSubstr("Box did not say which account began it"));
}

TEST_F(CliBulkResume, RefusesAJournalThatAnotherRunHas) {
  const int other = ::open(journal.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  expectRefused(resume(), "nother run uses it", 4, 1);
  expectRefused(joined(resume(), {"--dry-run"}), "nother run uses it", 4, 1);
  EXPECT_EQ(run({"report", journal}).status, 2) << "a report needs no lock";
  ::close(other);
}

TEST_F(CliBulkResume, RefusesAJournalThatWasChanged) {
  std::string text = contentOf(journal);
  text[text.find("1 S 1") + 4] = '7';
  folder.file("run.journal", text);
  expectRefused(resume(), "line 2 was damaged or changed");
}

TEST_F(CliBulkResume, CutsOffATornEnd) {
  folder.file("run.journal", contentOf(journal) + "9 V 9 17");
  EXPECT_THAT(run({"report", journal}).error, HasSubstr("(8 bytes) is not whole"));
  EXPECT_EQ(run(resume()).status, 0);
  EXPECT_THAT(contentOf(journal), Not(HasSubstr("9 V 9 17")));
}

TEST_F(CliBulk, AsUserAndSuppressedNotificationsStayAsTheyWere) {
  serve();
  box->emulator().setResponder([](const emulator::RequestInfo&) { return std::optional(Reply::status(401)); });
  ASSERT_EQ(run(users({"--as-user", "42", "--suppress-notifications", "--batch", "2"})).status, 1);
  box->emulator().setResponder(nullptr);
  const Result unconfirmed = run(resume());
  EXPECT_EQ(unconfirmed.status, 3);
  EXPECT_THAT(unconfirmed.error, AllOf(HasSubstr("add --as-user 42 to act for that user again"),
                                       testing::EndsWith("\nbox-sessions: nothing was sent\n")));
  EXPECT_EQ(run(joined({"resume", journal, "--dry-run"}, box->here())).status, 3) << "as with --yes";
  const Result another = run(resume({"--as-user", "43"}));
  EXPECT_EQ(another.status, 4);
  EXPECT_THAT(another.error, AllOf(HasSubstr("it was begun with --as-user 42"),
                                   testing::EndsWith("\nbox-sessions: nothing was sent\n")));
  EXPECT_THAT(run(resume({"--as-user", "42", "--dry-run"})).output, HasSubstr(", as user 42, without mails from Box"));
  EXPECT_EQ(run(resume({"--as-user", "42"})).status, 0);
  const emulator::RequestRecord last = box->emulator().requests().back();
  EXPECT_EQ(last.header("As-User"), "42");
  EXPECT_EQ(last.header("Box-Notifications"), "off");
  EXPECT_EQ(box->callsOf("1"), box->callsOf("2"));
  EXPECT_NE(box->callsOf("1"), box->callsOf("3")) << "the calls have two entries, as before";
}

TEST_F(CliBulk, TheQuestionShowsTheUserAndTheNotificationsOfTheJournal) {
  serve();
  box->emulator().setResponder([](const emulator::RequestInfo&) { return std::optional(Reply::status(401)); });
  ASSERT_EQ(run(users({"--as-user", "42", "--suppress-notifications"})).status, 1);
  box->emulator().setResponder(nullptr);
  Strings arguments = resume();
  std::erase(arguments, "--yes");
  Start start = startOf(arguments);
  start.terminal = true;
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError(", as user 42, without mails from Box. Continue?")) << process.error();
  process.type("yes\n");
  EXPECT_EQ(process.wait(), 0) << process.error();
  EXPECT_EQ(box->emulator().requests().back().header("As-User"), "42");
}

// --- a list is fixed when it is checked

TEST_F(CliBulk, AListThatIsRewrittenAtTheQuestionIsNotSent) {
  serve();
  Strings arguments = users();
  std::erase(arguments, "--yes");
  Start start = startOf(arguments);
  start.terminal = true;
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError("This signs out 4 users")) << process.error();
  folder.file("people.csv", "user_id,login\n5,\n6,\n,eve@example.com\n7,\n");  // changes the file without replacing it
  process.type("yes\n");
  EXPECT_EQ(process.wait(), 2);
  EXPECT_THAT(process.error(), AllOf(HasSubstr("was changed after it was checked"), HasSubstr("begin a new journal")));
  EXPECT_EQ(box->terminations(), 0U) << "neither the new list is sent, nor the old one without a question";
  EXPECT_EQ(run({"report", journal}).status, 4);
  EXPECT_EQ(run(resume()).status, 4);
  folder.file("people.csv", "user_id,login\n1,\n2,\n,ann@example.com\n3,\n");
  EXPECT_THAT(report(), HasSubstr("4 users: 0 accepted, 4 not sent"));
  EXPECT_EQ(run(resume()).status, 0);
  EXPECT_EQ(box->terminations(), 4U);
}

TEST_F(CliBulk, AListThatIsReplacedOrContinuedAtTheQuestionIsSentAsItWasChecked) {
  for (const bool replaced : {true, false}) {
    serve();
    std::filesystem::remove(journal);
    list = folder.file("people.csv", "user_id\n1\n2\n");
    Strings arguments = users();
    std::erase(arguments, "--yes");
    Start start = startOf(arguments);
    start.terminal = true;
    Process process(std::move(start));
    ASSERT_TRUE(process.waitForError("This signs out 2 users")) << process.error();
    if (replaced) {
      std::filesystem::rename(folder.file("other.csv", "user_id\n8\n9\n"), list);
    } else {
      folder.file("people.csv", "user_id\n1\n2\n9\n");
    }
    process.type("yes\n");
    EXPECT_EQ(process.wait(), 0) << process.error();
    EXPECT_EQ(box->terminations(), 2U);
    EXPECT_EQ(box->callsOf("1").size(), 1U);
    EXPECT_EQ(box->callsOf("9").size(), 0U);
    EXPECT_EQ(process.error().find("people.csv' has grown since it was checked: what was added is not sent") !=
                  std::string::npos,
              !replaced)
        << process.error();
  }
}

// --- the account

/// Runs that are stopped by a 401, after Box has said to whom the token belongs.
class CliBulkAccount : public CliBulk {
 protected:
  /// Box gives this answer to the question for the account, and answers other calls as usual.
  void answersTheQuestionWith(const Reply& reply) {
    box->emulator().setResponder([reply](const emulator::RequestInfo& request) -> std::optional<Reply> {
      return request.method == "GET" ? std::optional(reply) : std::nullopt;
    });
  }
  static Reply userOf(const std::string& enterprise) {
    return Reply::status(200).body(R"({"type":"user","id":"11","name":"Ann Admin","login":"admin@example.com",)"
                                   R"("enterprise":{"type":"enterprise","id":")" +
                                   enterprise + R"(","name":"Example Inc."}})");
  }
  void asks(const std::string& id, const std::string& name, const std::string& token, Strings arguments) {
    box->emulator().setResponder([=, this](const emulator::RequestInfo& request) -> std::optional<Reply> {
      if (request.method == "GET")
        return Reply::status(200).body("{\"type\":\"user\",\"id\":\"" + id + "\",\"name\":\"" + name +
                                       "\",\"login\":\"admin@example.com\"}");
      if (refusing) return Reply::status(401);
      return std::nullopt;
    });
    Start start = startOf(std::move(arguments));
    start.environment = {"BOX_DEVELOPER_TOKEN=" + token};
    result = test::run(std::move(start));
  }
  bool refusing = true;
  Result result;
};

TEST_F(CliBulkAccount, ATokenOfAnotherUserIsRefusedByNameAndARenewedOneIsNot) {
  serve();
  asks("11", "Ann Admin", "first", users());
  ASSERT_EQ(result.status, 1) << result.error;
  refusing = false;
  asks("12", "Mallory", "second", resume());
  EXPECT_EQ(result.status, 4);
  EXPECT_THAT(result.error, HasSubstr("it was begun by Ann Admin (admin@example.com, id 11), and these credentials are "
                                      "of Mallory (admin@example.com, id 12). Use the same account"));
  EXPECT_EQ(box->terminations(), 0U);
  asks("11", "Ann Admin", "third", resume());
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, Not(HasSubstr("Box did not say")));
  EXPECT_EQ(box->terminations(), 4U);
}

TEST_F(CliBulkAccount, WhereBoxDoesNotSayWhoseTheTokenIsNothingIsResumed) {
  serve();
  asks("11", "Ann Admin", "first", users());
  ASSERT_EQ(result.status, 1) << result.error;
  const std::string before = contentOf(journal);
  for (const auto& [answer, status, advice] : {std::tuple{401, 1, "make a new one in Box's console"},
                                               {403, 1, "see its scopes"},
                                               {404, 1, "Is --base-url right?"},
                                               {500, 1, "Box has a problem: try again later. If you know"},
                                               {200, 2, "may be answering in its place"}}) {
    answersTheQuestionWith(Reply::status(answer).body("{}"));
    const Result refused = run(resume({"--quiet", "--timeout", "1s"}));
    EXPECT_EQ(refused.status, status) << answer << refused.error;
    EXPECT_THAT(
        refused.error,
        AllOf(HasSubstr("it was begun by Ann Admin (admin@example.com, id 11), and Box does not say whose these "
                        "credentials are: "),
              HasSubstr("nothing was sent"), HasSubstr(advice),
              HasSubstr("box-sessions resume " + journal + " --base-url "), HasSubstr(" --unchecked-account")));
  }
  box->emulator().stop();
  const Result unreachable = run(resume({"--timeout", "1s"}));
  EXPECT_EQ(unreachable.status, 2) << unreachable.error;
  EXPECT_THAT(unreachable.error, HasSubstr("Box does not say whose these credentials are: "));
  EXPECT_EQ(contentOf(journal), before);
  EXPECT_EQ(box->terminations(), 0U);
  box->emulator().start();
  answersTheQuestionWith(Reply::status(403));
  const Result answeredFor = run(resume({"--unchecked-account", "--quiet"}));
  EXPECT_EQ(answeredFor.status, 0) << answeredFor.error;
  EXPECT_THAT(answeredFor.error, HasSubstr("because of --unchecked-account"));
  EXPECT_EQ(box->terminations(), 4U);
}

TEST_F(CliBulkAccount, CredentialsThatNameTheAccountNeedNoAnswer) {
  serve();
  const Strings ccg = {"--ccg", "--client-id", "app", "--enterprise-id", "5"};
  answerCalls([](const emulator::RequestInfo& request) {
    return request.target == "/oauth2/token" ? std::nullopt : std::optional(Reply::status(401));
  });
  const auto runAs = [&](Strings arguments) {
    Start start = startOf(joined(std::move(arguments), ccg));
    start.environment = {"BOX_CLIENT_SECRET=" + canary};
    return test::run(std::move(start));
  };
  ASSERT_EQ(runAs(users()).status, 1);
  answersTheQuestionWith(Reply::status(403));
  const Result rest = runAs(resume());
  EXPECT_EQ(rest.status, 0) << rest.error;
  EXPECT_EQ(box->terminations(), 4U);
}

TEST_F(CliBulkAccount, TheEnterpriseIsAskedForBoundAndShownInTheQuestion) {
  serve();
  answersTheQuestionWith(userOf("5"));
  Strings arguments = users();
  std::erase(arguments, "--yes");
  Start start = startOf(arguments);
  start.terminal = true;
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError(
      ", with the credentials of Ann Admin (admin@example.com, id 11) of Example Inc. (enterprise 5). Continue?"))
      << process.error();
  EXPECT_THAT(box->emulator().requests().back().target, HasSubstr("fields=enterprise,"));
  box->emulator().setResponder([](const emulator::RequestInfo&) { return std::optional(Reply::status(401)); });
  process.type("y\n");
  EXPECT_EQ(process.wait(), 1);
  answersTheQuestionWith(userOf("6"));
  const Result moved = run(resume());
  EXPECT_EQ(moved.status, 4);
  EXPECT_THAT(moved.error, AllOf(HasSubstr("begun by Ann Admin"), HasSubstr("(enterprise 5), and these credentials"),
                                 HasSubstr("(enterprise 6). Use the same account")));
  EXPECT_EQ(box->terminations(), 0U);
  answersTheQuestionWith(userOf("5"));
  EXPECT_EQ(run(resume()).status, 0);
}

TEST_F(CliBulk, ARunThatMayNotAskForItsAccountGoesOut) {
  serve();
  box->emulator().setResponder([](const emulator::RequestInfo& request) -> std::optional<Reply> {
    return request.method == "GET" ? std::optional(Reply::status(403)) : std::nullopt;
  });
  EXPECT_EQ(run(users()).status, 0);
  EXPECT_EQ(box->terminations(), 4U);
}

TEST_F(CliBulk, WhereNobodyIsAcceptedThoseWhomTheAccountMayNotManageAreToldAsForbidden) {
  emulator::EmulatorOptions options;
  options.unknownUserIds = {"1", "3"};
  options.forbiddenUserIds = {"10", "2"};
  serve(std::move(options));
  list = folder.file("list", "10\n1\n2\n3\n");
  const Result result = run(users());
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.output, "4 users: 0 accepted, 2 rejected, 2 forbidden (Box answered 403)\n");
  EXPECT_THAT(result.error,
              AllOf(HasSubstr("box-sessions: forbidden: 10 (line 1), 2 (line 3)\n"), HasSubstr(": 403 Forbidden, "),
                    HasSubstr("403: the credentials have no rights over these entries, such as administrators; check"),
                    HasSubstr("after the cause is fixed: box-sessions resume " + journal),
                    HasSubstr(" --retry-rejected\n"), Not(HasSubstr("to continue"))));
  const Result again = run({"report", journal});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.output, AllOf(HasSubstr("  forbidden     403 "), HasSubstr("\n" + result.output)));
}

// --- what is told is on record

TEST_F(CliBulk, ARefusalOfTheAccountStopsAShortListWhichIsResumedAfterwards) {
  serve();
  answerCalls([](const emulator::RequestInfo&) { return std::optional(Reply::status(403)); });
  std::string entries;
  for (int i = 1; i <= 200; ++i) entries += std::to_string(i) + "\n";
  list = folder.file("list", entries);
  const Result stopped = run(users({"--rate", "none"}));
  EXPECT_EQ(stopped.status, 1);
  EXPECT_THAT(stopped.output, HasSubstr("200 users: 0 accepted, "));
  EXPECT_THAT(stopped.output, HasSubstr(" forbidden (Box answered 403)"));
  EXPECT_LE(box->emulator().counts().requests, 25U);
  box->emulator().setResponder(nullptr);
  const Result rest = run(resume({"--rate", "none"}));
  EXPECT_EQ(rest.status, 0) << rest.error;
  EXPECT_EQ(rest.output, "200 users: 200 accepted\n");
}

TEST_F(CliBulk, RejectedEntriesAreSentAgainAfterTheCauseIsMended) {
  emulator::EmulatorOptions options;
  options.unknownUserIds = {"2"};
  serve(std::move(options));
  const Result first = run(users());
  EXPECT_EQ(first.status, 1);
  EXPECT_THAT(first.error, HasSubstr("box-sessions resume " + journal + " --base-url " + box->emulator().baseUrl()));
  EXPECT_THAT(run(resume()).error, HasSubstr("nothing is left to do"));
  EXPECT_EQ(run(resume({"--dry-run"})).status, 1) << "as the run";
  EXPECT_EQ(run(resume({"--dry-run", "--retry-rejected"})).status, 0);
  answerCalls([](const emulator::RequestInfo&) { return std::optional(Reply::status(202)); });
  const Result again = run(resume({"--retry-rejected"}));
  EXPECT_EQ(again.status, 0) << again.error;
  EXPECT_EQ(again.output, "4 users: 4 accepted\n");
  EXPECT_EQ(run({"report", journal}).status, 0);
}

TEST_F(CliBulk, ARefusalThatComesAgainIsToldAndRecorded) {
  emulator::EmulatorOptions options;
  options.unknownUserIds = {"1", "2"};
  serve(std::move(options));
  EXPECT_EQ(run(users()).output, "4 users: 2 accepted, 2 rejected\n");
  answerCalls([](const emulator::RequestInfo&) { return std::optional(Reply::error(403, "forbidden", "No")); });
  const Result again = run(resume({"--retry-rejected"}));
  EXPECT_EQ(again.status, 1);
  EXPECT_EQ(again.output, "4 users: 2 accepted, 2 rejected\n");
  EXPECT_THAT(again.error,
              AllOf(HasSubstr(": rejected: 403 Forbidden"), HasSubstr("403: the credentials have no rights"),
                    Not(HasSubstr("stopped")), Not(HasSubstr("--keep-going"))));
  EXPECT_THAT(report(), AllOf(HasSubstr("  rejected      403 "), Not(HasSubstr("  rejected      404 "))));
}

TEST_F(CliBulk, AnInterruptedResumeTellsTheStatesThatTheJournalHas) {
  serve();
  std::string entries = "nobody\n";
  for (int i = 1; i <= 300; ++i) entries += std::to_string(i) + "\n";
  list = folder.file("list", entries + "1\n");
  // The first run makes four calls, of which the second and third are in doubt.
  answerCalls([](const emulator::RequestInfo&) { return std::optional(Reply::hang().processed()); });
  const Strings slow = {"--skip-invalid", "--batch", "50", "--concurrency", "3", "--rate", "none"};
  Process first(startOf(users(slow)));
  ASSERT_TRUE(box->emulator().waitForRequests(4, 30s));
  first.signal(SIGKILL);
  first.wait();
  const std::string before = report();
  EXPECT_THAT(before, HasSubstr("302 users: 0 accepted, 1 invalid entry, 1 duplicate, 150 in doubt, 150 not sent"));

  const std::uint64_t requests = box->emulator().counts().requests;
  Process second(startOf(resume({"--concurrency", "1", "--rate", "none"})));
  ASSERT_TRUE(box->emulator().waitForRequests(requests + 2, 30s));
  second.signal(SIGTERM);
  ASSERT_TRUE(second.waitForError("stopping: finishing"));
  second.signal(SIGTERM);
  EXPECT_EQ(second.wait(), 130);
  EXPECT_EQ(second.output(), "302 users: 0 accepted, 1 invalid entry, 1 duplicate, 150 in doubt, 150 not sent\n");
  EXPECT_THAT(report(), HasSubstr(second.output()));
}

TEST_F(CliBulk, AnAcceptanceThatCouldNotBeWrittenIsNotToldAsOne) {
  serve();
  std::string entries;
  for (int i = 1; i <= 2000; ++i) entries += std::to_string(i) + "\n";
  list = folder.file("list", entries);
  Start start = startOf(users({"--batch", "10", "--rate", "none", "--json"}));
  start.fileSizeLimit = 4096;
  const Result stopped = test::run(std::move(start));
  EXPECT_EQ(stopped.status, 4) << stopped.error;
  EXPECT_THAT(stopped.error, AllOf(HasSubstr("stopped: the journal cannot be written"), HasSubstr("Free some space"),
                                   HasSubstr("Then: box-sessions resume " + journal)));
  std::uint64_t told = 0, summed = 0;
  for (const json::object& event : eventsIn(stopped.output)) {
    if (event.at("event") == "entry" && event.at("state") == "accepted") ++told;
    if (event.at("event") == "summary") summed = event.at("accepted").to_number<std::uint64_t>();
  }
  const json::object recorded = eventsIn(report({"--json"})).back();
  EXPECT_EQ(told, summed);
  EXPECT_GT(told, 0U);
  EXPECT_LE(told, recorded.at("accepted").to_number<std::uint64_t>());
  const Result rest = run(resume({"--rate", "none"}));
  EXPECT_EQ(rest.status, 0) << rest.error;
  EXPECT_EQ(rest.output, "2,000 users: 2,000 accepted\n");
}

// --- the terminal

TEST_F(CliBulk, OtherOutputDoesNotRunIntoTheProgressLine) {
  emulator::EmulatorOptions options;
  options.latency = 150ms;
  serve(std::move(options));
  Start start = startOf(users({"--batch", "1", "--concurrency", "1", "--rate", "none", "--verbose"}));
  start.terminal = true;
  start.environment.push_back("TERM=xterm");
  Process process(std::move(start));
  EXPECT_EQ(process.wait(), 0) << process.error();
  const std::string shown = process.error();
  // Which of the counts are shown is a matter of time.
  EXPECT_THAT(shown, AllOf(HasSubstr("call 3: POST "), testing::ContainsRegex("\\] [123]/4")));
  for (std::size_t at = shown.find("call "); at != std::string::npos; at = shown.find("call ", at + 1)) {
    const std::size_t line = shown.find_last_of("\n\r", at) + 1;
    const std::string before = shown.substr(line, at - line);
    EXPECT_TRUE(before == "box-sessions: " || before == "\x1b[Kbox-sessions: ") << before;
  }
}

TEST_F(CliBulk, ATerminalThatCannotReplaceALineGetsNone) {
  for (const Strings& terminal : {Strings{"TERM=dumb"}, Strings{}}) {
    serve();
    std::filesystem::remove(journal);
    Start start = startOf(users());
    start.terminal = true;
    for (const std::string& variable : terminal) start.environment.push_back(variable);
    Process process(std::move(start));
    EXPECT_EQ(process.wait(), 0) << process.error();
    EXPECT_THAT(process.error(), Not(HasSubstr("\x1b")));
  }
}

}  // namespace
}  // namespace box::cli::test
