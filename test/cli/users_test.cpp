#include "process.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <box/emulator/emulator.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bulk_box.hpp"

namespace box::cli::test {
namespace {

namespace json = boost::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string canary = "T0kenCanary9xQvGmW2LrZbK4sYhDfN8";

Strings withToken() { return {"BOX_DEVELOPER_TOKEN=" + canary}; }

void expectNoToken(const Result& result) {
  EXPECT_THAT(result.output, Not(HasSubstr(canary)));
  EXPECT_THAT(result.error, Not(HasSubstr(canary)));
}

/// Runs the program against the emulator, with the token in its environment and --yes.
Result runAt(const EmulatorProcess& emulator, const Strings& arguments, std::string input = {}) {
  Start start;
  start.arguments = joined(joined(arguments, {"--yes"}), emulator.here());
  start.environment = withToken();
  start.input = std::move(input);
  Result result = run(std::move(start));
  expectNoToken(result);
  return result;
}

/// As above, without an emulator.
Result runAlone(const Strings& arguments, Strings environment = withToken(), std::string input = {}) {
  Start start;
  start.arguments = arguments;
  start.environment = std::move(environment);
  start.input = std::move(input);
  Result result = run(std::move(start));
  expectNoToken(result);
  return result;
}

std::string textsIn(const json::value& list) {
  std::string out;
  for (const json::value& text : list.as_array()) out += (out.empty() ? "" : " ") + std::string(text.as_string());
  return out;
}

/// The terminations that an emulator with --json has accepted: "ids|logins" of each call.
Strings acceptedBy(EmulatorProcess& emulator, std::size_t count) {
  Strings out;
  if (count > 0) emulator.process().waitForOutput("\"sequence\":" + std::to_string(count) + ",");
  emulator.process().signal(SIGTERM);
  EXPECT_EQ(emulator.process().wait(), 0) << emulator.process().error();
  for (const json::object& event : eventsIn(emulator.process().output())) {
    if (event.at("event") != "accepted") continue;
    out.push_back(textsIn(event.at("ids")) + "|" + (event.contains("logins") ? textsIn(event.at("logins")) : "-"));
  }
  return out;
}

/// Makes Box accept connections for calls that end sessions without ever answering them.
void hang(BulkBox& box) {
  box.emulator().setResponder([](const box::emulator::RequestInfo& request) -> std::optional<box::emulator::Reply> {
    return request.method == "POST" ? std::optional(box::emulator::Reply::hang().processed()) : std::nullopt;
  });
}

TEST(CliUsers, AreSignedOutByIdAndLogin) {
  EmulatorProcess emulator({"--json"});
  const Result result = runAt(emulator, {"users", "12345", "ann@example.com"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, testing::MatchesRegex("2 users: 2 accepted\nbox-request-id: [0-9a-f]+\n"));
  EXPECT_THAT(result.error,
              AllOf(StartsWith("box-sessions: 1 id and 1 login: "),
                    HasSubstr("\nbox-sessions: accepted does not mean ended: "), HasSubstr("admin events")));
  EXPECT_EQ(acceptedBy(emulator, 1), Strings{"12345|ann@example.com"});
}

TEST(CliGroups, AreSignedOutById) {
  EmulatorProcess emulator({"--json"});
  const Result result = runAt(emulator, {"groups", "7", "8"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("2 groups: 2 accepted\n"));
  EXPECT_EQ(acceptedBy(emulator, 1), Strings{"7 8|-"});
}

TEST(CliGroups, AreNotTakenFromAListOfUsers) {
  const Result result = runAlone({"groups", "--file", "-", "--yes"}, withToken(), "user_id,login\n5,ann@example.com\n");
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("use 'box-sessions users'"));
}

TEST(CliUsers, AreReadFromCsvOnStandardInput) {
  EmulatorProcess emulator({"--json"});
  const Result result = runAt(emulator, {"users", "--file", "-"},
                              "\xef\xbb\xbfname,Login,User ID\r\n\"Ann, "
                              "A\",ann@example.com,\r\nBob,bob@example.com,12\r\nAnn,ann@example.com,");
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("1 duplicate ignored"));
  EXPECT_THAT(result.error, HasSubstr("1 row has an id and a login: the login is used (--prefer id uses the id)"));
  EXPECT_EQ(acceptedBy(emulator, 1), Strings{"|ann@example.com bob@example.com"});
}

TEST(CliUsers, AreReadFromSeveralFilesAndArguments) {
  EmulatorProcess emulator({"--json"});
  const Folder folder;
  const Result result = runAt(
      emulator, {"users", "9", "-f", folder.file("a", "1\n# no one\n2\n"), "-f", folder.file("b", "user_id\n3\n")});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(acceptedBy(emulator, 1), Strings{"9 1 2 3|"});
}

TEST(CliUsers, GoOutInCallsOfTheBatchSize) {
  EmulatorProcess emulator({"--json"});
  const Result result =
      runAt(emulator, {"users", "1", "a@x.org", "2", "3", "b@x.org", "--batch", "2", "--concurrency", "1"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output, "5 users: 5 accepted\n");
  EXPECT_EQ(acceptedBy(emulator, 3), (Strings{"1|a@x.org", "2 3|", "|b@x.org"}));
}

TEST(CliUsers, AreReportedAsJson) {
  EmulatorProcess emulator;
  const Result result = runAt(emulator, {"users", "1", "a@x.org", "2", "--batch", "2", "--json"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, IsEmpty());
  const auto events = eventsIn(result.output);
  ASSERT_GE(events.size(), 6U);
  EXPECT_EQ(events[0].at("event"), "plan");
  EXPECT_EQ(events[0].at("source"), "3 arguments");
  EXPECT_TRUE(events[0].contains("account"));
  Strings entries;
  for (const json::object& event : events) {
    if (event.at("event") != "entry") continue;
    entries.emplace_back(event.at("entry").as_string());
    EXPECT_EQ(event.at("state"), "accepted");
    EXPECT_FALSE(event.at("boxRequestId").as_string().empty());
  }
  EXPECT_THAT(entries, testing::UnorderedElementsAre("1", "a@x.org", "2"));
  EXPECT_EQ(events.back().at("event"), "summary");
  EXPECT_EQ(events.back().at("accepted"), 3);
  EXPECT_THAT(std::string(events.back().at("advice").as_string()), HasSubstr("admin events"));
  EXPECT_EQ(events.back().at("exitStatus"), 0);
}

TEST(CliUsers, SayNothingOnQuiet) {
  EmulatorProcess emulator;
  const Result result = runAt(emulator, {"users", "1", "1", "--quiet"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.output, IsEmpty());
  EXPECT_THAT(result.error, IsEmpty());
}

TEST(CliUsers, TellWhatHappensOnVerbose) {
  EmulatorProcess emulator;
  const Result result = runAt(emulator, {"users", "1", "--verbose"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.error, HasSubstr("POST " + emulator.url() + "/2.0/users/terminate_sessions"));
  EXPECT_THAT(result.error, HasSubstr("attempt 1: status 202"));
}

TEST(CliUsers, ActForAnotherUser) {
  EmulatorProcess emulator({"--json"});
  const Result result =
      runAt(emulator, {"users", "1", "--as-user", "42", "--header", "X-Trace: 1", "--suppress-notifications"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_TRUE(emulator.process().waitForOutput("\"asUser\":\"42\"")) << emulator.process().output();
}

TEST(CliInput, IsRefusedAsAWholeBeforeAnythingIsSent) {
  EmulatorProcess emulator({"--json"});
  std::string list = "1\n";
  for (int i = 0; i < 25; ++i) list += "bad\n";
  const Result result = runAt(emulator, {"users", "worse", "--file", "-"}, list);
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.output, IsEmpty());
  EXPECT_THAT(result.error, HasSubstr("box-sessions: argument 1: 'worse' is neither an id"));
  EXPECT_THAT(result.error, HasSubstr("box-sessions: standard input, line 2, character 1: 'bad' is neither an id"));
  EXPECT_THAT(result.error, HasSubstr("standard input, line 20, character 1: "));
  EXPECT_THAT(result.error, Not(HasSubstr("standard input, line 21, character 1: ")));
  EXPECT_THAT(result.error, HasSubstr("and 6 more"));
  EXPECT_THAT(result.error, HasSubstr("nothing was sent: 26 entries are invalid: correct them"));
  EXPECT_EQ(acceptedBy(emulator, 0), Strings());
}

// Copied from mail programs, web pages and spreadsheets, each of these logins looks right on a screen.
TEST(CliInput, WithWhatNobodySeesIsCleanedOrRefused) {
  EmulatorProcess emulator({"--json"});
  const Result refused = runAt(emulator, {"users", "--file", "-"},
                               "ann@example.com\n\u2060"
                               "dan@example.com\neve@example.com\u200b\n"
                               "\u201c"
                               "fay@example.com\u201d\nbob@example.comcarl@example.com\n");
  EXPECT_EQ(refused.status, 3);
  for (const char* const part :
       {"standard input, line 2, character 1: '\\u{2060}dan@example.com' has the invisible character U+2060",
        "standard input, line 3, character 16: 'eve@example.com\\u{200b}' has the invisible character U+200B",
        "line 4, character 1: ", "U+201C", "line 5, character 20: 'bob@example.comcarl@example.com' has a second @"}) {
    EXPECT_THAT(refused.error, HasSubstr(part));
  }
  const Result commented = runAt(emulator, {"users", "--file", "-"}, "login\nann@example.com\n#ceo@example.com\n");
  EXPECT_EQ(commented.status, 3);
  EXPECT_THAT(commented.error, HasSubstr("standard input, line 3, character 1: a row that begins with #"));

  const Result cleaned = runAt(emulator, {"users", "--file", "-"},
                               "\xef\xbb\xbf"
                               "ann@example.com\r\n\xef\xbb\xbf"
                               "cat@example.com\r\n"
                               "bob@example.com\xc2\xa0\nmailto:dan@example.com\nann@example.com\n");
  EXPECT_EQ(cleaned.status, 0) << cleaned.error;
  EXPECT_THAT(cleaned.error, HasSubstr("1 duplicate ignored"));
  EXPECT_EQ(acceptedBy(emulator, 1), Strings{"|ann@example.com cat@example.com bob@example.com dan@example.com"});
}

TEST(CliInput, MustNameSomeone) {
  const Result result = runAlone({"users", "--file", "-", "--yes"}, withToken(), "# nobody\n\n");
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("the list names no users"));
}

TEST(CliInput, MustBeReadable) {
  const Result result = runAlone({"users", "--file", "/nonexistent/list", "--yes"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("/nonexistent/list"));
}

TEST(CliInput, ThatIsATokenIsNotRepeated) {
  const Folder folder;
  const Result result = runAlone({"users", "--yes", "--file", folder.file("token", canary + "\n")});
  EXPECT_EQ(result.status, 3);
}

TEST(CliDryRun, ShowsThePlanAndNeedsATokenButNoNetwork) {
  const Result result = runAlone({"users", "1", "2", "3", "--batch", "2", "--dry-run"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output,
            "From 3 arguments: 1, 2, 3\nWould sign out 3 users at https://api.box.com with 2 calls of at most 2, in "
            "about 1 s at 15 calls/s. Nothing was sent.\n");
  const Result without = runAlone({"users", "1", "--dry-run"}, {});
  EXPECT_EQ(without.status, 3) << "as the run";
  EXPECT_THAT(without.error, AllOf(HasSubstr("no token: give it with --token-file FILE"),
                                   testing::EndsWith("\nbox-sessions: nothing was sent\n")));
  const Result asJson = runAlone({"groups", "1", "--dry-run", "--json"});
  EXPECT_EQ(eventsIn(asJson.output).at(0).at("event"), "plan");
}

TEST(CliDryRun, FindsWrongSettings) {
  const Folder folder;
  for (const Strings& wrong :
       {Strings{"--base-url", "http://api.box.com"}, Strings{"--header", "Authorization: Bearer x"},
        Strings{"--ca", folder.path("none.pem")}, Strings{"--ca", folder.file("bad.pem", "nonsense")}}) {
    const Result result = runAlone(joined({"users", "1", "--dry-run"}, wrong));
    EXPECT_EQ(result.status, 3) << wrong.front();
    EXPECT_THAT(result.error, StartsWith("box-sessions: ")) << wrong.front();
  }
}

TEST(CliDryRun, TriesCredentialsAndFilesThatAreWritten) {
  const Folder folder;
  const std::string list = folder.file("list", "1\n");
  for (const Strings& wrong :
       {Strings{"--token-file", folder.path("none")}, Strings{"--token-file", folder.file("open", canary, 0644)},
        Strings{"--journal", folder.path("none/j")}, Strings{"--remaining", folder.path("none/r")},
        Strings{"--remaining", list}, Strings{"--ccg", "--client-id", "x"}}) {
    const Result result = runAlone(joined({"users", "--file", list, "--dry-run"}, wrong), {});
    EXPECT_EQ(result.status, 3) << wrong[0] << wrong[1];
    EXPECT_THAT(result.error, StartsWith("box-sessions: ")) << wrong.front();
  }
  const std::string rest = folder.path("rest"), journal = folder.path("journal");
  EXPECT_EQ(runAlone({"users", "--file", list, "--dry-run", "--remaining", rest, "--journal", journal}).status, 0);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path("")), {}), 2) << "list and open";
}

TEST(CliDryRun, ChecksTheAccountWhereItIsToldTo) {
  const Folder folder;
  EmulatorProcess emulator({"--json", "--token-file", folder.file("token", canary)});
  const Result good = runAt(emulator, {"users", "1", "--dry-run", "--check"});
  EXPECT_EQ(good.status, 0) << good.error;
  EXPECT_THAT(good.output, HasSubstr(", with the credentials of "));
  Start start;
  start.arguments = joined({"users", "1", "--dry-run", "--check"}, emulator.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=another"};
  const Result bad = run(std::move(start));
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.error,
              AllOf(HasSubstr("--check: Box does not say whose these credentials are: "), HasSubstr("60 minutes")));
  EXPECT_EQ(acceptedBy(emulator, 0), Strings());
}

TEST(CliToken, IsAskedForByNameWhereThereIsNone) {
  const Result result = runAlone({"users", "1", "--yes"}, {});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("--token-file"));
  EXPECT_THAT(result.error, HasSubstr("BOX_DEVELOPER_TOKEN"));
}

TEST(CliToken, IsReadFromAPrivateFile) {
  const Folder folder;
  const std::string file = folder.file("token", canary + "\r\n");
  EmulatorProcess emulator({"--token-file", file});
  Start start;
  start.arguments = joined({"users", "1", "--yes", "--token-file", file}, emulator.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=another"};
  const Result result = run(std::move(start));
  EXPECT_EQ(result.status, 0) << result.error;
}

TEST(CliToken, IsRefusedFromAFileThatOthersCanRead) {
  const Folder folder;
  const std::string file = folder.file("token", canary, 0640);
  const Result result = runAlone({"users", "1", "--yes", "--token-file", file}, {});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("chmod 600 '" + file + "'"));
}

TEST(CliToken, IsReadFromStandardInputAndInheritedPipes) {
  const Folder folder;
  EmulatorProcess emulator({"--token-file", folder.file("token", canary)});
  for (const char* const path : {"-", "/dev/stdin", "/dev/fd/0"}) {
    Start start;
    start.arguments = joined({"users", "1", "--yes", "--token-file", path}, emulator.here());
    start.input = canary + "\n";
    const Result result = run(std::move(start));
    EXPECT_EQ(result.status, 0) << path << "\n" << result.error;
  }
}

TEST(CliToken, MustBeOne) {
  const Folder folder;
  for (const std::string& content :
       {std::string(), std::string("\n"), std::string("two words"), std::string(9000, 'x')}) {
    const Result result = runAlone({"users", "1", "--yes", "--token-file", folder.file("token", content)}, {});
    EXPECT_EQ(result.status, 3) << content.size();
    EXPECT_THAT(result.error, Not(HasSubstr("two words")));
  }
}

TEST(CliToken, StandsNeitherInTheCommandLineNorInTheEnvironmentOfTheProcess) {
  const Folder place;
  BulkBox box(place);
  hang(box);
  Start start;
  start.arguments = joined({"users", "1", "--yes"}, box.here());
  start.environment = withToken();
  Process process(std::move(start));
  ASSERT_TRUE(box.emulator().waitForAccepted(1, std::chrono::seconds(30)));
  const std::string folder = "/proc/" + std::to_string(process.id());
  EXPECT_THAT(contentOf(folder + "/cmdline"), HasSubstr("users"));
  EXPECT_THAT(contentOf(folder + "/cmdline"), Not(HasSubstr(canary)));
  EXPECT_THAT(contentOf(folder + "/environ"), Not(HasSubstr(canary)));
  EXPECT_THAT(contentOf(folder + "/limits"), testing::ContainsRegex("Max core file size +0 +0"));
}

TEST(CliToken, IsRefusedByBox) {
  const Folder folder;
  EmulatorProcess emulator({"--token-file", folder.file("token", "another")});
  const Result result = runAt(emulator, {"users", "1"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.error, HasSubstr("401 Unauthorized"));
  EXPECT_THAT(result.error, HasSubstr("box-request-id"));
  EXPECT_THAT(result.error, HasSubstr("60 minutes"));
  EXPECT_EQ(result.output, "1 user: 0 accepted, 1 call refused (Box answered 401)\n");
}

// A server, or others whose texts it shows, could send sequences that move the cursor, change the title or reverse
// text.
TEST(CliServerText, CannotDisturbATerminal) {
  const std::string evil = "\\u001b]0;owned\\u0007\\u001b[2Jgone\\r\\nok \\u009b31m \\u202e txt";
  const std::string body = R"({"type":"error","status":400,"code":")" + evil + R"(","message":")" + evil +
                           R"(","request_id":")" + evil + R"(","help_url":")" + evil + R"("})";
  box::emulator::Emulator server;
  server.setDefault(box::emulator::Reply::status(400).body(body));
  const Folder folder;
  const std::string ca = folder.file("ca.pem", server.caPem());
  for (const Strings& how : {Strings{}, Strings{"--verbose"}, Strings{"--json"}}) {
    Start start;
    start.arguments = joined({"users", "1", "--yes", "--base-url", server.baseUrl(), "--ca", ca}, how);
    start.environment = withToken();
    const Result result = run(std::move(start));
    EXPECT_EQ(result.status, 1) << result.error;
    EXPECT_THAT(result.output + result.error, HasSubstr("gone"));
    for (const std::string_view bad : {"\x1b", "\x07", "\r", "\xc2\x9b", "\xe2\x80\xae"}) {
      EXPECT_EQ((result.output + result.error).find(bad), std::string::npos) << result.output << result.error;
    }
  }
}

TEST(CliFailure, OfOneUserKeepsNobodyElseFromBeingSentAndIsKept) {
  EmulatorProcess emulator({"--json", "--unknown-user", "3"});
  const Folder folder;
  const std::string rest = folder.path("rest");
  const Result result = runAt(emulator, {"users", "1", "2", "3", "4", "5", "--json", "--remaining", rest});
  EXPECT_EQ(result.status, 1);
  const auto events = eventsIn(result.output);
  Strings rejected;
  for (const json::object& event : events) {
    if (event.at("event") != "entry" || event.at("state") != "rejected") continue;
    rejected.emplace_back(event.at("entry").as_string());
    EXPECT_EQ(event.at("status"), 404);
    EXPECT_EQ(event.at("code"), "not_found");
  }
  EXPECT_EQ(rejected, Strings{"3"});
  EXPECT_EQ(events.back().at("accepted"), 4);
  EXPECT_EQ(events.back().at("rejected"), 1);
  EXPECT_EQ(events.back().at("exitStatus"), 1);
  EXPECT_THAT(std::string(events.back().at("advice").as_string()), HasSubstr("check the ids and logins"));
  EXPECT_EQ(contentOf(rest), "# rejected by Box\n3\n");
}

TEST(CliFailure, LeavesAListThatTheNextRunTakes) {
  EmulatorProcess emulator({"--json", "--rate-limit", "3"});  // one of them asks for the account
  const Folder folder;
  const std::string rest = folder.path("rest"), last = folder.path("last");
  const Result first = runAt(emulator, {"users", "1", "2", "3", "--batch", "1", "--concurrency", "1", "--remaining",
                                        rest, "--no-journal", "--timeout", "2s"});
  EXPECT_EQ(first.status, 2) << first.error;
  EXPECT_THAT(first.error, AllOf(HasSubstr("Box limits the rate"), HasSubstr("box-sessions users --file " + rest)));
  EmulatorProcess another({"--json"});
  const Result second = runAt(another, {"users", "--file", rest, "--remaining", last});
  EXPECT_EQ(second.status, 0) << second.error;
  EXPECT_EQ(contentOf(last), "");
  EXPECT_EQ(runAt(another, {"users", "--file", rest, "--remaining", rest}).status, 3)
      << "the file of --remaining must not be the list";
  EXPECT_EQ(contentOf(rest), "# not sent, or in a call that Box refused\n3\n");
  EXPECT_EQ(acceptedBy(another, 1), Strings{"3|"});
}

TEST(CliRemaining, OverwritesNoOtherFile) {
  EmulatorProcess emulator({"--json"});
  const Folder folder;
  const std::string list = folder.file("leavers.csv", "name,user_id\nAnn,1\n");
  const Result result = runAt(emulator, {"users", "--file", list, "--remaining", list});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("would be lost; choose another name"));
  const Result other = runAt(emulator, {"users", "1", "--remaining", list});
  EXPECT_EQ(other.status, 3);
  EXPECT_THAT(other.error, HasSubstr("exists already"));
  EXPECT_EQ(contentOf(list), "name,user_id\nAnn,1\n");
  const std::string link = folder.path("link");
  std::filesystem::create_symlink(list, link);
  const Result throughLink = runAt(emulator, {"users", "1", "--remaining", link});
  EXPECT_EQ(throughLink.status, 3);
  EXPECT_THAT(throughLink.error, HasSubstr("symbolic link"));
  EXPECT_EQ(contentOf(list), "name,user_id\nAnn,1\n");
  EXPECT_TRUE(std::filesystem::is_symlink(link));
}

TEST(CliRemaining, NeitherWaitsForAPipeNorTellsItTheList) {
  EmulatorProcess emulator({"--json"});
  const Folder folder;
  const std::string pipe = folder.path("rest");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0666), 0);
  const Result alone = runAt(emulator, {"users", "1", "--remaining", pipe});
  EXPECT_EQ(alone.status, 3);
  EXPECT_THAT(alone.error, HasSubstr("not a regular file"));
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  EXPECT_EQ(runAt(emulator, {"users", "1", "--remaining", pipe}).status, 3);
  char byte = 0;
  EXPECT_LE(::read(reader, &byte, 1), 0) << "the list was written to the pipe";
  ::close(reader);
}

TEST(CliFailure, OfTheNetworkSaysThatNothingWasSent) {
  // A port that is bound but does not listen refuses connections, and no other process can take it.
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const Folder folder;
  const std::string rest = folder.path("rest");
  const Result result = runAlone({"users", "1", "2", "--batch", "1", "--yes", "--timeout", "2s", "--remaining", rest,
                                  "--base-url", "https://127.0.0.1:" + std::to_string(ntohs(address.sin_port))});
  ::close(socket);
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error, HasSubstr("the last failure: "));
  EXPECT_THAT(result.output, HasSubstr("2 users: 0 accepted, 2 not sent\n"));
  EXPECT_EQ(contentOf(rest), "# not sent, or in a call that Box refused\n1\n2\n");
}

TEST(CliFailure, OfTheCertificateSaysHowToTrustIt) {
  EmulatorProcess emulator;
  const Result result = runAlone({"users", "1", "--yes", "--base-url", emulator.url()});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error, HasSubstr("[tlsVerificationFailed]\n"));
  EXPECT_THAT(result.error, HasSubstr("--ca FILE"));
  EXPECT_EQ(result.output, "1 user: 0 accepted, 1 not sent\n");
}

TEST(CliFailure, WithoutAnAnswerIsInDoubt) {
  const Folder folder;
  BulkBox box(folder);
  hang(box);
  const std::string rest = folder.path("rest");
  const Result result = runAlone(
      joined({"users", "1", "2", "--batch", "1", "--concurrency", "1", "--timeout", "2s", "--remaining", rest, "--yes"},
             box.here()));
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error, HasSubstr("1: in doubt"));
  EXPECT_THAT(result.output, HasSubstr("2 users: 0 accepted, 1 in doubt, 1 not sent\n"));
  EXPECT_EQ(contentOf(rest), "# in doubt\n1\n# not sent, or in a call that Box refused\n2\n");
}

TEST(CliFailure, WhoWasNotReachedIsNamedAndHasAnEvent) {
  const Folder folder;
  BulkBox box(folder);
  hang(box);
  std::string list;
  for (int user = 1; user <= 2'000; ++user) list += std::to_string(user) + "\n";
  const std::string file = folder.file("list", list);
  for (const Strings& form : {Strings{}, Strings{"--json"}}) {
    Start start;
    start.arguments = joined(joined({"users", "--file", file, "--batch", "1", "--concurrency", "1", "--no-journal",
                                     "--yes", "--timeout", "1s"},
                                    form),
                             box.here());
    start.environment = withToken();
    const int output = ::open(folder.path("output").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    start.outputDescriptor = output;
    const Result result = run(std::move(start));
    ::close(output);
    EXPECT_EQ(result.status, 2) << result.error;
    if (form.empty()) {
      EXPECT_THAT(result.error, HasSubstr("box-sessions: not sent: 2 (line 2), 3 (line 3), 4 (line 4), "));
      continue;
    }
    std::size_t entries = 0;
    for (const auto& event : eventsIn(contentOf(folder.path("output"))))
      entries += event.at("event") == "entry" ? 1 : 0;
    EXPECT_EQ(entries, 2'000U);
  }
}

TEST(CliFailure, TheTimeoutCountsTheQuestionForTheAccount) {
  const Folder folder;
  BulkBox box(folder);
  box.emulator().setResponder([](const box::emulator::RequestInfo&) { return box::emulator::Reply::hang(); });
  Start start;
  start.arguments = joined({"users", "1", "--yes", "--json", "--timeout", "4500ms"}, box.here());
  start.environment = withToken();
  const Result result = run(std::move(start));
  EXPECT_EQ(result.status, 2) << result.error;
  EXPECT_LE(eventsIn(result.output).back().at("elapsedMs").as_int64(), 4'300) << "a third was for the question";
}

TEST(CliFailure, AQuestionForTheAccountThatCannotBeSkippedGetsTheTimeOfTheRun) {
  const Folder folder;
  emulator::EmulatorOptions options;
  options.latency = std::chrono::milliseconds(2'200);
  BulkBox box(folder, std::move(options));
  EXPECT_EQ(runAlone(joined({"users", "1", "--dry-run", "--check", "--timeout", "6s"}, box.here())).status, 0)
      << "a third of the time is too short";
  EXPECT_EQ(runAlone(joined({"users", "1", "--exclude-me", "--yes", "--timeout", "6s"}, box.here())).status, 0);
  const Result late = runAlone(joined({"users", "1", "--exclude-me", "--yes", "--timeout", "1s"}, box.here()));
  EXPECT_EQ(late.status, 2);
  EXPECT_THAT(late.error, AllOf(HasSubstr("Give Box more time with --timeout."), HasSubstr("nothing was sent"),
                                Not(HasSubstr("signed out again"))));
}

TEST(CliFailure, EntriesInDoubtForOneReasonAreOneLine) {
  const Folder folder;
  BulkBox box(folder);
  hang(box);
  const Result result = runAlone(joined({"users", "1", "2", "3", "--timeout", "2s", "--yes"}, box.here()));
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error,
              AllOf(HasSubstr("box-sessions: 1 and 2 more: in doubt: "), Not(HasSubstr("terminateUsersSessions"))));
  EXPECT_THAT(result.error, Not(HasSubstr("2: in doubt")));
}

class CliInterruption : public testing::TestWithParam<int> {};

TEST_P(CliInterruption, WaitsForTheCallsInProgressAndTheSecondCancelsThem) {
  const Folder folder;
  BulkBox box(folder);
  hang(box);
  const std::string rest = folder.path("rest");
  Start start;
  start.arguments =
      joined({"users", "1", "2", "--batch", "1", "--concurrency", "1", "--no-journal", "--yes", "--remaining", rest},
             box.here());
  start.environment = withToken();
  Process process(std::move(start));
  ASSERT_TRUE(box.emulator().waitForAccepted(1, std::chrono::seconds(30)));
  EXPECT_EQ(
      contentOf(rest),
      "# The run has not ended: these are the entries that were open when the run began. It is not known which of "
      "them were reached\n1\n2\n");
  process.signal(GetParam());
  ASSERT_TRUE(process.waitForError("stopping: finishing the calls in progress"));
  process.signal(GetParam());
  EXPECT_EQ(process.wait(), 130);
  EXPECT_THAT(process.error(),
              AllOf(HasSubstr("1: in doubt: waiting for the answer: stopped at your request"),
                    HasSubstr("to continue: box-sessions users --file " + rest), Not(HasSubstr("Operation canceled"))));
  EXPECT_EQ(process.output(), "2 users: 0 accepted, 1 in doubt, 1 not sent\n");
  EXPECT_EQ(contentOf(rest), "# in doubt\n1\n# not sent, or in a call that Box refused\n2\n");
}

INSTANTIATE_TEST_SUITE_P(Signals, CliInterruption, testing::Values(SIGINT, SIGTERM, SIGHUP));

TEST(CliThirdInterruption, EndsTheProgramAtOnce) {
  const Folder folder;
  BulkBox box(folder);
  hang(box);
  std::string list;
  for (int i = 0; i < 20'000; ++i) list += std::to_string(1'000'000 + i) + "\n";
  // Nobody reads standard output. The output is longer than a pipe holds, so that the program has to wait.
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  Start start;
  start.arguments =
      joined({"users", "--file", folder.file("list", list), "--yes", "--json", "--no-journal"}, box.here());
  start.environment = withToken();
  start.outputDescriptor = ends[1];
  Process process(std::move(start));
  ASSERT_TRUE(box.emulator().waitForAccepted(1, std::chrono::seconds(30)));
  process.signal(SIGINT);
  ASSERT_TRUE(process.waitForError("stopping: ")) << process.error();
  process.signal(SIGINT);
  ASSERT_TRUE(process.waitForError("stopping now")) << process.error();
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(CliInterruptionIgnored, WhereWhoStartedItMeantSo) {
  EmulatorProcess emulator({"--latency", "1000"});
  ASSERT_NE(std::signal(SIGHUP, SIG_IGN), SIG_ERR);  // nohup does the same
  Start start;
  start.arguments = joined({"users", "1", "--yes"}, emulator.here());
  start.environment = withToken();
  Process process(std::move(start));
  std::signal(SIGHUP, SIG_DFL);
  ASSERT_TRUE(emulator.process().waitForOutput("accepted"));
  process.signal(SIGHUP);
  EXPECT_EQ(process.wait(), 0) << process.error();
}

TEST(CliQuestion, CannotBeAskedWithoutATerminal) {
  const Result result = runAlone({"users", "1"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("--yes"));
}

Start atTerminal(const EmulatorProcess& emulator) {
  Start start;
  start.arguments = joined({"users", "1", "2"}, emulator.here());
  start.environment = withToken();
  start.terminal = true;
  return start;
}

TEST(CliQuestion, IsAnsweredWithYes) {
  EmulatorProcess emulator({"--json"});
  Process process(atTerminal(emulator));
  ASSERT_TRUE(process.waitForError("This signs out 2 users at localhost:"));
  ASSERT_TRUE(process.waitForError("Continue? [y/N] "));
  process.type("y\n");
  EXPECT_EQ(process.wait(), 0) << process.error();
  EXPECT_EQ(acceptedBy(emulator, 1), Strings{"1 2|"});
}

TEST(CliQuestion, SaysWhereTheListHasTheOperator) {
  EmulatorProcess emulator({"--json"});
  Start start = atTerminal(emulator);
  start.arguments = joined({"users", "1", "Admin@example.com"}, emulator.here());
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError(
      "you are in the list yourself: leave yourself out with --exclude-me, or in a resume with --exclude"))
      << process.error();
  process.type("n\n");
  EXPECT_EQ(process.wait(), 130);
  const Strings list = {"users", "1", "Admin@example.com"};
  EXPECT_THAT(runAt(emulator, joined(list, {"--dry-run", "--check"})).output,
              HasSubstr("you are in the list yourself"));
  EXPECT_THAT(runAt(emulator, list).error, HasSubstr("box-sessions: you are in the list yourself"));
  EXPECT_THAT(runAt(emulator, joined(list, {"--json"})).output, HasSubstr("\"accountInList\":true"));
}

TEST(CliQuestion, ThatIsInterruptedSaysThatNothingWasSent) {
  EmulatorProcess emulator({"--json"});
  for (const int signal : {SIGINT, SIGTERM}) {
    Process process(atTerminal(emulator));
    ASSERT_TRUE(process.waitForError("Continue? [y/N] "));
    process.signal(signal);
    EXPECT_EQ(process.wait(), 130) << process.error();
    EXPECT_THAT(process.error(), HasSubstr("nothing was sent"));
  }
  EXPECT_EQ(acceptedBy(emulator, 0), Strings());
}

TEST(CliQuestion, IsSeenAlsoWhereStandardErrorGoesToAFile) {
  EmulatorProcess emulator({"--json"});
  const Folder folder;
  Start start = atTerminal(emulator);
  start.errorFile = folder.path("errors");
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError("Continue? [y/N] "));
  process.type("y\n");
  EXPECT_EQ(process.wait(), 0);
  EXPECT_THAT(contentOf(folder.path("errors")), Not(HasSubstr("Continue?")));
  EXPECT_EQ(acceptedBy(emulator, 1), Strings{"1 2|"});
}

TEST(CliList, FromATerminalSaysWhatItWaitsFor) {
  EmulatorProcess emulator({"--json"});
  Start start = atTerminal(emulator);
  start.arguments = joined({"users", "--file", "-", "--yes"}, emulator.here());
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError("reading the list from the terminal: one entry a line; Ctrl-D ")) << process.error();
  process.type("1\n\x04");
  EXPECT_EQ(process.wait(), 0) << process.error();
}

TEST(CliQuestion, IsNotAnsweredByWhatWasTypedBeforeIt) {
  EmulatorProcess emulator({"--json"});
  const Folder folder;
  const std::string list = folder.path("list");
  ASSERT_EQ(::mkfifo(list.c_str(), 0600), 0);
  Start start = atTerminal(emulator);
  start.arguments = joined({"users", "--file", list}, emulator.here());
  Process process(std::move(start));
  process.type("y\n");
  ASSERT_TRUE(process.waitForError("y"));                       // the terminal has received the input
  const int pipe = ::open(list.c_str(), O_WRONLY | O_CLOEXEC);  // waits until the program opens its list
  ASSERT_GE(pipe, 0);
  ASSERT_EQ(::write(pipe, "1\n", 2), 2);
  ::close(pipe);
  ASSERT_TRUE(process.waitForError("[y/N] "));
  process.type("n\n");
  EXPECT_EQ(process.wait(), 130) << process.error();
  EXPECT_EQ(acceptedBy(emulator, 0), Strings());
}

TEST(CliQuestion, IsAnsweredWithNoByAnythingElse) {
  EmulatorProcess emulator({"--json"});
  for (const char* const answer : {"n\n", "\n", "yesterday\n", "\x04"}) {
    Process process(atTerminal(emulator));
    ASSERT_TRUE(process.waitForError("[y/N] "));
    process.type(answer);
    EXPECT_EQ(process.wait(), 130) << answer;
    EXPECT_THAT(process.error(), HasSubstr("nothing was sent")) << answer;
  }
  EXPECT_EQ(acceptedBy(emulator, 0), Strings());
}

TEST(CliPrompt, ReadsTheTokenWithoutShowingIt) {
  const Folder folder;
  EmulatorProcess emulator({"--token-file", folder.file("token", canary)});
  Start start = atTerminal(emulator);
  start.environment.clear();
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError("Box access token (not shown): "));
  EXPECT_FALSE(process.echoes());
  process.type(canary + "\n");
  ASSERT_TRUE(process.waitForError("Continue? [y/N] "));
  EXPECT_TRUE(process.echoes());
  process.type("yes\n");
  EXPECT_EQ(process.wait(), 0) << process.error();
  EXPECT_THAT(process.error(), Not(HasSubstr(canary)));
}

TEST(CliPrompt, LeavesTheTerminalAsItWasWhenInterrupted) {
  EmulatorProcess emulator;
  Start start = atTerminal(emulator);
  start.environment.clear();
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError("(not shown): "));
  ASSERT_FALSE(process.echoes());
  process.signal(SIGINT);
  EXPECT_TRUE(eventually([&] { return process.echoes(); }));
  EXPECT_EQ(process.wait(), 1000 + SIGINT) << "as shells expect it";
}

TEST(CliOutput, ThatNobodyReadsStopsTheRun) {
  EmulatorProcess emulator({"--json"});
  Start start;
  start.arguments = joined({"users", "1", "2", "--batch", "1", "--yes", "--json"}, emulator.here());
  start.environment = withToken();
  start.closedOutput = true;
  const Result result = run(std::move(start));
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error, AllOf(HasSubstr("nothing was sent"), HasSubstr("cannot write the output")));
  EXPECT_EQ(acceptedBy(emulator, 0), Strings()) << "the plan could not be told";
}

TEST(CliOutput, ToAFullDiskIsNoSuccess) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  for (const Strings& arguments : {Strings{"--help"}, Strings{"--version"}, Strings{"users", "1", "--dry-run"}}) {
    Start start;
    start.arguments = arguments;
    start.environment = withToken();
    start.outputDescriptor = full;
    EXPECT_EQ(run(std::move(start)).status, 2) << arguments.front();
  }
  ::close(full);
}

TEST(CliOutput, ThatIsClosedIsNoSuccessAndNoSocketTakesItsPlace) {
  EmulatorProcess emulator({"--latency", "500"});
  Start start;
  start.arguments = joined({"users", "1", "--yes"}, emulator.here());
  start.environment = withToken();
  start.withoutOutput = true;
  Process process(std::move(start));
  ASSERT_TRUE(emulator.process().waitForOutput("accepted"));
  std::error_code unreadable;  // the program guards its memory, so that only root can read this
  const auto target = std::filesystem::read_symlink("/proc/" + std::to_string(process.id()) + "/fd/1", unreadable);
  if (!unreadable) {
    EXPECT_EQ(target, "/dev/null");
  }
  EXPECT_EQ(process.wait(), 2);
  EXPECT_THAT(process.error(), HasSubstr("cannot write the output"));
}

TEST(CliRemaining, MustBeWritableBeforeAnythingIsSent) {
  EmulatorProcess emulator({"--json"});
  const Result result = runAt(emulator, {"users", "1", "--remaining", "/nonexistent/rest"});
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(acceptedBy(emulator, 0), Strings());
}

TEST(CliUsage, IsTaughtByHelpAndVersion) {
  const Result help = runAlone({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.output, HasSubstr("Exit status:"));
  EXPECT_THAT(runAlone({"users", "--help"}).output, StartsWith("Usage: box-sessions users"));
  EXPECT_THAT(runAlone({"help", "groups"}).output, StartsWith("Usage: box-sessions groups"));
  EXPECT_THAT(runAlone({"--version"}).output,
              testing::MatchesRegex("box-sessions [0-9]+\\.[0-9]+\\.[0-9]+( \\(commit [0-9a-f]+(-dirty)?\\))?\n"
                                    "Boost [0-9.]+\nOpenSSL [0-9]\\.[^ ]+ \\(built with [0-9.]+[^ ]*\\)\n"));
  EXPECT_THAT(runAlone({"manual"}).output, HasSubstr(".TH BOX"));
  EXPECT_THAT(runAlone({"completion", "fish"}).output, HasSubstr("complete -c box-sessions"));
}

TEST(CliUsage, ThatIsWrongIsExplainedOnStandardError) {
  const Result result = runAlone({"users", "1", "--frob"});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.output, IsEmpty());
  EXPECT_EQ(result.error,
            "box-sessions: unknown option --frob; see 'box-sessions users --help'\nbox-sessions: nothing was sent\n");
  EXPECT_EQ(runAlone({}).status, 3);
}

}  // namespace
}  // namespace box::cli::test
