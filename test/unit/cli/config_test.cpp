#include "cli/options/config.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/options/sections.hpp"

// The configuration file: which lines are accepted, which ones take effect besides a command line, and which messages
// the others cause.
namespace box::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Command parse(const std::vector<const char*>& arguments, const std::string& text) {
  return parseArguments(arguments, [&](const std::optional<std::string>&) -> std::optional<ConfigText> {
    return ConfigText{"/etc/config", text, "/home/ann"};
  });
}

TerminateArguments run(const std::vector<const char*>& arguments, const std::string& text) {
  return std::get<TerminateArguments>(parse(arguments, text));
}

std::string errorOf(const std::vector<const char*>& arguments, const std::string& text) {
  try {
    parse(arguments, text);
  } catch (const UsageError& error) {
    return error.what();
  }
  ADD_FAILURE() << "was accepted";
  return {};
}

TEST(CliConfig, GivesWhatIsNotTyped) {
  const auto arguments =
      run({"users", "1"},
          "\xef\xbb\xbf# a comment\r\n\n ccg = yes\r\nclient-id=abc \n--client-secret-file = ~/secret\n"
          "enterprise-id = 5\nbase-url = https://box.example.com\nproxy = http://p:1#x\n");
  EXPECT_EQ(arguments.credentials.method, Method::ccg);
  EXPECT_EQ(arguments.credentials.clientId, "abc");
  EXPECT_EQ(arguments.credentials.clientSecretFile, "/home/ann/secret");
  EXPECT_EQ(arguments.credentials.enterpriseId, "5");
  EXPECT_EQ(arguments.connection.baseUrl, "https://box.example.com");
  EXPECT_EQ(arguments.connection.proxy, "http://p:1#x");
}

TEST(CliConfig, TypedOptionsCountBeforeIt) {
  const auto arguments = run({"users", "1", "--ca", "typed.pem"}, "ca = /file.pem\nproxy = http://p:1\n");
  EXPECT_EQ(arguments.connection.caFile, "typed.pem");
  EXPECT_EQ(arguments.connection.proxy, "http://p:1");
}

TEST(CliConfig, AFlagMayBeOff) {
  EXPECT_EQ(run({"users", "1"}, "ccg = no\n").credentials.method, Method::developerToken);
  EXPECT_THAT(errorOf({"users", "1"}, "ccg = true\n"), HasSubstr("'/etc/config', line 1: ccg: write ccg = yes, or no"));
}

// A mixture of two ways to authenticate would belong to no account.
TEST(CliConfig, CredentialsThatAreTypedReplaceAllOfTheFiles) {
  const auto arguments = run({"users", "1", "--jwt-config", "typed.json"},
                             "ccg = yes\nclient-id = abc\nuser-id = 7\nbase-url = https://box.example.com\n");
  EXPECT_EQ(arguments.credentials.method, Method::jwt);
  EXPECT_EQ(arguments.credentials.jwtConfigFile, "typed.json");
  EXPECT_FALSE(arguments.credentials.clientId || arguments.credentials.userId);
  EXPECT_EQ(arguments.connection.baseUrl, "https://box.example.com");
}

TEST(CliConfig, ItsCredentialsGoToItsBoxOnly) {
  const std::string file = "jwt-config = /keys.json\nbase-url = https://box.example.com/\n";
  EXPECT_EQ(run({"users", "1"}, file).credentials.method, Method::jwt);
  EXPECT_EQ(run({"users", "1", "--base-url", "https://Box.example.com:443"}, file).credentials.method, Method::jwt);
  const auto other = run({"users", "1", "--base-url", "https://localhost:1"}, file);
  EXPECT_EQ(other.credentials.method, Method::developerToken);
  EXPECT_EQ(other.connection.baseUrl, "https://localhost:1");
  const std::string usual = "jwt-config = /keys.json\n";
  EXPECT_EQ(run({"users", "1", "--base-url", "https://api.box.com"}, usual).credentials.method, Method::jwt);
  EXPECT_EQ(run({"users", "1", "--base-url", "https://api.box.example"}, usual).credentials.method,
            Method::developerToken);
}

TEST(CliConfig, AProxyThatIsTypedGetsNoPasswordOfAnother) {
  const std::string file = "proxy = http://p:1\nproxy-user = ann\nproxy-password-file = /password\n";
  const auto arguments = run({"users", "1", "--proxy", "http://q:1"}, file);
  EXPECT_EQ(arguments.connection.proxy, "http://q:1");
  EXPECT_FALSE(arguments.connection.proxyUser || arguments.connection.proxyPasswordFile);
  EXPECT_EQ(run({"users", "1"}, file).connection.proxyUser, "ann");
}

TEST(CliConfig, LeavesOutWhatACommandDoesNotHave) {
  const auto login = std::get<LoginArguments>(
      parse({"login"}, "oauth = /tokens\nclient-id = abc\ntoken-cache = /cache\nca = /ca.pem\n"));
  EXPECT_EQ(login.credentials.oauthFile, "/tokens");
  EXPECT_EQ(login.connection.caFile, "/ca.pem");
  // Commands without credentials do not read the configuration, so that a wrong one does not matter.
  EXPECT_NO_THROW(parse({"report", "run.journal"}, "nonsense"));
  EXPECT_NO_THROW(parse({"users", "--help"}, "nonsense"));
}

TEST(CliConfig, AWrongLineIsToldWithItsPlaceAndTheRemedy) {
  const auto said = [](const std::string& text) { return errorOf({"users", "1"}, "# first\n" + text); };
  EXPECT_THAT(said("nonsense\n"), HasSubstr("'/etc/config', line 2: write it as name = value"));
  EXPECT_THAT(said("yes = y\n"), AllOf(HasSubstr("line 2: no option of this name is allowed in this file"),
                                       HasSubstr("token-file, ccg, jwt-config"), Not(HasSubstr(", config"))));
  EXPECT_THAT(said("dry-run = yes\n"), HasSubstr("no option of this name is allowed in this file"));
  EXPECT_THAT(said("config = /other\n"), HasSubstr("no option of this name is allowed in this file"));
  EXPECT_THAT(said("ca =\n"), HasSubstr("line 2: ca is empty"));
  EXPECT_THAT(said("ca = /a\nca = /b\n"), HasSubstr("line 3: ca is in line 2 already"));
  EXPECT_THAT(said("ca = \"/a\"\n"), HasSubstr("leave the quotes out"));
  EXPECT_THAT(said("ca = here.pem\n"), HasSubstr("line 2: ca: give the whole path"));
  EXPECT_THAT(said("token-file = -\n"), HasSubstr("line 2: token-file: give the whole path"));
  EXPECT_THAT(said("ccg = yes\nuser-id = x\n"), HasSubstr("line 3: user-id 'x': give the id, digits only"));
  EXPECT_THAT(said("proxy = http://ann:word@p:1\n"), Not(HasSubstr("word@")));
}

TEST(CliConfig, HoldsNoSecret) {
  for (const char* name : {"token", "client-secret", "proxy-password"}) {
    EXPECT_THAT(errorOf({"users", "1"}, std::string(name) + " = CnrY7q\n"),
                AllOf(HasSubstr(std::string(name) + " must not be in this file"),
                      HasSubstr(std::string(name) + "-file = FILE"), Not(HasSubstr("CnrY7q"))));
  }
  EXPECT_THAT(errorOf({"users", "1"}, "CnrY7q = 1\n"), Not(HasSubstr("CnrY7q")));
}

TEST(CliConfig, IsNamedWhereItsLinesDoNotGoTogether) {
  EXPECT_THAT(errorOf({"users", "1"}, "ccg = yes\njwt-config = /a\n"),
              AllOf(HasSubstr("--ccg and --jwt-config"), HasSubstr("(the lines of '/etc/config' count too)")));
  EXPECT_THAT(errorOf({"users"}, "# nothing\n"), Not(HasSubstr("/etc/config")));
}

TEST(CliConfig, IsAskedForByItsPath) {
  std::optional<std::string> asked;
  const auto reader = [&](const std::optional<std::string>& path) {
    asked = path;
    return std::optional<ConfigText>();
  };
  const std::vector<const char*> typed = {"users", "1", "--config", "a", "--config", "b"};
  parseArguments(typed, reader);
  EXPECT_EQ(asked, "b");
  const std::vector<const char*> plain = {"users", "1"};
  parseArguments(plain, reader);
  EXPECT_EQ(asked, std::nullopt);
}

}  // namespace
}  // namespace box::cli
