#include "cli/arguments.hpp"

#include <chrono>
#include <cmath>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "cli/help.hpp"
#include "cli/options/subcommands.hpp"

namespace box::cli {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

Command parse(const std::vector<const char*>& arguments) { return parseArguments(arguments); }

TerminateArguments parseTerminate(const std::vector<const char*>& arguments) {
  return std::get<TerminateArguments>(parse(arguments));
}

template <typename Each>
void forEachOption(Each each) {
  for (const Subcommand& subcommand : subcommands()) {
    for (const Section& section : subcommand.sections) {
      for (const Option& option : section.options) each(subcommand, option);
    }
  }
}

std::string errorOf(const std::vector<const char*>& arguments) {
  try {
    parse(arguments);
  } catch (const UsageError& error) {
    return error.what();
  }
  ADD_FAILURE() << "was accepted";
  return {};
}

TEST(CliArguments, TakeEntriesAndDefaults) {
  const auto arguments = parseTerminate({"users", "12", "ann@example.com"});
  EXPECT_EQ(arguments.target, Target::users);
  EXPECT_EQ(arguments.entries, (Strings{"12", "ann@example.com"}));
  EXPECT_EQ(arguments.batch, 100U);
  EXPECT_FALSE(arguments.connection.timeout);
  EXPECT_FALSE(arguments.connection.baseUrl);
  EXPECT_FALSE(arguments.yes || arguments.json || arguments.dryRun || arguments.quiet || arguments.verbose ||
               arguments.suppressNotifications);
  EXPECT_EQ(parseTerminate({"groups", "7"}).target, Target::groups);
}

TEST(CliArguments, TakeEveryOption) {
  const auto arguments = parseTerminate({"users",
                                         "--file",
                                         "a.csv",
                                         "-f",
                                         "-",
                                         "--batch=7",
                                         "--remaining",
                                         "rest",
                                         "--token-file",
                                         "t",
                                         "--base-url",
                                         "https://box.example/x",
                                         "--ca",
                                         "ca.pem",
                                         "--timeout",
                                         "1m30s",
                                         "--proxy",
                                         "http://proxy.example:3128",
                                         "--proxy-user",
                                         "ann",
                                         "--proxy-password-file",
                                         "p",
                                         "--as-user",
                                         "42",
                                         "--header",
                                         "X-A: 1",
                                         "--header",
                                         "X-B:two: parts ",
                                         "--suppress-notifications",
                                         "--dry-run",
                                         "--yes",
                                         "--json",
                                         "--verbose"});
  EXPECT_EQ(arguments.files, (Strings{"a.csv", "-"}));
  EXPECT_EQ(arguments.batch, 7U);
  EXPECT_EQ(arguments.remainingFile, "rest");
  EXPECT_EQ(arguments.credentials.tokenFile, "t");
  EXPECT_EQ(arguments.connection.baseUrl, "https://box.example/x");
  EXPECT_EQ(arguments.connection.caFile, "ca.pem");
  EXPECT_EQ(arguments.connection.timeout, 90s);
  EXPECT_EQ(arguments.connection.proxy, "http://proxy.example:3128");
  EXPECT_EQ(arguments.connection.proxyUser, "ann");
  EXPECT_EQ(arguments.connection.proxyPasswordFile, "p");
  EXPECT_EQ(arguments.asUser, "42");
  ASSERT_EQ(arguments.headers.size(), 2U);
  EXPECT_EQ(arguments.headers[0], (std::pair<std::string, std::string>("X-A", "1")));
  EXPECT_EQ(arguments.headers[1], (std::pair<std::string, std::string>("X-B", "two: parts")));
  EXPECT_TRUE(arguments.suppressNotifications && arguments.dryRun && arguments.yes && arguments.json &&
              arguments.verbose);
  EXPECT_TRUE(arguments.readsStandardInput);
}

TEST(CliArguments, TakeShortOptionsTogether) {
  const auto arguments = parseTerminate({"users", "-nyqf", "list", "5"});
  EXPECT_TRUE(arguments.dryRun && arguments.yes && arguments.quiet);
  EXPECT_EQ(arguments.files, Strings{"list"});
  EXPECT_EQ(arguments.entries, Strings{"5"});
  EXPECT_FALSE(arguments.readsStandardInput);
}

TEST(CliArguments, TakeWhatFollowsADoubleDashAsEntries) {
  EXPECT_EQ(parseTerminate({"users", "--yes", "--", "-x@example.com", "--yes"}).entries,
            (Strings{"-x@example.com", "--yes"}));
}

struct WrongArguments {
  std::vector<const char*> arguments;
  const char* says;
};

void PrintTo(const WrongArguments& wrong, std::ostream* out) { *out << testing::PrintToString(wrong.arguments); }

class CliWrongArguments : public testing::TestWithParam<WrongArguments> {};

TEST_P(CliWrongArguments, AreRefusedWithTheRemedy) {
  const std::string error = errorOf(GetParam().arguments);
  EXPECT_NE(error.find(GetParam().says), std::string::npos) << error;
}

INSTANTIATE_TEST_SUITE_P(
    Arguments, CliWrongArguments,
    testing::Values(
        WrongArguments{{}, "users, groups, list, resume, follow, report, login, auth, emulator or completion"},
        WrongArguments{{"user", "1"}, "unknown command 'user'"},
        WrongArguments{{"--yes", "users", "1"}, "say first what to do"},
        WrongArguments{{"help", "me"}, "no help on 'me'"}, WrongArguments{{"users"}, "no users given"},
        WrongArguments{{"groups"}, "no groups given"},
        WrongArguments{{"users", "1", "--frob"}, "unknown option --frob"},
        WrongArguments{{"users", "1", "--entry", "2"}, "unknown option --entry"},
        WrongArguments{{"users", "1", "--tok", "x"}, "unknown option --tok"},
        WrongArguments{{"users", "1", "-tT9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl"}, "unknown option -t;"},
        WrongArguments{{"users", "1", "--dry"}, "unknown option --dry; perhaps --dry-run; see"},
        WrongArguments{{"users", "1", "--exclde", "f"}, "unknown option --exclde; perhaps --exclude; see"},
        WrongArguments{{"list", "--group-members", "g"}, "unknown option --group-members; perhaps --group; see"},
        WrongArguments{{"auth"}, "say what to do: auth check"},
        WrongArguments{{"auth", "--ccg", "check"}, "say what to do: auth check"},
        WrongArguments{{"groups", "7", "--exclude-me"},
                       "groups has no --exclude-me: Box ends the sessions of all members of a group, yours too"},
        WrongArguments{{"resume", "j", "--exclude-me"}, "name yourself, by id and login, in a list for --exclude"},
        WrongArguments{{"users", "1", "--exclude-unmatched"}, "--exclude-unmatched goes with --exclude"},
        WrongArguments{{"report", "j", "--state", "gone"},
                       "callRefused, notSent, invalid, duplicate, leftOut or signedInAgain"},
        WrongArguments{{"users", "1", "--quite"}, "unknown option --quite; perhaps --quiet; see"},
        WrongArguments{{"users", "1", "--tok"}, "--token-file or --token-cache; see"},
        WrongArguments{{"completion"}, "bash, zsh or fish"}, WrongArguments{{"completion", "csh"}, "bash, zsh or fish"},
        WrongArguments{{"completion", "bash", "zsh"}, "bash, zsh or fish"},
        WrongArguments{{"manual", "x"}, "unknown command 'manual'"}, WrongArguments{{"users", "--file"}, "--file"},
        WrongArguments{{"users", "1", "--yes=1"}, "--yes"},
        WrongArguments{{"users", "1", "--batch", "0"}, "from 1 to 10000"},
        WrongArguments{{"users", "1", "--batch", "10001"}, "from 1 to 10000"},
        WrongArguments{{"users", "1", "--batch", "5x"}, "--batch '5x'"},
        WrongArguments{{"users", "1", "--batch", "-5"}, "--batch"},
        WrongArguments{{"users", "1", "--timeout", "30"}, "with its unit"},
        WrongArguments{{"users", "1", "--as-user", "ann@example.com"}, "digits only"},
        WrongArguments{{"users", "1", "--as-user", "12x"}, "digits only"},
        WrongArguments{{"users", "1", "--header", "X-A: 1", "--header", "no colon"}, "number 2"},
        WrongArguments{{"users", "1", "--header", ": x"}, "number 1"},
        WrongArguments{{"users", "-f", "-", "--token-file", "-"}, "can be read once"},
        WrongArguments{{"users", "-f", "-", "-f", "-"}, "can be read once"},
        WrongArguments{{"users", "-f", "-", "--ca", "-"}, "can be read once"},
        WrongArguments{{"users", "-f", "-", "--exclude", "-"}, "can be read once"},
        WrongArguments{{"users", "1", "--log", "-"}, "--log - : give a file"},
        WrongArguments{{"emulator", "--token-file", "-", "--jwt-public-key", "k=-"}, "can be read once"},
        WrongArguments{{"users", "1", "--remaining", "-"}, "--remaining"},
        WrongArguments{{"users", "1", "--quiet", "--verbose"}, "one of them"},
        WrongArguments{{"users", "1", "--ccg", "--oauth", "t"}, "--ccg and --oauth"},
        WrongArguments{{"users", "1", "--ccg", "--token-file", "t"}, "give one of them"},
        WrongArguments{{"users", "1", "--client-id", "x"}, "goes with --ccg or --oauth"},
        WrongArguments{{"users", "1", "--oauth", "t", "--user-id", "1"}, "does not go with --oauth"},
        WrongArguments{{"users", "1", "--jwt-config", "c", "--enterprise-id", "1"}, "goes with --ccg"},
        WrongArguments{{"users", "1", "--ccg", "--user-id", "ann"}, "digits only"},
        WrongArguments{{"users", "1", "--oauth", "-"}, "--oauth"},
        WrongArguments{{"users", "-f", "-", "--ccg", "--client-secret-file", "-"}, "can be read once"},
        WrongArguments{{"users", "1", "--journal", "j", "--no-journal"}, "one of them"},
        WrongArguments{{"users", "1", "--check"}, "--check goes with --dry-run"},
        WrongArguments{{"users", "-f", "l", "--journal", "-"}, "has to be a file"},
        WrongArguments{{"users", "-f", "l", "--journal", "j", "--rate", "0"}, "--rate '0'"},
        WrongArguments{{"users", "-f", "l", "--journal", "j", "--rate", "nan"}, "none for no limit"},
        WrongArguments{{"users", "-f", "l", "--journal", "j", "--rate", "5x"}, "none for no limit"},
        WrongArguments{{"users", "-f", "l", "--journal", "j", "--concurrency", "65"}, "from 1 to 64"},
        WrongArguments{{"resume", "j", "--in-doubt", "ask"}, "retry or report"},
        WrongArguments{{"resume"}, "name one journal"}, WrongArguments{{"resume", "a", "b"}, "name one journal"},
        WrongArguments{{"resume", "a", "-f", "-"}, "the one list"},
        WrongArguments{{"resume", "a", "--as-user", "x"}, "give the user's id"},
        WrongArguments{{"users", "1", "--retry-rejected"}, "unknown option --retry-rejected"},
        WrongArguments{{"report", "--csv"}, "name one journal"}, WrongArguments{{"follow"}, "name one journal"},
        WrongArguments{{"follow", "-f", "l", "-"}, "has to be a file"},
        WrongArguments{{"follow", "j", "--watch", "--for", "1h"}, "--watch and --for: give one of them"},
        WrongArguments{{"follow", "j", "--watch", "--backfill"}, "Give --for instead"},
        WrongArguments{{"follow", "j", "--for", "15"}, "with its unit"},
        WrongArguments{{"follow", "j", "--evidence-type", "login!"}, "such as LOGIN"},
        WrongArguments{{"follow", "j", "-q", "-v"}, "give one of them"},
        WrongArguments{{"follow", "j", "--as-user", "1"}, "unknown option --as-user"},
        WrongArguments{{"users", "1", "--follow", "1h", "--no-journal"}, "leave --no-journal out"},
        WrongArguments{{"users", "1", "--follow", "x"}, "with its unit"},
        WrongArguments{{"report", "a", "--csv", "--json"}, "one of them"},
        WrongArguments{{"users", "1", "--everyone"}, "a list of yours and one of Box's"},
        WrongArguments{{"users", "-f", "l", "--domain", "x.org"}, "a list of yours and one of Box's"},
        WrongArguments{{"users", "--everyone", "--domain", "x.org"}, "--domain and --everyone: give one of them"},
        WrongArguments{{"users", "1", "--status", "active"}, "--status goes with --group-members, --domain"},
        WrongArguments{{"users", "--everyone", "--status", "activ"}, "--status 'activ': give active, inactive"},
        WrongArguments{{"users", "--domain", "x y"}, "as in example.com"},
        WrongArguments{{"users", "--domain", "ann@x.org"}, "as in example.com"},
        WrongArguments{{"users", "--login-prefix", "a b"}, "how logins begin"},
        WrongArguments{{"users", "--everyone", "--column", "x"}, "--column goes with --file"},
        WrongArguments{{"users", "--everyone", "--include-me", "--exclude-me"}, "give one of them"},
        WrongArguments{{"users", "--group", "7"}, "unknown option --group; perhaps --group-members; see"},
        WrongArguments{{"groups", "--everyone"}, "unknown option --everyone"},
        WrongArguments{{"list"}, "say whom to list: --group, --domain, --login-prefix or --everyone"},
        WrongArguments{{"list", "--include-me"}, "--include-me goes with --group, --domain"},
        WrongArguments{{"list", "--everyone", "--output", "-"}, "--output"},
        WrongArguments{{"list", "--everyone", "--exclude", "-", "--token-file", "-"}, "can be read once"},
        WrongArguments{{"list", "ann"}, "options only"},
        WrongArguments{{"users", "1", "--proxy", ""}, "--proxy is empty"},
        WrongArguments{{"users", "1", "--header", ""}, "--header is empty"},
        WrongArguments{{"users", "-f", ""}, "--file is empty"},
        WrongArguments{{"emulator", "--unknown-user", ""}, "--unknown-user is empty"},
        WrongArguments{{"emulator", "--jwt-public-key", ""}, "--jwt-public-key is empty"},
        WrongArguments{{"users", "1", "--header", "As-User: 55"}, "use --as-user ID"},
        WrongArguments{{"users", "1", "--header", " as-USER : 55"}, "use --as-user ID"},
        WrongArguments{{"users", "1", "--header", "Box-Notifications: off"}, "use --suppress-notifications"},
        WrongArguments{{"users", "1", "--proxy", "http://ann@proxy.example"}, "--proxy-user"},
        WrongArguments{{"users", "1", "--proxy-user", "ann"}, "--proxy URL"},
        WrongArguments{{"users", "1", "--proxy", "env", "--proxy-password-file", "p"}, "--proxy-user NAME"},
        WrongArguments{{"users", "-f", "-", "--proxy", "env", "--proxy-user", "a", "--proxy-password-file", "-"},
                       "can be read once"},
        WrongArguments{
            {"auth", "check", "--token-file", "-", "--proxy", "env", "--proxy-user", "a", "--proxy-password-file", "-"},
            "can be read once"},
        WrongArguments{{"login", "--oauth", "t", "--client-secret-file", "-", "--proxy", "env", "--proxy-user", "a",
                        "--proxy-password-file", "-"},
                       "can be read once"},
        WrongArguments{
            {"login", "--oauth", "t", "--paste", "--proxy", "env", "--proxy-user", "a", "--proxy-password-file", "-"},
            "--paste reads"},
        WrongArguments{{"emulator", "--proxy", "env"}, "unknown option --proxy"},
        WrongArguments{{"login"}, "--oauth FILE"},
        WrongArguments{{"login", "--oauth", "t", "--paste", "--port", "1"}, "--paste and --port"},
        WrongArguments{{"login", "--oauth", "t", "--redirect-url", "https://a.example/"}, "--paste"},
        WrongArguments{{"login", "--oauth", "t", "--base-url", "https://a.example"}, "--oauth2-url"},
        WrongArguments{{"auth"}, "auth check"}, WrongArguments{{"auth", "whoami"}, "auth check"},
        WrongArguments{{"auth", "check", "1"}, "options only"},
        WrongArguments{{"emulator", "--client-id", "x"}, "belong together"},
        WrongArguments{{"emulator", "--jwt-public-key", "x"}, "KEYID=FILE"},
        WrongArguments{{"emulator", "12"}, "options only"},
        WrongArguments{{"emulator", "--port", "65536"}, "from 0 to 65535"},
        WrongArguments{{"emulator", "--unknown-user", "ann"}, "--unknown-user"},
        WrongArguments{{"emulator", "--yes"}, "unknown option --yes"}));

TEST(CliArguments, SayWhomBoxIsToList) {
  const auto list = std::get<ListArguments>(
      parse({"list", "--group", "7", "--group", "Sales EMEA", "--status", "Active,cannot-delete-edit", "--exclude", "a",
             "--exclude", "b", "--log", "l", "--include-app-users", "--include-me", "--include-admins", "-o",
             "people.csv", "--json"}));
  EXPECT_EQ(list.selection.groups, (Strings{"7", "Sales EMEA"}));
  EXPECT_EQ(list.selection.statuses, (Strings{"active", "cannot_delete_edit"}));
  EXPECT_EQ(list.excludeFiles, (Strings{"a", "b"}));
  EXPECT_EQ(list.log, "l");
  EXPECT_EQ(list.outputFile, "people.csv");
  EXPECT_TRUE(list.selection.appUsers && list.selection.me && list.selection.admins && list.json);
  const auto run = parseTerminate({"users", "--domain", "@Example.com", "--exclude", "stay", "--exclude-me"});
  EXPECT_EQ(run.selection.domain, "Example.com");
  EXPECT_TRUE(run.excludeMe && run.asksBoxForTheList());
  EXPECT_TRUE(parseTerminate({"users", "--login-prefix", "ann.", "-n"}).asksBox());
  EXPECT_FALSE(parseTerminate({"users", "1", "-n"}).asksBox());
}

TEST(CliArguments, GivenTwiceCountAsTheyWereGivenLast) {
  const auto arguments = parseTerminate({"users", "1", "--timeout", "3s", "--yes", "--timeout", "20s", "--batch", "5",
                                         "--yes", "--batch=7", "-f", "a", "-f", "b", "2"});
  EXPECT_EQ(arguments.connection.timeout, 20s);
  EXPECT_EQ(arguments.batch, 7U);
  EXPECT_TRUE(arguments.yes);
  EXPECT_EQ(arguments.files, (Strings{"a", "b"})) << "lists add up";
  EXPECT_EQ(arguments.entries, (Strings{"1", "2"}));
  EXPECT_EQ(std::get<ReportArguments>(parse({"report", "j", "-f", "a", "--file", "b"})).file, "b");
  EXPECT_EQ(std::get<ReportArguments>(parse({"report"})).journal, "");
  EXPECT_EQ(std::get<ReportArguments>(parse({"report", "--json"})).form, ReportForm::json);
  EXPECT_EQ(std::get<ResumeArguments>(parse({"resume", "j", "-f", "a", "-f", "b"})).files, Strings{"b"});
  EXPECT_NE(errorOf({"users", "1", "--timeout", "3s", "--timeout", ""}).find("--timeout is empty"), std::string::npos);
}

// An empty value must never be treated as a missing option.
TEST(CliArguments, EveryOptionWithAValueRefusesAnEmptyOne) {
  forEachOption([](const Subcommand& subcommand, const Option& option) {
    if (option.isFlag()) return;
    const std::string command(subcommand.name);
    const std::string action(subcommand.action);
    const std::string name = "--" + std::string(option.name());
    std::vector<const char*> arguments{command.c_str()};
    if (!action.empty()) arguments.push_back(action.c_str());
    if (subcommand.operands == "JOURNAL") arguments.push_back("j");
    arguments.push_back(name.c_str());
    arguments.push_back("");
    EXPECT_EQ(errorOf(arguments), name + " is empty: give a value or leave it out") << command;
  });
}

TEST(CliArguments, EachNameAndLetterOfASubcommandIsOneOption) {
  for (const Subcommand& subcommand : subcommands()) {
    std::set<std::string_view> names;
    std::set<char> letters;
    for (const Section& section : subcommand.sections) {
      for (const Option& option : section.options) {
        EXPECT_TRUE(names.insert(option.name()).second) << subcommand.name << " --" << option.name();
        EXPECT_TRUE(option.letter() == '\0' || letters.insert(option.letter()).second) << option.name();
        EXPECT_NE(option.apply, nullptr) << option.name();
        EXPECT_FALSE(option.text.ends_with('.')) << option.name() << ": the man page ends the sentence";
      }
    }
    EXPECT_TRUE(names.contains("help")) << subcommand.name;
  }
}

TEST(CliArguments, NeverRepeatWhatMayBeSecret) {
  for (const std::vector<const char*>& arguments :
       {std::vector<const char*>{"users", "1", "--token=S3CRET"},
        std::vector<const char*>{"users", "1", "--token", "S3CRET"},
        std::vector<const char*>{"users", "1", "--access-token=S3CRET"},
        std::vector<const char*>{"users", "1", "--header", "S3CRET"},
        std::vector<const char*>{"users", "1", "--ccg", "--client-secret=S3CRET"},
        std::vector<const char*>{"login", "--oauth", "t", "--client-secret", "S3CRET"},
        std::vector<const char*>{"users", "1", "--proxy", "http://ann:S3CRET@proxy.example"},
        std::vector<const char*>{"auth", "check", "--proxy=ann:S3CRET@proxy.example:3128"},
        std::vector<const char*>{"users", "1", "--proxy", "env", "--proxy-user", "ann", "--proxy-password", "S3CRET"},
        std::vector<const char*>{"users", "1", "--proxy-password=S3CRET"},
        std::vector<const char*>{"emulator", "S3CRET"}}) {
    EXPECT_EQ(errorOf(arguments).find("S3CRET"), std::string::npos);
  }
  EXPECT_NE(errorOf({"users", "1", "--token", "S3CRET"}).find("--token-file"), std::string::npos);
}

TEST(CliArguments, TakeEveryWayToAuthenticate) {
  EXPECT_EQ(parseTerminate({"users", "1"}).credentials.method, Method::developerToken);
  const auto ccg = parseTerminate({"users", "1", "--ccg", "--client-id", "id", "--client-secret-file", "s",
                                   "--enterprise-id", "4711", "--user-id", "5", "--token-cache", "c"})
                       .credentials;
  EXPECT_EQ(ccg.method, Method::ccg);
  EXPECT_EQ(ccg.clientId, "id");
  EXPECT_EQ(ccg.clientSecretFile, "s");
  EXPECT_EQ(ccg.enterpriseId, "4711");
  EXPECT_EQ(ccg.userId, "5");
  EXPECT_EQ(ccg.tokenCacheFile, "c");
  const auto jwt = parseTerminate({"groups", "1", "--jwt-config", "j.json", "--user-id", "5"}).credentials;
  EXPECT_EQ(jwt.method, Method::jwt);
  EXPECT_EQ(jwt.jwtConfigFile, "j.json");
  const auto oauth =
      std::get<AuthCheckArguments>(parse({"auth", "check", "--oauth", "t", "--client-id", "id", "--json"}));
  EXPECT_EQ(oauth.credentials.method, Method::oauth);
  EXPECT_EQ(oauth.credentials.oauthFile, "t");
  EXPECT_TRUE(oauth.json);
}

TEST(CliArguments, OfLogin) {
  const auto arguments = std::get<LoginArguments>(
      parse({"login", "--oauth", "t", "--redirect-url", "http://localhost:8080/cb", "--wait", "10s"}));
  EXPECT_EQ(arguments.redirect.url(), "http://localhost:8080/cb");
  EXPECT_EQ(arguments.wait, 10s);
  EXPECT_EQ(std::get<LoginArguments>(parse({"login", "--oauth", "t", "--port", "99"})).redirect.url(),
            "http://127.0.0.1:99/callback");
  EXPECT_EQ(
      std::get<LoginArguments>(parse({"login", "--oauth", "t", "--paste", "--redirect-url", "https://a.example/"}))
          .redirectUrl,
      "https://a.example/");
  for (const char* url :
       {"http://127.0.0.1/cb", "http://127.0.0.1:80", "https://127.0.0.1:1/", "http://10.0.0.1:1/",
        "http://localhost:0/", "http://localhost:65536/", "http://localhost:1/?a", "http://localhost:1/ "}) {
    EXPECT_FALSE(parseLoopbackUrl(url)) << url;
  }
}

TEST(CliArguments, OfTheEmulator) {
  const auto arguments = std::get<EmulatorArguments>(
      parse({"emulator", "--port",       "8443", "--address",      "::1", "--token-file",   "t",       "--ca-out",
             "ca",       "--ready-file", "r",    "--unknown-user", "5",   "--unknown-user", "a@x.org", "--rate-limit",
             "3",        "--latency",    "250",  "--json"}));
  EXPECT_EQ(arguments.port, 8443);
  EXPECT_EQ(arguments.address, "::1");
  EXPECT_EQ(arguments.tokenFile, "t");
  EXPECT_EQ(arguments.caOut, "ca");
  EXPECT_EQ(arguments.readyFile, "r");
  EXPECT_EQ(arguments.unknownUsers, (Strings{"5", "a@x.org"}));
  const auto forbidding = parse({"emulator", "--forbidden-user", "6", "--forbidden-user", "b@x.org"});
  EXPECT_EQ(std::get<EmulatorArguments>(forbidding).forbiddenUsers, (Strings{"6", "b@x.org"}));
  EXPECT_THROW(parse({"emulator", "--forbidden-user", "b"}), UsageError);
  EXPECT_EQ(arguments.rateLimit, 3U);
  EXPECT_EQ(arguments.latency, 250ms);
  EXPECT_TRUE(arguments.json);
}

TEST(CliHelp, TellsTheSameExitStatusesOfEveryCommand) {
  const std::string program = helpText("");
  const std::string statuses = program.substr(program.find("\nExit status:"));
  for (const char* const part : {"  0 ", "  1 ", "  2 ", "  3 ", "  4 ", "  130 "}) {
    EXPECT_NE(statuses.find(part), std::string::npos) << part;
  }
  for (const char* const command : {"users", "groups", "resume", "report", "login", "auth", "emulator", "completion"}) {
    const std::string text = helpText(command);
    EXPECT_TRUE(text.ends_with(statuses)) << command;
    EXPECT_EQ(text.find("Exit status"), text.rfind("Exit status")) << command;
  }
}

TEST(CliArguments, AskForHelpAndVersion) {
  EXPECT_EQ(std::get<ShowHelp>(parse({"--help"})).topic, "");
  EXPECT_EQ(std::get<ShowHelp>(parse({"-h"})).topic, "");
  EXPECT_EQ(std::get<ShowHelp>(parse({"help"})).topic, "");
  EXPECT_EQ(std::get<ShowHelp>(parse({"help", "users"})).topic, "users");
  EXPECT_EQ(std::get<ShowHelp>(parse({"groups", "--help"})).topic, "groups");
  EXPECT_EQ(std::get<ShowHelp>(parse({"emulator", "-h"})).topic, "emulator");
  EXPECT_TRUE(std::holds_alternative<ShowVersion>(parse({"--version"})));
  EXPECT_TRUE(std::holds_alternative<PrintManual>(parse({"manual"})));
  EXPECT_EQ(std::get<PrintCompletion>(parse({"completion", "zsh"})).shell, Shell::zsh);
}

TEST(CliArguments, TakeWhatARunNeeds) {
  const auto users = parseTerminate({"users", "-f", "l", "--journal", "j", "--rate", "2.5", "--concurrency", "3"});
  EXPECT_EQ(users.bulk.journal, "j");
  EXPECT_EQ(users.bulk.rate, 2.5);
  EXPECT_EQ(users.bulk.concurrency, 3U);
  EXPECT_FALSE(parseTerminate({"users", "-f", "l"}).bulk.journal);
  EXPECT_TRUE(parseTerminate({"users", "1", "--no-journal"}).bulk.noJournal);
  EXPECT_TRUE(parseTerminate({"users", "1", "--skip-invalid"}).bulk.skipInvalid);
  EXPECT_TRUE(parseTerminate({"users", "1", "-n", "--check"}).check);
  const auto resume = std::get<ResumeArguments>(parse({"resume", "j", "--rate", "none", "--in-doubt", "retry"}));
  EXPECT_EQ(resume.bulk.journal, "j");
  EXPECT_TRUE(std::isinf(*resume.bulk.rate));
  EXPECT_FALSE(resume.bulk.keepGoing);
  EXPECT_TRUE(std::get<ResumeArguments>(parse({"resume", "j", "--keep-going"})).bulk.keepGoing);
  EXPECT_EQ(resume.bulk.inDoubt, InDoubt::retry);
  EXPECT_FALSE(resume.bulk.retryRejected);
  const auto again = std::get<ResumeArguments>(parse({"resume", "j", "--retry-rejected", "--as-user", "42"}));
  EXPECT_TRUE(again.bulk.retryRejected);
  EXPECT_EQ(again.asUser, "42");
  EXPECT_FALSE(resume.batchGiven);
  EXPECT_EQ(std::get<ReportArguments>(parse({"report", "j", "--csv", "-f", "l"})).form, ReportForm::csv);
}

TEST(CliArguments, OfFollowing) {
  EXPECT_EQ(parseTerminate({"users", "1", "--follow", "90s"}).follow, std::chrono::seconds(90));
  EXPECT_EQ(std::get<ResumeArguments>(parse({"resume", "j", "--follow", "1h"})).follow, std::chrono::hours(1));
  EXPECT_FALSE(parseTerminate({"users", "1"}).follow);
  const auto plain = std::get<FollowArguments>(parse({"follow", "j"}));
  EXPECT_EQ(plain.journal, "j");
  EXPECT_EQ(plain.window, std::chrono::minutes(15));
  EXPECT_FALSE(plain.watch || plain.backfill || plain.json);
  const auto all = std::get<FollowArguments>(parse({"follow",
                                                    "j",
                                                    "--watch",
                                                    "--every",
                                                    "1m",
                                                    "--rate",
                                                    "none",
                                                    "--json",
                                                    "--evidence-type",
                                                    "A",
                                                    "--evidence-type",
                                                    "B_2",
                                                    "--sign-in-type",
                                                    "C",
                                                    "-f",
                                                    "l",
                                                    "--token-file",
                                                    "t",
                                                    "--ca",
                                                    "c",
                                                    "-v"}));
  EXPECT_TRUE(all.watch && all.json && all.verbose);
  EXPECT_EQ(all.interval, std::chrono::minutes(1));
  EXPECT_TRUE(std::isinf(all.rate));
  EXPECT_EQ(all.evidenceTypes, (std::vector<std::string>{"A", "B_2"}));
  EXPECT_EQ(all.signInTypes, (std::vector<std::string>{"C"}));
  EXPECT_EQ(all.file, "l");
  EXPECT_EQ(all.credentials.tokenFile, "t");
  EXPECT_EQ(all.connection.caFile, "c");
}

TEST(CliHelp, NamesEveryOption) {
  std::size_t count = 0;
  forEachOption([&](const Subcommand& subcommand, const Option& option) {
    ++count;
    std::string row = option.letter() == '\0' ? "\n      --" : std::string("\n  -") + option.letter() + ", --";
    row.append(option.name());
    if (!option.isFlag()) row.append(" ").append(option.argument);
    EXPECT_NE(helpText(subcommand.name).find(row), std::string::npos) << subcommand.name << row;
  });
  EXPECT_GE(count, 100U);
}

TEST(CliHelp, OfAnOptionIsForThoseWhoseOtherOptionsAreWrong) {
  EXPECT_EQ(std::get<ShowHelp>(parse({"users", "--batch", "x", "--help"})).topic, "users");
}

TEST(CliHelp, FitsATerminalAndPromisesNoMoreThanBoxDoes) {
  for (const std::string subcommand :
       {"", "users", "groups", "resume", "follow", "report", "login", "auth", "emulator", "completion"}) {
    const std::string text = helpText(subcommand);
    EXPECT_NE(text.find("Exit status"), std::string::npos) << subcommand;
    EXPECT_EQ(text.find("terminated") != std::string::npos, subcommand == "emulator")
        << "only the emulator's help says it: nothing is really terminated";
    std::size_t start = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; start = end + 1, end = text.find('\n', start)) {
      EXPECT_LE(end - start, 80U) << text.substr(start, end - start);
    }
    EXPECT_EQ(start, text.size()) << "the help ends with a line end";
  }
}

}  // namespace
}  // namespace box::cli
