// Each way to authenticate, from the shell to the emulator's record.
#include "process.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/canaries.hpp"
#include "support/keys.hpp"

namespace box::cli::test {
namespace {

using box::test::Canaries;
using testing::AllOf;
using testing::HasSubstr;

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

class CliAuth : public testing::Test {
 protected:
  /// No file contains a secret, except those that exist to hold one.
  void TearDown() override {
    EXPECT_EQ(Canaries::searchFiles(folder_.path("."), {"secret", "wrong", "config.json", "tokens", "cache"}), "");
  }

  /// Runs the program and searches its output for all secrets of the test.
  Result runChecked(Start start) {
    const Result result = run(std::move(start));
    EXPECT_EQ(Canaries::search(result.output + result.error), "");
    return result;
  }

  Result runAt(const EmulatorProcess& emulator, const Strings& arguments, const Strings& environment = {}) {
    Start start;
    start.arguments = joined(arguments, emulator.here());
    start.environment = environment;
    return runChecked(std::move(start));
  }

  Strings strict() const { return {"--client-id", "the-app", "--client-secret-file", secretFile_}; }
  Strings ccg(const std::string& secretFile) const {
    return {"--ccg", "--client-id", "the-app", "--client-secret-file", secretFile, "--enterprise-id", "4711"};
  }

  Folder folder_;
  const std::string secret_ = Canaries::make("the client secret");
  const std::string secretFile_ = folder_.file("secret", secret_ + "\n");
};

TEST_F(CliAuth, ClientCredentialsEndSessions) {
  EmulatorProcess emulator(strict());
  const Result result = runAt(emulator, joined({"users", "12345", "--yes"}, ccg(secretFile_)));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("1 accepted"));
}

TEST_F(CliAuth, ClientCredentialsComeFromTheEnvironmentToo) {
  EmulatorProcess emulator(strict());
  const Result result = runAt(emulator, {"users", "12345", "--yes", "--ccg"},
                              {"BOX_CLIENT_ID=the-app", "BOX_CLIENT_SECRET=" + secret_, "BOX_ENTERPRISE_ID=4711"});
  EXPECT_EQ(result.status, 0) << result.error;
}

TEST_F(CliAuth, CheckSaysWhoOneIs) {
  EmulatorProcess emulator(strict());
  const Result result = runAt(emulator, joined({"auth", "check"}, ccg(secretFile_)));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, AllOf(HasSubstr("authenticated"), HasSubstr("AutomationUser"),
                                   HasSubstr("client credentials"), HasSubstr("token expires: ")));
  const Result asJson = runAt(emulator, joined({"auth", "check", "--json"}, ccg(secretFile_)));
  EXPECT_EQ(boost::json::parse(asJson.output).at("event"), "authenticated");
}

TEST_F(CliAuth, AWrongSecretIsToldWithTheRemedy) {
  EmulatorProcess emulator(strict());
  const std::string wrong = folder_.file("wrong", Canaries::make("the wrong secret"));
  for (const Strings& command : {Strings{"auth", "check"}, Strings{"users", "1", "--yes"}}) {
    const Result result = runAt(emulator, joined(command, ccg(wrong)));
    EXPECT_EQ(result.status, 1) << result.error;
    EXPECT_THAT(result.error, HasSubstr("check client id"));
  }
}

TEST_F(CliAuth, ASecretThatOthersMayReadIsRefused) {
  EmulatorProcess emulator(strict());
  ::chmod(secretFile_.c_str(), 0644);
  const Result result = runAt(emulator, joined({"auth", "check"}, ccg(secretFile_)));
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("chmod 600"));
}

TEST_F(CliAuth, NoWayToBoxIsToldApart) {
  std::string url;
  {
    EmulatorProcess emulator(strict());
    url = emulator.url();
  }
  Start start;
  start.arguments = joined({"auth", "check", "--base-url", url, "--timeout", "1s"}, ccg(secretFile_));
  EXPECT_EQ(runChecked(std::move(start)).status, 2);
}

TEST_F(CliAuth, AConfigurationFileOfTheConsoleWorksAsItIs) {
  const auto key = box::test::rsaKey();
  const std::string passphrase = Canaries::make("the passphrase");
  const std::string pem = box::test::pkcs8Pem(key, passphrase);
  Canaries::add("the private key", pem.substr(100, 200));
  boost::json::object app, keys, config;
  keys["publicKeyID"] = "k3y1d";
  keys["privateKey"] = pem;
  keys["passphrase"] = passphrase;
  app["clientID"] = "the-app";
  app["clientSecret"] = secret_;
  app["appAuth"] = keys;
  config["boxAppSettings"] = app;
  config["enterpriseID"] = "4711";
  const std::string file = folder_.file("config.json", boost::json::serialize(config));
  const std::string publicKey = folder_.file("public.pem", box::test::publicPem(key));
  EmulatorProcess emulator(joined(strict(), {"--jwt-public-key", "k3y1d=" + publicKey}));
  const Result result = runAt(emulator, {"users", "12345", "--yes", "--jwt-config", file});
  EXPECT_EQ(result.status, 0) << result.error;
  const Result check = runAt(emulator, {"auth", "check", "--jwt-config", file, "--user-id", "77"});
  EXPECT_EQ(check.status, 0) << check.error;
  EXPECT_THAT(check.output, HasSubstr("77"));
  config.erase("enterpriseID");
  const std::string without = folder_.file("config.json", boost::json::serialize(config));
  EXPECT_EQ(runAt(emulator, {"auth", "check", "--jwt-config", without, "--user-id", "77"}).status, 0);
  const Result nobody = runAt(emulator, {"auth", "check", "--jwt-config", without});
  EXPECT_EQ(nobody.status, 3);
  EXPECT_THAT(nobody.error, HasSubstr("--user-id"));
  config["enterpriseID"] = "4711";
  config["userID"] = "77";
  const std::string two = folder_.file("config.json", boost::json::serialize(config));
  const Result both = runAt(emulator, {"auth", "check", "--jwt-config", two});
  EXPECT_EQ(both.status, 3);
  EXPECT_THAT(both.error, HasSubstr("--user-id"));
  config.erase("userID");
  folder_.file("config.json", boost::json::serialize(config));
  Start piped;
  piped.arguments = joined({"auth", "check", "--jwt-config", "-"}, emulator.here());
  piped.input = boost::json::serialize(config);
  const Result fromPipe = runChecked(std::move(piped));
  EXPECT_EQ(fromPipe.status, 0) << fromPipe.error;
  ::chmod(file.c_str(), 0644);
  EXPECT_EQ(runAt(emulator, {"auth", "check", "--jwt-config", file}).status, 3);
}

TEST_F(CliAuth, ATokenCacheServesTheNextRun) {
  EmulatorProcess emulator(joined(strict(), {"--json"}));
  const std::string cache = folder_.path("cache");
  for (int i = 0; i < 2; ++i) {
    const Result result =
        runAt(emulator, joined(joined({"users", "1", "--yes"}, ccg(secretFile_)), {"--token-cache", cache}));
    EXPECT_EQ(result.status, 0) << result.error;
  }
  struct stat status {};
  ASSERT_EQ(::stat(cache.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_EQ(Canaries::searchFiles(folder_.path("."), {"secret"}), "");
  EXPECT_THAT(contentOf(cache), HasSubstr("access_token"));
  emulator.process().signal(SIGTERM);
  EXPECT_EQ(emulator.process().wait(), 0);
  EXPECT_EQ(occurrences(emulator.process().output(), "\"event\":\"accepted\""), 2U);
  EXPECT_EQ(occurrences(emulator.process().output(), "\"event\":\"token\""), 1U) << emulator.process().output();
}

TEST_F(CliAuth, ATokenCacheServesNoOtherBoxAppOrSubject) {
  EmulatorProcess emulator(strict());
  EmulatorProcess another(joined({"--client-id", "another-app", "--client-secret-file"}, {secretFile_}));
  const std::string cache = folder_.path("cache");
  const Strings check = {"auth", "check", "--ccg", "--client-secret-file", secretFile_, "--token-cache", cache};
  ASSERT_EQ(runAt(emulator, joined(check, {"--client-id", "the-app", "--enterprise-id", "5"})).status, 0);
  const auto refused = [&](const EmulatorProcess& box, const Strings& who, const std::string& named) {
    const Result result = runAt(box, joined(check, who));
    EXPECT_NE(result.status, 0);
    EXPECT_THAT(result.error, AllOf(HasSubstr("enterprise 5"), HasSubstr(named), HasSubstr("stored token")));
  };
  refused(emulator, {"--client-id", "the-app", "--user-id", "77"}, "user 77");
  refused(emulator, {"--client-id", "another-app", "--enterprise-id", "5"}, "another-app");
  refused(another, {"--client-id", "the-app", "--enterprise-id", "5"}, another.url());
  EXPECT_EQ(runAt(emulator, joined(check, {"--client-id", "the-app", "--enterprise-id", "5"})).status, 0);
}

TEST_F(CliAuth, AnEmptyTokenCacheIsFilled) {
  EmulatorProcess emulator(strict());
  const std::string cache = folder_.file("cache", "");
  const Result result = runAt(emulator, joined(joined({"auth", "check"}, ccg(secretFile_)), {"--token-cache", cache}));
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(contentOf(cache), HasSubstr("access_token"));
}

TEST_F(CliAuth, ASecretFileOfAnotherEncodingIsReadOrSaysSo) {
  EmulatorProcess emulator(strict());
  const std::string marked = folder_.file("secret bom", "\xef\xbb\xbf" + secret_ + "\r\n");
  EXPECT_EQ(runAt(emulator, joined({"auth", "check"}, ccg(marked))).status, 0);
  ::unlink(marked.c_str());
  const std::string wide = folder_.file("wide", std::string("\xff\xfe"
                                                            "a\0b\0",
                                                            6));
  const Result result = runAt(emulator, joined({"auth", "check"}, ccg(wide)));
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, AllOf(HasSubstr("UTF-16"), HasSubstr("--client-secret-file")));
}

TEST_F(CliAuth, TwoSubjectsAreRefusedAndOptionsCountMoreThanTheEnvironment) {
  EmulatorProcess emulator(strict());
  const Result both = runAt(emulator, joined({"auth", "check", "--user-id", "77"}, ccg(secretFile_)));
  EXPECT_EQ(both.status, 3);
  EXPECT_THAT(both.error, HasSubstr("--enterprise-id and --user-id: give one of them"));
  const Result option = runAt(emulator, joined({"auth", "check"}, ccg(secretFile_)), {"BOX_USER_ID=88"});
  EXPECT_EQ(option.status, 0) << option.error;
  EXPECT_THAT(option.output, HasSubstr("AutomationUser"));
  const Result two =
      runAt(emulator, joined({"auth", "check", "--ccg"}, strict()), {"BOX_USER_ID=88", "BOX_ENTERPRISE_ID=5"});
  EXPECT_EQ(two.status, 3);
  EXPECT_THAT(two.error, HasSubstr("BOX_ENTERPRISE_ID and BOX_USER_ID: set one of them"));
  const Result environment = runAt(emulator, joined({"auth", "check", "--ccg"}, strict()), {"BOX_USER_ID=88"});
  EXPECT_EQ(environment.status, 0) << environment.error;
  EXPECT_THAT(environment.output, HasSubstr("id:            88\n"));
}

TEST_F(CliAuth, WhatIsMissingIsNamedBeforeAnythingIsSent) {
  EmulatorProcess emulator(strict());
  const struct {
    Strings options;
    const char* says;
  } cases[] = {
      {{}, "BOX_DEVELOPER_TOKEN"},
      {{"--ccg", "--user-id", "1"}, "BOX_CLIENT_ID"},
      {{"--ccg", "--user-id", "1", "--client-id", "x"}, "BOX_CLIENT_SECRET"},
      {{"--ccg", "--client-id", "x", "--client-secret-file", secretFile_}, "--enterprise-id"},
      {{"--ccg", "--user-id", "1", "--client-id", "x", "--client-secret-file", folder_.file("empty", "\n")}, "empty"},
      {{"--oauth", "t"}, "BOX_CLIENT_ID"},
      {{"--jwt-config", folder_.path("none")}, "none"},
      {{"--jwt-config", folder_.file("bad.json", "{}")}, "boxAppSettings"},
  };
  for (const auto& [options, says] : cases) {
    const Result result = runAt(emulator, joined({"auth", "check"}, options));
    EXPECT_EQ(result.status, 3) << result.error;
    EXPECT_THAT(result.error, HasSubstr(says));
  }
  const Result wrongId = runAt(emulator, joined({"auth", "check", "--ccg"}, strict()), {"BOX_USER_ID=" + secret_});
  EXPECT_EQ(wrongId.status, 3);
  EXPECT_THAT(wrongId.error, HasSubstr("BOX_USER_ID is not an id"));
}

TEST_F(CliAuth, SecretsOfOtherWaysLeaveTheEnvironmentToo) {
  EmulatorProcess emulator({"--json", "--latency", "1000"});
  Start start;
  start.arguments = joined({"users", "1", "--yes"}, emulator.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=" + Canaries::make("the token"), "BOX_CLIENT_SECRET=" + secret_,
                       "BOX_CLIENT_ID=the-app", "BOX_USER_ID=not even an id"};
  Process process(std::move(start));
  ASSERT_TRUE(emulator.process().waitForOutput("\"event\":\"accepted\""));
  // The program guards its memory, so that only root can read this; the text is empty for other users.
  const std::string environment = contentOf("/proc/" + std::to_string(process.id()) + "/environ");
  EXPECT_EQ(Canaries::search(environment), "");
  EXPECT_THAT(environment, testing::Not(HasSubstr("the-app")));
  EXPECT_EQ(process.wait(), 0) << process.error();
}

TEST_F(CliAuth, AFailedCheckIsToldInJsonToo) {
  EmulatorProcess emulator(strict());
  const Result result =
      runAt(emulator, {"auth", "check", "--json"}, {"BOX_DEVELOPER_TOKEN=" + Canaries::make("a token")});
  EXPECT_EQ(result.status, 1) << result.error;
  const auto failed = boost::json::parse(result.output);
  EXPECT_EQ(failed.at("event"), "failed");
  EXPECT_EQ(failed.at("method"), "token");
  EXPECT_EQ(failed.at("error"), "unauthorized");
  EXPECT_EQ(failed.at("exitStatus"), 1);
}

TEST_F(CliAuth, ADryRunReadsTheCredentialsAndSendsNone) {
  EmulatorProcess emulator(strict());
  const Result none = runAt(emulator, joined({"users", "1", "--dry-run"}, ccg(folder_.path("none"))));
  EXPECT_EQ(none.status, 3);
  EXPECT_THAT(none.error, HasSubstr("--client-secret-file: "));
  const Result wrong = runAt(emulator, joined({"users", "1", "--dry-run"}, ccg(folder_.file("wrong", "wrong"))));
  EXPECT_EQ(wrong.status, 0) << wrong.error;
}

TEST_F(CliAuth, LoginKeepsTokensForTheOthers) {
  EmulatorProcess emulator(strict());
  const std::string tokens = folder_.path("tokens");
  Start start;
  start.arguments = joined({"login", "--oauth", tokens, "--oauth2-url", emulator.url() + "/api/oauth2", "--client-id",
                            "the-app", "--client-secret-file", secretFile_},
                           emulator.here());
  Process login(std::move(start));
  ASSERT_TRUE(login.waitForOutput("\n")) << login.error();
  std::string address = login.output();
  address.resize(address.find('\n'));
  ASSERT_THAT(address, HasSubstr("/api/oauth2/authorize?"));
  // The command in place of a browser: it sends the code to the program's address on loopback.
  const std::string command =
      "curl -s -L --max-time 20 --cacert '" + emulator.ca() + "' '" + address + "' > '" + folder_.path("page") + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(login.wait(), 0) << login.error();
  EXPECT_EQ(Canaries::search(login.output() + login.error() + contentOf(folder_.path("page"))), "");
  struct stat status {};
  ASSERT_EQ(::stat(tokens.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);

  const Strings oauth = {"--oauth", tokens, "--client-id", "the-app", "--client-secret-file", secretFile_};
  EXPECT_EQ(runAt(emulator, joined({"auth", "check"}, oauth)).status, 0);
  const Result result = runAt(emulator, joined({"users", "5", "--yes"}, oauth));
  EXPECT_EQ(result.status, 0) << result.error;
}

TEST_F(CliAuth, LoginIsInterruptible) {
  EmulatorProcess emulator(strict());
  Start start;
  start.arguments = joined({"login", "--oauth", folder_.path("tokens"), "--oauth2-url", emulator.url() + "/api/oauth2",
                            "--client-id", "the-app", "--client-secret-file", secretFile_},
                           emulator.here());
  Process login(std::move(start));
  ASSERT_TRUE(login.waitForOutput("\n")) << login.error();
  login.signal(SIGINT);
  EXPECT_EQ(login.wait(), 130);
  EXPECT_FALSE(std::filesystem::exists(folder_.path("tokens")));
}

TEST_F(CliAuth, WithoutASignInTheRemedyIsTold) {
  EmulatorProcess emulator(strict());
  const Result result = runAt(emulator, {"users", "5", "--yes", "--oauth", folder_.path("none"), "--client-id",
                                         "the-app", "--client-secret-file", secretFile_});
  EXPECT_NE(result.status, 0);
  EXPECT_THAT(result.error, HasSubstr("box-sessions login"));
}

}  // namespace
}  // namespace box::cli::test
