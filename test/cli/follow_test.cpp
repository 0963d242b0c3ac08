// What the program shows about people after a run: --follow, follow and report, against an emulator that writes events.
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <box/bulk/file_journal.hpp>

#include "cli/follow/record.hpp"
#include "follow_fixture.hpp"

namespace box::cli::test {
namespace {

using emulator::EmulatorEvent;
using emulator::Reply;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(CliFollow, ARunShowsWhoSignedInAgain) {
  serve();
  Process process(start(users({"--follow", "1s"})));
  ASSERT_TRUE(
      process.waitForError("following 2 users for 1 s, at most 11 s where Box answers late (--timeout does not "
                           "count it): "))
      << process.error();
  signIn("22");
  EXPECT_EQ(process.wait(), 5) << process.error();
  EXPECT_THAT(process.output(),
              AllOf(HasSubstr("2 users: 2 accepted\n"), HasSubstr("p22@example.com signed in again: "),
                    HasSubstr("Z LOGIN from 198.51.100.7\n"), HasSubstr("\nsigned in again  p22@example.com  "),
                    HasSubstr("\nevidence seen    21               1 event of evidence, the first "),
                    HasSubstr("2 people followed: 1 signed in again, 1 evidence seen\n")));
  EXPECT_THAT(process.error(),
              AllOf(HasSubstr("reset passwords or deactivate accounts first"),
                    HasSubstr("then end their sessions again: box-sessions users p22@example.com --base-url ")));
  EXPECT_THAT(process.output() + process.error(), Not(HasSubstr("terminated")));
  EXPECT_THAT(report({"--state", "signedInAgain"}), AllOf(HasSubstr("p22@example.com"), Not(HasSubstr("  21  "))));
  EXPECT_THAT(report({"--state", "rejected"}), Not(HasSubstr("p22@example.com")));
  const std::string again = folder.file("again.csv", report({"--state", "signedInAgain", "--csv"}));
  EXPECT_THAT(run(joined({"users", "--file", again, "--dry-run"}, box->here())).output,
              HasSubstr("column 'entry': p22@example.com\n"));
  struct stat status {};
  ASSERT_EQ(::stat((journal + ".follow").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(CliFollow, WithoutTheRightsTheStatusSaysThatNobodyWasFollowed) {
  options.events.forbidden = true;
  serve();
  const Result plain = run(joined(joined({"users", "21", "--yes"}, box->here()), {}));
  const Result result = run(joined({"users", "21", "--yes", "--follow", "15m"}, box->here()));
  EXPECT_EQ(result.status, 2) << result.error;
  EXPECT_EQ(result.output.substr(0, result.output.find("box-request-id")), "1 user: 1 accepted\n");
  EXPECT_THAT(result.error, AllOf(HasSubstr("accepted does not mean ended"),
                                  HasSubstr("not followed: Box does not let these credentials read the events")));
  EXPECT_EQ(plain.status, 0);
  EXPECT_EQ(run(users()).status, 0);
  EXPECT_EQ(run(follow()).status, 2) << "the same if the command only follows";
}

TEST_F(CliFollow, HangingEventsKeepNobodySignedIn) {
  serve();
  box->emulator().setResponder([](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.target.find("/events") != std::string::npos) return Reply::hang();
    return std::nullopt;
  });
  Process process(start(users({"--follow", "15m"})));
  ASSERT_TRUE(process.waitForError("following 2 users")) << process.error();
  EXPECT_EQ(box->terminations(), 2U);
  process.signal(SIGTERM);
  ASSERT_TRUE(process.waitForError("stopping"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 130);
}

TEST_F(CliFollow, NeverAsksForEventsAsAnotherUser) {
  std::atomic<int> asked = 0, asOther = 0;
  serve();
  box->emulator().setResponder([&](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.target.find("/events") == std::string::npos) return std::nullopt;
    ++asked;
    if (!request.header("As-User").empty()) ++asOther;
    return std::nullopt;
  });
  EXPECT_EQ(run(users({"--as-user", "21", "--follow", "1s"})).status, 0);
  EXPECT_GT(asked, 2);
  EXPECT_EQ(asOther, 0);
}

TEST_F(CliFollow, ReadsEventsBeforeAndAfterARunOnly) {
  serve();
  std::string order;  // used only on the emulator's one thread
  box->emulator().setResponder([&](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.method == "POST") order += 'T';
    if (request.target.find("/events") != std::string::npos) order += 'e';
    return std::nullopt;
  });
  std::string list;
  for (int i = 0; i < 20; ++i) list += std::to_string(100 + i) + "\n";
  const Strings arguments = {"users",    "--file",    folder.file("list", list),
                             "--batch",  "1",         "--rate",
                             "none",     "--yes",     "--quiet",
                             "--json",   "--journal", journal,
                             "--follow", "1s"};
  EXPECT_EQ(run(joined(arguments, box->here())).status, 0);
  EXPECT_THAT(order, testing::MatchesRegex("eT+ee+")) << "following does not use Box's limit of calls during the run";
}

TEST_F(CliFollow, MembersOfGroupsAreListedBeforeAndFollowedOneByOne) {
  serve();
  Process process(start(joined({"groups", "7", "8", "--journal", journal, "--yes", "--follow", "1s"}, box->here())));
  ASSERT_TRUE(process.waitForError("following 2 users")) << process.error();
  emulator::EmulatorDirectory changed;  // no user is a member of a group any more
  box->emulator().setDirectory(changed);
  signIn("22");
  EXPECT_EQ(process.wait(), 5) << process.error();
  EXPECT_THAT(process.output(), AllOf(HasSubstr("p22@example.com (group 7) signed in again"),
                                      HasSubstr("2 people followed: 1 signed in again, 1 evidence seen")));
  EXPECT_THAT(report({"--csv"}),
              AllOf(HasSubstr("\n1,,7,accepted,202,"), HasSubstr(",p22@example.com,signedInAgain,")));
  const std::string again = folder.file("again.csv", report({"--csv", "--state", "signedInAgain"}));
  const Result result = run(joined({"users", "--file", again, "--column", "person", "--yes"}, box->here()));
  EXPECT_EQ(result.status, 0) << result.error << "every line has a person";
  EXPECT_EQ(result.output.substr(0, result.output.find('\n')), "1 user: 1 accepted");
}

TEST_F(CliFollow, MembersThatAreListedAfterAGroupsSessionsEndedMayBeTooFew) {
  serve();
  for (const int accepted : {0, 1}) {
    int calls = 0;
    box->emulator().setResponder([&](const emulator::RequestInfo& request) -> std::optional<Reply> {
      if (request.method != "POST" || calls++ < accepted) return std::nullopt;
      return Reply::status(404);
    });
    const std::string of = journal + std::to_string(accepted);
    run(joined({"groups", "7", "8", "--journal", of, "--yes", "--batch", "1", "--concurrency", "1"}, box->here()));
    box->emulator().setResponder(nullptr);
    const Result result = run(joined({"resume", of, "--yes", "--retry-rejected", "--follow", "1s"}, box->here()));
    const auto warns = HasSubstr("people who have left a group since the run are not followed");
    if (accepted == 0) {
      EXPECT_THAT(result.error, Not(warns));
    } else {
      EXPECT_THAT(result.error, warns);
    }
    EXPECT_THAT(result.output, HasSubstr("people followed"));
  }
}

TEST_F(CliFollow, MembersThatCannotBeListedStopNoRun) {
  options.missingScopes = {"manage_groups"};
  serve();
  const Result result =
      run(joined({"groups", "7", "--journal", journal, "--yes", "--follow", "1s", "--json"}, box->here()));
  EXPECT_EQ(result.status, 2) << result.error;
  EXPECT_EQ(box->terminations(), 1U);
  const boost::json::object last = eventsIn(result.output).back();
  EXPECT_EQ(last.at("event"), "followSummary");
  EXPECT_EQ(last.at("end"), "notFollowed");
  EXPECT_EQ(last.at("exitStatus"), 2);
  const Result later = run(follow({"--json"}));
  EXPECT_EQ(later.status, 2) << "as after the run";
  EXPECT_EQ(eventsIn(later.output).back().at("end"), "notFollowed");
  EXPECT_THAT(result.error, AllOf(HasSubstr("not followed: the members of group 7 could not be listed: "),
                                  HasSubstr("there is nobody to follow")));
}

TEST_F(CliFollow, WorksInAFolderOfTheUsersOwnGroup) {
  if (::getegid() != ::geteuid()) GTEST_SKIP() << "this user has no group of the same number";
  const std::string shared = std::filesystem::path(journal).parent_path();
  ASSERT_EQ(::chmod(shared.c_str(), 0775), 0);
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  const Result later = run(follow({"--for", "1s"}));
  EXPECT_EQ(later.status, 0) << later.error;
  EXPECT_EQ(::chmod(shared.c_str(), 0700), 0);
}

TEST_F(CliFollow, ThatSomeMembersWereNotListedIsNoSilence) {
  serve();
  box->emulator().setResponder([&](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.target.find("/groups/8/memberships") == std::string::npos) return std::nullopt;
    return Reply::status(404);
  });
  const Result result =
      run(joined({"groups", "7", "8", "--journal", journal, "--yes", "--follow", "1s", "--json"}, box->here()));
  EXPECT_EQ(result.status, 2) << result.error;
  const boost::json::object last = eventsIn(result.output).back();
  EXPECT_EQ(last.at("end"), "window");
  EXPECT_EQ(last.at("exitStatus"), 2);
  EXPECT_THAT(std::string(last.at("missing").as_array().at(0).as_string()),
              HasSubstr("the members of group 8 could not be listed"));
}

TEST_F(CliFollow, LaterAndAgainFromWhereItStood) {
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  signIn("21");
  Result result = run(follow({"--for", "1s", "--json"}));
  EXPECT_EQ(result.status, 5) << result.error;
  auto events = eventsIn(result.output);
  EXPECT_EQ(events.front().at("event"), "following");
  ASSERT_EQ(events[1].at("event"), "signIn") << "no evidence is shown twice";
  EXPECT_EQ(events[1].at("person"), "21");
  EXPECT_EQ(events[1].at("type"), "LOGIN");
  EXPECT_EQ(events[1].at("address"), "198.51.100.7");
  EXPECT_NE(events[1].at("eventId").as_string(), "");
  EXPECT_EQ(events[2].at("event"), "followed");
  EXPECT_EQ(events[2].at("outcome"), "signedInAgain");
  EXPECT_EQ(events.back().at("event"), "followSummary");
  EXPECT_EQ(events.back().at("exitStatus"), 5);

  result = run(follow());
  EXPECT_EQ(result.status, 5) << "the status is the same when the command runs again";
  EXPECT_THAT(result.output, AllOf(Not(HasSubstr("21 signed in again: ")), HasSubstr("signed in again  21  ")));
}

TEST_F(CliFollow, ARunThatWasNotFollowedIsLookedUpInTheLog) {
  serve();
  const Result ran = run(users());
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.error, HasSubstr("also for new sign-ins: box-sessions follow " + journal + " --base-url "));
  signIn("21");
  const Result result = run(follow());
  EXPECT_EQ(result.status, 5) << result.error;
  EXPECT_THAT(result.output, AllOf(HasSubstr("signed in again  21  "), HasSubstr("evidence seen    p22@example.com")));
  EXPECT_THAT(result.error, HasSubstr("the run was made without --follow"));
}

TEST_F(CliFollow, WatchesUntilItIsStopped) {
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  for (const bool isBack : {false, true}) {
    Process process(start(follow({"--watch", "--every", "50ms", "--rate", "none", "--json"})));
    ASSERT_TRUE(process.waitForOutput("\"following\"")) << process.error();
    const auto asked = box->emulator().counts().requests;
    ASSERT_TRUE(box->emulator().waitForRequests(asked + 4, std::chrono::seconds(30)));
    if (isBack) {
      signIn("21");
      EXPECT_TRUE(process.waitForOutput("\"signIn\",\"number\":1,\"person\":\"21\""));
    }
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait(), isBack ? 5 : 0) << process.error();
    EXPECT_THAT(contentOf(journal + ".follow"), HasSubstr("\\nwindow never\\n")) << "it ends by no time";
  }
}

TEST_F(CliFollow, StoppedBeforeItsTimeSaysSo) {
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  Process process(start(follow({"--for", "1h"})));
  ASSERT_TRUE(process.waitForError("following 2 users for 60 min"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 130);
}

TEST_F(CliFollow, OneProcessAtATimeFollowsAJournal) {
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  Process process(start(follow({"--watch"})));
  ASSERT_TRUE(process.waitForError("following 2 users"));
  const Result second = run(follow());
  EXPECT_EQ(second.status, 4);
  EXPECT_THAT(second.error, HasSubstr("another box-sessions follows it. Wait for it to finish, or stop it"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0);
}

TEST_F(CliFollow, ARunThatHasContinuedIsFollowedFromItsBeginning) {
  options.forbiddenUserIds = {"23"};
  serve();
  const std::string list = folder.file("list", "21\n23\n");
  const Strings first = {"users", "--file", list, "--journal", journal, "--yes", "--follow", "1s"};
  EXPECT_EQ(run(joined(first, box->here())).status, 1) << "the exit status is that of the run";
  EXPECT_THAT(run(follow()).error, HasSubstr("1 entry of the list was not accepted by Box, so nobody follows it, and "
                                             "its sessions may continue: box-sessions report " +
                                             journal));
  box->emulator().setResponder([](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.method != "POST") return std::nullopt;
    return Reply::status(202);
  });
  EXPECT_EQ(run(joined({"resume", journal, "--yes", "--retry-rejected"}, box->here())).status, 0);
  EXPECT_EQ(run({"report", journal}).status, 0);
  const Result result = run(follow());
  EXPECT_THAT(result.error, HasSubstr("the run has continued since it was followed"));
  EXPECT_THAT(result.output, HasSubstr("2 people followed: 0 signed in again, 1 evidence seen, 1 nothing seen"));
  EXPECT_EQ(result.status, 0);
}

TEST_F(CliFollow, ARunThatBeganWithoutItIsFollowedFromItsBeginning) {
  options.forbiddenUserIds = {"23"};
  serve();
  const std::string list = folder.file("list", "21\n23\n");
  EXPECT_EQ(run(joined({"users", "--file", list, "--journal", journal, "--yes"}, box->here())).status, 1);
  signIn("21");
  bool isRecorded = false;
  box->emulator().setResponder([&](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.method == "POST") isRecorded = std::filesystem::exists(journal + ".follow");
    return std::nullopt;
  });
  const Strings again = {"resume", journal, "--yes", "--retry-rejected", "--follow", "1s"};
  const Result result = run(joined(again, box->here()));
  EXPECT_THAT(result.output, HasSubstr("1 signed in again"));
  EXPECT_TRUE(isRecorded) << "a run that is killed can be followed all the same";
}

TEST_F(CliFollow, WhatCannotBeLookedAtIsNoSilence) {
  options.events.ofTermination.clear();
  serve();
  const Result silent = run(joined({"users", "23", "--journal", journal, "--yes", "--follow", "1s"}, box->here()));
  EXPECT_EQ(silent.status, 0);
  EXPECT_THAT(silent.output, HasSubstr("\nnothing seen     23\n"));
  EXPECT_THAT(silent.error, HasSubstr("nothing seen proves nothing"));
  int refused = 0;
  box->emulator().setResponder([&](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.target.find("/events") == std::string::npos || refused++ > 0) return std::nullopt;
    return Reply::status(400);
  });
  const Result result = run(follow());
  EXPECT_EQ(result.status, 2) << result.output;
  EXPECT_THAT(result.output, HasSubstr("could not look   23      Box refused the position in the stream of events"));
  EXPECT_THAT(result.error, AllOf(HasSubstr("could not be read: Box refused the position"), HasSubstr(" --backfill")));
  const Result filled = run(follow({"--for", "1s", "--backfill", "--log-lag", "1s"}));
  EXPECT_EQ(filled.status, 0) << filled.error;
  EXPECT_THAT(filled.output, HasSubstr("\nnothing seen     23\n"));
}

TEST_F(CliFollow, TheReportHasTheEvidenceInEachForm) {
  serve();
  Process process(start(users({"--follow", "1s"})));
  ASSERT_TRUE(process.waitForError("following 2 users"));
  const std::string hostile = "\x1b[2J<b>&|`@all,=1+1";
  signIn("21", hostile);
  EXPECT_EQ(process.wait(), 5);
  EXPECT_THAT(process.output(), AllOf(Not(HasSubstr("\x1b")), HasSubstr("\\x1b[2J<b>")));
  const Result table = run({"report", journal});
  EXPECT_EQ(table.status, 5);
  EXPECT_THAT(table.output, AllOf(HasSubstr("\nsigned in again  21  "), HasSubstr("\nevidence seen    p22@example.com"),
                                  HasSubstr("The admin events were read until "), HasSubstr("Nothing seen proves"),
                                  Not(HasSubstr("\x1b"))));
  EXPECT_THAT(report({"--csv"}),
              AllOf(HasSubstr("repeats,time,person,seen,evidence,"), HasSubstr(",21,signedInAgain,1,2"),
                    HasSubstr(",LOGIN,\"\\x1b[2J<b>&|`@all,'=1+1\","), HasSubstr(",p22@example.com,evidence,1,2"),
                    Not(HasSubstr("\x1b"))));
  EXPECT_THAT(report({"--markdown"}),
              AllOf(HasSubstr("### Seen since"), HasSubstr("| signed in again | 21 |"),
                    HasSubstr("\\x1b\\[2J&lt;b&gt;&amp;\\|\\`&#64;all,=1+1"), Not(HasSubstr("<b>"))));
  const auto events = eventsIn(report({"--json"}));
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[2].at("event"), "followed");
  EXPECT_EQ(events[2].at("signIn").at("address"), "\\x1b[2J<b>&|`@all,=1+1");
  EXPECT_EQ(events[4].at("followed").at("signedInAgain"), 1);
  EXPECT_EQ(events[4].at("exitStatus"), 5);
  const std::string page = folder.path("page.html");
  EXPECT_THAT(report({"--html", page}), HasSubstr("2 people followed: 1 signed in again"));
  EXPECT_THAT(contentOf(page), AllOf(HasSubstr("<h2>Seen since</h2>"), HasSubstr("[2J&lt;b&gt;&amp;|`@all"),
                                     HasSubstr("state signedInAgain"), Not(HasSubstr("<b>"))));
}

TEST_F(CliFollow, AReportOfADamagedRecordSaysSo) {
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  const std::string record = contentOf(journal + ".follow");
  for (const std::string& damaged : {record.substr(0, record.size() / 2), std::string("mine")}) {
    folder.file("run.journal.follow", damaged);
    const Result result = run({"report", journal});
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.error, HasSubstr("what was seen of the people is left out: '"));
    EXPECT_EQ(run(follow()).status, 3);
    EXPECT_EQ(contentOf(journal + ".follow"), damaged) << "a record that cannot be read is not overwritten";
  }
}

// What stands beside a journal need not be its own record.
TEST_F(CliFollow, AForeignRecordIsNeitherReadNorOverwritten) {
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  const std::string path = journal + ".follow", mine = contentOf(path);
  const auto refused = [&](const std::string& why) {
    const Result result = run(follow());
    EXPECT_EQ(result.status, 3) << result.error;
    EXPECT_THAT(result.error, HasSubstr(why));
    EXPECT_THAT(result.output, Not(HasSubstr("followed")));
  };
  std::optional<FollowRecord> record = recordIn(mine);
  record->job = "another";
  folder.file("run.journal.follow", textOf(*record));
  refused("belongs to another journal. Move it away to follow anew");
  EXPECT_EQ(contentOf(path), textOf(*record));

  record = recordIn(mine);
  record->state.resize(record->state.size() / 2);
  folder.file("run.journal.follow", textOf(*record));
  refused("is not a record of following, or it is damaged. Move it away to follow anew");
  EXPECT_EQ(contentOf(path), textOf(*record));

  const std::string other = folder.file("other", mine);
  for (const char* const target : {"other", "nowhere"}) {
    std::filesystem::remove(path);
    std::filesystem::create_symlink(folder.path(target), path);
    refused("cannot read ");
    EXPECT_TRUE(std::filesystem::is_symlink(path));
    EXPECT_FALSE(std::filesystem::exists(folder.path("nowhere")));
  }
  EXPECT_EQ(contentOf(other), mine);

  std::filesystem::remove(path);
  EXPECT_EQ(run(follow()).status, 0) << "moved away, it is followed anew";
}

// A file of somebody else's at that place keeps nobody signed in.
TEST_F(CliFollow, ARunBesideAForeignRecordIsNotFollowed) {
  serve();
  folder.file("run.journal.follow", "mine");
  const Result result = run(users({"--follow", "1s", "--json"}));
  EXPECT_EQ(result.status, 2) << result.error;
  EXPECT_EQ(box->terminations(), 2U);
  EXPECT_THAT(result.error, HasSubstr("the run will not be followed: "));
  EXPECT_EQ(eventsIn(result.output).back().at("end"), "notFollowed");
  EXPECT_EQ(contentOf(journal + ".follow"), "mine");
}

// Of a run and of each person the time is known by this machine's clock, of an event by Box's.
TEST_F(CliFollow, GoesByBoxsClock) {
  serve();
  std::chrono::seconds ahead = -std::chrono::hours(1);
  box->emulator().setClockOffset(ahead);
  Process slow(start(users({"--follow", "1s"})));
  ASSERT_TRUE(slow.waitForError("following 2 users")) << slow.error();
  signIn("22");
  EXPECT_EQ(slow.wait(), 5) << "by this machine's clock it was an hour before the run" << slow.error();

  ahead = std::chrono::hours(1);
  box->emulator().setClockOffset(ahead);
  journal = folder.path("fast.journal");
  Process fast(start(users({"--follow", "1s"})));
  ASSERT_TRUE(fast.waitForError("following 2 users")) << fast.error();
  emulator::EmulatorEvent earlier{.type = "LOGIN", .userId = "22"};
  earlier.createdAt = std::chrono::system_clock::now() + ahead - std::chrono::minutes(10);
  box->emulator().addEvent(earlier);
  EXPECT_EQ(fast.wait(), 0) << "by Box's clock it was before the run" << fast.output();
}

TEST_F(CliFollow, WhoIsInTwoGroupsIsBackSinceTheLastCall) {
  serve();
  std::optional<std::chrono::system_clock::time_point> first;  // on the emulator's one thread
  box->emulator().setResponder([&](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.method != "POST" || first) return std::nullopt;
    first = std::chrono::system_clock::now();
    return Reply::asBox().after(std::chrono::seconds(4));
  });
  const Strings arguments = {"groups",        "7", "8",        "--journal", journal, "--yes", "--batch", "1",
                             "--concurrency", "1", "--follow", "1s"};
  Process process(start(joined(arguments, box->here())));
  ASSERT_TRUE(process.waitForError("following 2 users")) << process.error();
  for (const char* const user : {"21", "22"}) {  // between the two calls
    emulator::EmulatorEvent event{.type = "LOGIN", .userId = user};
    event.createdAt = *first + std::chrono::milliseconds(1'500);
    box->emulator().addEvent(event);
  }
  EXPECT_EQ(process.wait(), 5) << process.error();
  EXPECT_THAT(process.output(), AllOf(HasSubstr("p21@example.com (group 7) signed in again"),
                                      Not(HasSubstr("p22@example.com (group 7) signed in again"))));
}

TEST_F(CliFollow, WhoIsInDoubtIsFollowedAndTheStatusIsTheRuns) {
  serve();
  box->emulator().setResponder([](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.method != "POST") return std::nullopt;
    return Reply::asBox().processed().cutAfter(0);
  });
  Process process(start(users({"--follow", "1s", "--timeout", "5s"})));
  ASSERT_TRUE(process.waitForError("following 2 users")) << process.error();
  signIn("21");
  EXPECT_EQ(process.wait(), 2) << process.error();
  EXPECT_THAT(process.output(), HasSubstr("21 signed in again"));
}

TEST_F(CliFollow, ThatCannotReadTheEventsEndsSoonAfterItsTime) {
  serve();
  box->emulator().setResponder([](const emulator::RequestInfo& request) -> std::optional<emulator::Reply> {
    if (request.method != "GET" || request.target.find("/events") == std::string::npos) return std::nullopt;
    return emulator::Reply::status(202);
  });
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 2);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(40));
}

TEST_F(CliFollow, AsksNoOftenerThanItIsTold) {
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  const Result result = run(follow({"--for", "3s", "--every", "1ms", "--rate", "0.5", "--json"}));
  EXPECT_LE(eventsIn(result.output).back().at("requests").to_number<int>(), 5) << "2 of them after the run";
}

TEST_F(CliFollow, WhereNothingCanBeKeptSignInsAreShownAllTheSame) {
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  const std::string kept = contentOf(journal + ".follow");
  for (const bool isBack : {false, true}) {
    Start start = CliFollow::start(follow({"--watch", "--every", "50ms", "--rate", "none"}));
    start.fileSizeLimit = 16;  // as a full disk
    Process process(std::move(start));
    EXPECT_TRUE(process.waitForError("Sign-ins are still shown, and will be shown again after a restart"))
        << process.error();
    if (isBack) {
      signIn("21");
      EXPECT_TRUE(process.waitForOutput("21 signed in again"));
    }
    process.signal(SIGTERM);
    EXPECT_EQ(process.wait(), isBack ? 5 : 4) << process.error();
    EXPECT_EQ(contentOf(journal + ".follow"), kept) << "the one before is whole";
  }
  const Result again = run(follow());
  EXPECT_EQ(again.status, 5);
  EXPECT_THAT(again.output, HasSubstr("21 signed in again: ")) << "nothing is lost";
}

TEST_F(CliFollow, WhereNobodyReadsTheOutputNothingIsTakenForShown) {
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  signIn("21");
  Start unread = start(follow());
  unread.closedOutput = true;
  EXPECT_EQ(test::run(std::move(unread)).status, 2);
  const Result again = run(follow());
  EXPECT_EQ(again.status, 5);
  EXPECT_THAT(again.output, HasSubstr("21 signed in again: ")) << "it was not shown, and so not kept";
}

// At each question to Box: whose the credentials are, where the stream stands, who the members are, and twice again
// where it follows, which ends well at the first signal.
TEST_F(CliFollow, IsStoppedAtEachStage) {
  serve();
  EXPECT_EQ(run(joined({"groups", "7", "--journal", journal, "--yes"}, box->here())).status, 0);
  for (const auto& [target, before, follows] :
       {std::tuple("/users/me", 0, false), std::tuple("/events", 0, false), std::tuple("/memberships", 0, false),
        std::tuple("/users/me", 1, true), std::tuple("/events", 1, true)}) {
    std::atomic<int> asked = 0;
    box->emulator().setResponder([&, path = target, free = before](const emulator::RequestInfo& request) {
      const bool hangs = request.target.find(path) != std::string::npos && asked++ >= free;
      return hangs ? std::optional(Reply::hang()) : std::nullopt;
    });
    Process process(start(follow()));
    EXPECT_TRUE(eventually([&, free = before] { return asked > free; })) << target << process.error();
    process.signal(SIGINT);
    if (follows) {
      EXPECT_TRUE(process.waitForError("stopping: what was seen is kept")) << target;
      process.signal(SIGINT);
    }
    EXPECT_EQ(process.wait(), 130) << target << process.error();
    box->emulator().setResponder(nullptr);
  }
  EXPECT_EQ(run(follow()).status, 0);
}

TEST_F(CliFollow, AnotherEnterpriseIsRefused) {
  serve();
  EXPECT_EQ(run(users()).status, 0);
  emulator::EmulatorDirectory other;
  other.enterpriseId = "6";
  box->emulator().setDirectory(other);
  const Result result = run(follow());
  EXPECT_EQ(result.status, 4);
  EXPECT_THAT(result.error, HasSubstr("its run was in enterprise 5, and these credentials are of "));
}

TEST_F(CliFollow, TypesAreSettingsAndTheUnknownOnesAreTold) {
  options.events.ofTermination = {"SESSIONS_ENDED_SOMEHOW"};
  serve();
  const Result first = run(users({"--follow", "1s"}));
  EXPECT_EQ(first.status, 0);
  EXPECT_THAT(first.error, HasSubstr("other events about these people: SESSIONS_ENDED_SOMEHOW (2)"));
  std::filesystem::remove(journal + ".follow");
  const Result result = run(follow({"--for", "1s", "--evidence-type", "SESSIONS_ENDED_SOMEHOW"}));
  EXPECT_THAT(result.output, HasSubstr("2 people followed: 0 signed in again, 2 evidence seen"));
}

// following.md 1.3: real events have these forms of `source`, and types that no list contains.
TEST_F(CliFollow, EventsOfAnyShapeAreReadAndNoneIsAnError) {
  serve();
  Process process(start(users({"--follow", "2s"})));
  ASSERT_TRUE(process.waitForError("following 2 users"));
  const auto write = [&](const char* type, const char* source, const char* by) {
    EmulatorEvent event{.type = type};
    event.sourceJson = source;
    event.createdById = by;
    box->emulator().addEvent(event);
  };
  write("LOGIN", R"({"type":"user","id":21,"login":"P21@EXAMPLE.COM"})", "21");
  write("LOGIN", R"({"user_id":"21","user_name":"Person","folder_id":"0"})", "21");
  write("LOGIN", "null", "21");
  write("LOGIN", R"({"type":"user","login":"P22@Example.com"})", "2");
  write("DOWNLOAD", R"({"item_type":"file","item_id":"21","item_name":"21"})", "21");
  write("EDIT_USER", R"({"type":"user","id":"21"})", "11111");
  write("A_TYPE_OF_2027", R"(["21"])", "2");
  EXPECT_EQ(process.wait(), 5) << process.error();
  EXPECT_THAT(process.output(), AllOf(HasSubstr("signed in again  21  "), HasSubstr(", the last of 3"),
                                      HasSubstr("signed in again  p22@example.com  ")));
  EXPECT_THAT(process.error(), HasSubstr("other events about these people: EDIT_USER (1)"));
}

// following.md 2.1: Box keeps the stream for 14 days.
TEST_F(CliFollow, APlaceThatIsTooOldIsMadeUpForByTheLog) {
  serve();
  EXPECT_EQ(run(users()).status, 0);
  signIn("21");
  FollowRecord record;
  record.job = JournalContents::read(journal).header().job;
  record.mark.position = "1";
  record.mark.time = std::chrono::system_clock::now() - std::chrono::hours(24 * 20);
  writeRecord(recordBeside(journal), record);
  const Result result = run(follow());
  EXPECT_EQ(result.status, 5) << result.error;
  EXPECT_THAT(result.output, AllOf(HasSubstr("signed in again  21  "), HasSubstr("evidence seen    p22@example.com")));
}

// following.md 2.2: rate limits and outages do not end following.
TEST_F(CliFollow, OutlivesAnOutageAndSaysSo) {
  serve();
  EXPECT_EQ(run(users({"--follow", "1s"})).status, 0);
  std::atomic<int> failures = 0;
  box->emulator().setResponder([&](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.target.find("/events") == std::string::npos || failures++ >= 4) return std::nullopt;
    return failures == 1 ? Reply::status(429).retryAfter("0") : Reply::status(503);
  });
  Process process(start(follow({"--watch", "--every", "50ms", "--rate", "none"})));
  EXPECT_TRUE(process.waitForError("Box has not given its events 3 times in a row, and is asked again: "));
  EXPECT_TRUE(process.waitForError("Box gives its events again"));
  signIn("21");
  EXPECT_TRUE(process.waitForOutput("21 signed in again"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 5);
}

}  // namespace
}  // namespace box::cli::test
