// Lists of users that Box provides: `list`, and `users` with the same selections.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "bulk_box.hpp"
#include "process.hpp"

namespace box::cli::test {
namespace {

using emulator::EmulatorUser;
using emulator::Reply;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view head = "id,login,name,status,role,type\n";

emulator::EmulatorOptions withPeople() {
  emulator::EmulatorOptions options;
  std::vector<EmulatorUser>& users = options.directory.users;
  users.push_back({"1", "Ann Lee", "ann@x.org"});
  users.push_back({"2", "=HYPERLINK(1)", "+bob@X.org"});
  users.push_back({"3", "Carl, \"the\" Man", "carl@y.org", "inactive"});
  users.push_back({"4", "Co", "co@x.org", "active", "coadmin"});
  users.push_back({"5", "App", "AppUser_1@boxdevedition.com", "active", "user", true});
  users.push_back({"6", "Dora", "dora@x.org.evil.org"});
  options.directory.groups = {{"70", "Sales"}, {"71", "Sales EMEA"}, {"72", "Ops"}, {"73", "ops"}, {"74", "Large"}};
  int number = 0;
  for (const char* const member : {"1", "3", "4", "999"}) {
    options.directory.memberships.push_back({"m" + std::to_string(++number), "70", member});
  }
  options.directory.memberships.push_back({"m9", "71", "2"});
  return options;
}

class CliBoxList : public testing::Test {
 protected:
  explicit CliBoxList(emulator::EmulatorOptions options = withPeople()) : box(folder, std::move(options)) {}

  Result run(const Strings& arguments) const {
    Start start;
    start.arguments = joined(arguments, box.here());
    start.environment = {"BOX_DEVELOPER_TOKEN=any", "XDG_STATE_HOME=" + folder.path("state")};
    return test::run(std::move(start));
  }
  /// Options to run as a user other than the primary administrator.
  Strings as(const std::string& user) const {
    return {"--ccg", "--client-id", "app", "--client-secret-file", folder.file("secret", "any"), "--user-id", user};
  }

  const Folder folder;
  BulkBox box;
};

TEST_F(CliBoxList, OfAGroupIsCsvAndSaysWhoIsLeftOut) {
  const Result result = run(joined({"list", "--group", "sales"}, as("6")));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output, std::string(head) +
                               "1,ann@x.org,Ann Lee,active,user,user\n"
                               "3,carl@y.org,\"Carl, \"\"the\"\" Man\",inactive,user,user\n"
                               "999,user999@example.com,User 999,,,user\n")
      << "a user without a status at Box has an empty one";
  EXPECT_THAT(result.error, AllOf(HasSubstr("3 users listed: the members of group 'Sales' (id 70)"),
                                  HasSubstr("left out: 1 co-administrator (unless you add --include-admins)"),
                                  HasSubstr("of 1 member Box tells no status and no role")));
  EXPECT_EQ(box.emulator().counts().acceptedTerminations, 0U);
}

TEST_F(CliBoxList, OfADomainIsWhatIsAfterTheLastAtAndTakenBackByFile) {
  const std::string file = folder.path("people.csv");
  const Result listed = run({"list", "--domain", "x.org", "--output", file});
  EXPECT_EQ(listed.status, 0) << listed.error;
  EXPECT_EQ(listed.output, "");
  EXPECT_EQ(contentOf(file), std::string(head) +
                                 "1,ann@x.org,Ann Lee,active,user,user\n"
                                 "2,'+bob@X.org,'=HYPERLINK(1),active,user,user\n"
                                 "4,co@x.org,Co,active,coadmin,user\n")
      << "no cell is a formula";
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  const Result sent = run({"users", "--file", file, "--yes"});
  EXPECT_EQ(sent.status, 0) << sent.error;
  EXPECT_EQ(box.users(), 3U);
  EXPECT_EQ(box.callsOf("+bob@X.org").size(), 1U) << "the login is the one that Box has";
  const Result byId = run({"users", "--file", file, "--yes", "--prefer", "id"});
  EXPECT_EQ(byId.status, 0) << byId.error;
  EXPECT_EQ(box.callsOf("2").size(), 1U);
}

TEST_F(CliBoxList, OfEveryoneLeavesOutWhoIsNamedAndTakesInWhoIsAskedFor) {
  const std::string stay = folder.file("stay.csv", "ANN@x.org\nbreak.glass@x.org\n");
  const Result few = run({"list", "--everyone", "--status", "active", "--exclude", stay});
  EXPECT_EQ(few.status, 0) << few.error;
  EXPECT_THAT(few.output, AllOf(HasSubstr("\n2,"), HasSubstr("\n4,"), HasSubstr("\n6,"), Not(HasSubstr("\n1,")),
                                Not(HasSubstr("\n3,")), Not(HasSubstr("\n5,")), Not(HasSubstr("\n11111,"))));
  EXPECT_THAT(few.error,
              HasSubstr("--exclude " + stay + ": 1 of its 2 entries names nobody in the list: break.glass@x.org"));
  EXPECT_THAT(few.error, HasSubstr("left out: yourself (unless you add --include-me), 1 app user (unless you add "
                                   "--include-app-users) and 1 because of --status\n"));
  EXPECT_THAT(few.error, HasSubstr("1 left out because of --exclude: ann@x.org\n"));
  const Result all = run({"list", "--everyone", "--include-me", "--include-app-users", "--include-admins"});
  EXPECT_THAT(all.output,
              AllOf(HasSubstr("\n11111,admin@example.com,Emulator Admin,active,admin,user\n"), HasSubstr("\n5,")));
  EXPECT_THAT(all.error, Not(HasSubstr("left out")));
}

TEST_F(CliBoxList, BeginsWithAPrefixInAnyCase) {
  const Result result = run({"list", "--login-prefix", "CARL@"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, StartsWith(std::string(head) + "3,carl@y.org,"));
  EXPECT_THAT(result.error, HasSubstr("1 user listed: the managed users whose logins begin with 'CARL@'"));
}

TEST_F(CliBoxList, OfNobodyIsAnEmptyListInPlaceOfTheOldOne) {
  const std::string file = folder.file("people.csv", std::string(head) + "1,ann@x.org,Ann,active,user,user\n");
  const Result result = run({"list", "--domain", "nowhere.org", "--output", file});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(contentOf(file), head);
  EXPECT_THAT(result.error, HasSubstr("nobody listed: the managed users of domain 'nowhere.org'"));
}

TEST_F(CliBoxList, OverwritesNoFileThatItHasNotWritten) {
  const std::string other = folder.file("other.csv", "login\nceo@x.org\n");
  EXPECT_EQ(run({"list", "--everyone", "--output", other}).status, 3);
  EXPECT_EQ(contentOf(other), "login\nceo@x.org\n");
  const std::string stay = folder.file("stay.csv", std::string(head) + "1,ann@x.org,Ann,active,user,user\n");
  const Result same = run({"list", "--everyone", "--exclude", stay, "--output", stay});
  EXPECT_EQ(same.status, 3);
  EXPECT_THAT(same.error, HasSubstr("it would be lost"));
  EXPECT_EQ(run({"list", "--everyone", "--output", folder.path("nowhere/people.csv")}).status, 3);
  EXPECT_EQ(box.emulator().counts().requests, 0U);
}

TEST_F(CliBoxList, AsksForTheIdWhereANameIsNotThatOfOneGroup) {
  const Result two = run({"list", "--group", "OPS"});
  EXPECT_EQ(two.status, 3);
  EXPECT_EQ(two.output, "");
  EXPECT_THAT(two.error,
              HasSubstr("--group 'OPS': 2 groups have this name: 'Ops' (id 72), 'ops' (id 73). Give the id"));
  const Result none = run({"users", "--group-members", "Sal", "--yes"});
  EXPECT_EQ(none.status, 3);
  EXPECT_THAT(none.error,
              AllOf(HasSubstr("--group-members 'Sal': no group has this name, or this account may not see it; groups "
                              "whose names begin so: 'Sales' (id 70), 'Sales EMEA' (id 71). Give the id"),
                    HasSubstr("nothing was sent")));
  const Result unknown = run({"list", "--group", "12345"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.error, AllOf(HasSubstr("404"), HasSubstr("Is --group right?")));
}

TEST_F(CliBoxList, AsJsonHasThoseWhoAreLeftOutWithTheReason) {
  const Result result = run({"list", "--domain", "x.org", "--json", "--exclude", folder.file("stay", "1\n2\n3\n4\n")});
  EXPECT_EQ(result.status, 0) << result.error;
  const auto events = eventsIn(result.output);
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[1].at("event"), "user");
  EXPECT_EQ(events[1].at("login"), "+bob@X.org");
  EXPECT_EQ(events[1].at("mark"), "excepted");
  EXPECT_EQ(events[1].at("leftOut"), true);
  EXPECT_EQ(events[3].at("event"), "summary");
  EXPECT_EQ(events[3].at("listed"), 0);
  EXPECT_EQ(boost::json::serialize(events[3].at("marks")), R"({"excepted":3})");
}

TEST_F(CliBoxList, TellsALogHowItEnded) {
  const std::string log = folder.path("log");
  EXPECT_EQ(run({"list", "--domain", "x.org", "--log", log}).status, 0);
  EXPECT_EQ(run({"list", "--group", "12345", "--exclude", folder.file("stay", "1\n"), "--log", log}).status, 1);
  EXPECT_THAT(contentOf(log), AllOf(HasSubstr(R"("event":"summary","selection":"the managed users of domain 'x.org'")"),
                                    HasSubstr(R"("event":"failed")"), HasSubstr("Is --group right?")));
}

TEST_F(CliBoxList, IsSentInOneStepWithItsOwnRecord) {
  const Strings group = {"users", "--group-members", "Sales", "--group-members", "71"};
  const Result rehearsed = run(joined(group, {"--dry-run"}));
  EXPECT_EQ(rehearsed.status, 0) << rehearsed.error;
  EXPECT_THAT(rehearsed.output, AllOf(HasSubstr("From the members of groups 'Sales' (id 70) and 71: "),
                                      HasSubstr("Would sign out 5 users"), HasSubstr("Nothing was sent")));
  EXPECT_EQ(box.users(), 0U);

  const std::string journal = folder.path("run.journal");
  const Result sent = run(joined(group, {"--yes", "--journal", journal, "--exclude-me"}));
  EXPECT_EQ(sent.status, 0) << sent.error;
  EXPECT_EQ(box.users(), 5U);
  EXPECT_EQ(box.callsOf("+bob@X.org").size(), 1U);
  EXPECT_EQ(contentOf(journal + ".list"),
            "user_id,login,line,problem\n1,ann@x.org,,\n3,carl@y.org,,\n4,co@x.org,,\n999,user999@example.com,,\n"
            "2,'+bob@X.org,,\n");
  EXPECT_THAT(test::run({.arguments = {"report", journal}}).output, HasSubstr("5 users: 5 accepted"));
  const Result again = run({"resume", journal, "--yes"});
  EXPECT_EQ(again.status, 0) << again.error;
  EXPECT_EQ(box.terminations(), 5U);
}

TEST_F(CliBoxList, IsSentWithoutThoseWhoMustStay) {
  const Strings run = {
      "users", "--domain", "x.org", "--yes", "--json", "--exclude", folder.file("stay", "ann@x.org\n")};
  const Result result = this->run(joined(run, as("4")));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(box.users(), 1U);
  EXPECT_EQ(box.callsOf("+bob@X.org").size(), 1U);
  EXPECT_THAT(result.error, HasSubstr("left out: yourself (unless you add --include-me)\n"));
  EXPECT_EQ(eventsIn(result.output).front().at("leftOut").as_array().front(),
            "1 left out because of --exclude: ann@x.org");
  EXPECT_EQ(eventsIn(result.output).front().at("source"), "the managed users of domain 'x.org'");
}

TEST_F(CliBoxList, OfWhichBoxHasNobodySaysSo) {
  EXPECT_THAT(run({"users", "--domain", "nosuch.example", "--yes"}).error,
              HasSubstr("nothing was sent: Box has no managed users of domain 'nosuch.example'"));
}

TEST_F(CliBoxList, WithNobodyLeftSendsNothing) {
  const Result result = run({"users", "--domain", "y.org", "--status", "active", "--yes"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error,
              AllOf(HasSubstr("left out: 1 because of --status"),
                    HasSubstr("nothing was sent: nobody is left of the managed users of domain 'y.org'")));
}

TEST_F(CliBoxList, AsksAtTheTerminalHowManyAndFromWhere) {
  Start start;
  start.arguments = joined({"users", "--everyone"}, box.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=any", "TERM=xterm"};
  start.terminal = true;
  Process process(start);
  ASSERT_TRUE(process.waitForError("Continue? [y/N]")) << process.error();
  EXPECT_THAT(process.error(), AllOf(HasSubstr("From all managed users: ann@x.org, "), HasSubstr("signs out 5 users"),
                                     HasSubstr("left out: yourself (unless you add --include-me) and 1 app user")));
  process.type("n\n");
  EXPECT_EQ(process.wait(), 130);
  EXPECT_EQ(box.users(), 0U);
}

/// A group with more members than Box lists.
class CliLargeGroup : public CliBoxList {
 protected:
  CliLargeGroup() : CliBoxList(options()) {}
  static emulator::EmulatorOptions options() {
    emulator::EmulatorOptions out = withPeople();
    for (int i = 0; i < 11'500; ++i) {
      const std::string number = std::to_string(i);
      out.directory.memberships.push_back({"x" + number, "74", std::to_string(500'000 + i)});
    }
    return out;
  }
};

TEST_F(CliLargeGroup, IsNoListAndTheProgramSaysSo) {
  const std::string file = folder.path("people.csv");
  const Result listed = run({"list", "--group", "Large", "--output", file});
  EXPECT_EQ(listed.status, 2);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_THAT(listed.error,
              AllOf(HasSubstr("Box does not list all members of group 74"), HasSubstr("box-sessions groups 74")));
  const Result sent = run({"users", "--group-members", "74", "--yes"});
  EXPECT_EQ(sent.status, 2);
  EXPECT_THAT(sent.error, AllOf(HasSubstr("Box does not list all members"), HasSubstr("box-sessions groups 74"),
                                HasSubstr("nothing was sent")));
  EXPECT_EQ(box.users(), 0U);
}

TEST_F(CliBoxList, WithoutTheRightsSaysWhichAreNeeded) {
  emulator::EmulatorOptions options = withPeople();
  options.missingScopes = {"manage_groups"};
  const Folder other;
  BulkBox strict(other, std::move(options));
  Start start;
  start.arguments = joined({"list", "--group", "Sales"}, strict.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=any"};
  const Result result = test::run(std::move(start));
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.output, "");
  EXPECT_THAT(result.error, AllOf(HasSubstr("403"), HasSubstr("manage_groups"), Not(HasSubstr("end sessions"))));
}

TEST_F(CliBoxList, StopsAtASignalAndWritesNothing) {
  box.emulator().setResponder([](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.target.starts_with("/2.0/users?")) return Reply::hang();
    return std::nullopt;
  });
  Start start;
  start.arguments = joined({"list", "--everyone"}, box.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=any"};
  Process process(start);
  ASSERT_TRUE(eventually([this] { return box.emulator().counts().requests == 2; }));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
  EXPECT_EQ(process.output(), "");
}

// A short or empty page is not the last one, an id may be a number, a role may be unknown, and an entry may be null.
TEST_F(CliBoxList, IsWholeAlsoWhereBoxFailsAndGivesShortPages) {
  const auto page = [](const std::string& entries, const std::string& marker) {
    return Reply::status(200).body(R"({"entries":[)" + entries + R"(],"limit":1000,"next_marker":)" + marker + "}");
  };
  const std::vector<Reply> pages = {
      Reply::status(503), page(R"({"type":"user","id":"81","login":"u@x.org"})", R"("a")"), page("", R"("b")"),
      page(R"({"id":82,"login":"v@x.org","role":"new_role"},null)", R"("")")};
  box.emulator().setResponder([pages, next = 0U](const emulator::RequestInfo& request) mutable -> std::optional<Reply> {
    if (!request.target.starts_with("/2.0/users?") || next == pages.size()) return std::nullopt;
    return pages[next++];
  });
  const Result result = run({"list", "--domain", "x.org"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output, std::string(head) + "81,u@x.org,,,,user\n82,v@x.org,,,new_role,user\n");
}

TEST_F(CliBoxList, LeavesOutTheAccountFromAListOfYours) {
  const std::string list = folder.file("list.csv", "user_id,login\n4,co@x.org\n1,ann@x.org\n6,dora@x.org.evil.org\n");
  const Strings users = {"users", "--file", list, "--yes", "--exclude-me"};
  const Result result = run(joined(users, as("4")));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("1 left out because of --exclude-me: co@x.org"));
  EXPECT_EQ(box.users(), 2U);
  EXPECT_TRUE(box.callsOf("co@x.org").empty());
  const Result asUser = run(joined(joined(users, as("4")), {"--as-user", "1", "--dry-run"}));
  EXPECT_THAT(asUser.output, HasSubstr("2 left out because of --exclude-me: co@x.org, ann@x.org"))
      << "the user of --as-user is left out too";
  const Result argument = run({"users", "ADMIN@example.com", "1", "--exclude-me", "--yes"});
  EXPECT_EQ(argument.status, 0);
  EXPECT_THAT(argument.error, HasSubstr("1 left out because of --exclude-me: ADMIN@example.com"));
}

TEST_F(CliBoxList, SendsNothingWhereBoxDoesNotSayWhomToLeaveOut) {
  box.emulator().setResponder([](const emulator::RequestInfo& request) -> std::optional<Reply> {
    if (request.target.starts_with("/2.0/users/me")) return Reply::error(403, "forbidden", "no");
    return std::nullopt;
  });
  const Result result = run({"users", "1", "--exclude-me", "--yes"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.error, AllOf(HasSubstr("--exclude-me needs to know whose these credentials are"),
                                  HasSubstr("a list for --exclude"), HasSubstr("nothing was sent")));
  const auto events = eventsIn(run({"users", "1", "--exclude-me", "--yes", "--json"}).output);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].at("event"), "summary");
  EXPECT_EQ(events[0].at("exitStatus"), 1);
  EXPECT_EQ(box.users(), 0U);
}

}  // namespace
}  // namespace box::cli::test
