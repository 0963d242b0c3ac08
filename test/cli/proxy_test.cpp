// Calls through a proxy, from the shell to the emulator's record.
#include "process.hpp"

#include <cstdlib>
#include <string>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/canaries.hpp"
#include "support/test_proxy.hpp"

namespace box::cli::test {
namespace {

using box::test::Canaries;
using box::test::ProxyAnswer;
using box::test::TestProxy;
using box::test::TestProxyOptions;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class CliProxy : public testing::Test {
 protected:
  void TearDown() override {
    for (const std::string& seen : {proxy_.plaintext(), strict_.plaintext()}) EXPECT_EQ(Canaries::search(seen), "");
  }

  Start startOf(const Strings& arguments, const Strings& environment = {}) {
    Start start;
    start.arguments = joined(arguments, emulator_.here());
    start.environment = joined({"BOX_DEVELOPER_TOKEN=" + token_}, environment);
    return start;
  }
  /// Runs the program and searches its output for all secrets of the test.
  Result run(Start start) {
    Result result = cli::test::run(std::move(start));
    EXPECT_EQ(Canaries::search(result.output + result.error), "");
    return result;
  }
  Result run(const Strings& arguments, const Strings& environment = {}) { return run(startOf(arguments, environment)); }

  static TestProxyOptions strict(const std::string& password) {
    TestProxyOptions options;
    options.username = "ann";
    options.password = password;
    return options;
  }
  /// Approves the app in the browser, as a person does.
  void approve(Process& login) const {
    ASSERT_TRUE(login.waitForOutput("\n")) << login.error();
    const std::string address = login.output().substr(0, login.output().find('\n'));
    const std::string browser =
        "curl -s -L --noproxy '*' --max-time 20 --cacert '" + emulator_.ca() + "' '" + address + "' > /dev/null";
    ASSERT_EQ(std::system(browser.c_str()), 0);
  }
  /// The URL with the password. Only environment variables may have it, never arguments.
  std::string urlWithPassword() const {
    std::string encoded;
    for (const char c : password_) encoded += c == '/' ? "%2f" : c == '+' ? "%2B" : std::string(1, c);
    return "http://ann:" + encoded + "@localhost:" + std::to_string(strict_.port());
  }

  Folder folder_;
  EmulatorProcess emulator_{Strings{"--json"}};
  const std::string token_ = Canaries::make("the token");
  const std::string password_ = Canaries::make("the proxy's password");
  const std::string passwordFile_ = folder_.file("password", password_ + "\n");
  TestProxy proxy_;
  TestProxy strict_{strict(password_)};
};

TEST_F(CliProxy, CallsGoByWayOfIt) {
  const Result result = run({"users", "12345", "--yes", "--verbose", "--proxy", proxy_.url()});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("1 accepted"));
  EXPECT_THAT(result.error, HasSubstr("through localhost"));
  EXPECT_THAT(proxy_.connects(), SizeIs(1));
  EXPECT_EQ("https://" + proxy_.connects().at(0).target, emulator_.url());
  EXPECT_EQ(run({"groups", "7", "--yes", "--proxy", proxy_.url()}).status, 0);
  EXPECT_EQ(run({"auth", "check", "--proxy", proxy_.url()}).status, 0);
  EXPECT_EQ(proxy_.tunnels(), 3U);
}

TEST_F(CliProxy, ItsPasswordComesFromAFileOrStandardInput) {
  const Strings user = {"--proxy", strict_.url(), "--proxy-user", "ann", "--proxy-password-file"};
  const Result fromFile = run(joined(joined({"users", "1", "--yes"}, user), {passwordFile_}));
  EXPECT_EQ(fromFile.status, 0) << fromFile.error;
  Start start = startOf(joined(joined({"auth", "check"}, user), {"-"}));
  start.input = password_ + "\n";
  const Result fromInput = run(std::move(start));
  EXPECT_EQ(fromInput.status, 0) << fromInput.error;
  EXPECT_EQ(strict_.tunnels(), 2U);
}

TEST_F(CliProxy, ItsPasswordIsAskedForAtATerminal) {
  Start start = startOf({"users", "1", "--yes", "--proxy", strict_.url(), "--proxy-user", "ann"});
  start.terminal = true;
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForError("The proxy's password (not shown): "));
  ASSERT_TRUE(eventually([&] { return !process.echoes(); }));
  process.type(password_ + "\n");
  EXPECT_EQ(process.wait(), 0) << process.error();
  EXPECT_EQ(Canaries::search(process.output() + process.error()), "");
  EXPECT_EQ(strict_.tunnels(), 1U);
}

TEST_F(CliProxy, ItsPasswordMustBeThereAndOnesOwn) {
  const Strings user = {"users", "1", "--yes", "--proxy", strict_.url(), "--proxy-user", "ann"};
  const Result none = run(user);
  EXPECT_EQ(none.status, 3);
  EXPECT_THAT(none.error, HasSubstr("--proxy-password-file"));
  ::chmod(passwordFile_.c_str(), 0644);
  const Result shared = run(joined(user, {"--proxy-password-file", passwordFile_}));
  EXPECT_EQ(shared.status, 3);
  EXPECT_THAT(shared.error, HasSubstr("chmod 600"));
  EXPECT_EQ(strict_.connections(), 0U);
}

TEST_F(CliProxy, WrongCredentialsAreToldWithTheRemedy) {
  const std::string wrong = folder_.file("wrong", Canaries::make("a wrong password"));
  const Result result = run({"users", "1", "--yes", "--proxy", strict_.url(), "--proxy-user", "ann",
                             "--proxy-password-file", wrong, "--verbose"});
  EXPECT_EQ(result.status, 2) << result.error;
  EXPECT_THAT(result.error, HasSubstr("proxyAuthenticationFailed, in phase proxy"));
  EXPECT_EQ(result.output, "1 user: 0 accepted, 1 not sent\n");
  EXPECT_THAT(result.error, HasSubstr("--proxy-user and --proxy-password-file"));
  EXPECT_THAT(strict_.connects(), SizeIs(1));
}

TEST_F(CliProxy, WhatItWantsIsToldWithTheRemedy) {
  const Result missing = run({"users", "1", "--yes", "--proxy", strict_.url()});
  EXPECT_THAT(missing.error, HasSubstr("Add --proxy-user NAME and --proxy-password-file FILE."));
  proxy_.setDefault(ProxyAnswer::status(407, "Proxy-Authenticate: Negotiate\r\n"));
  const Result other = run({"users", "1", "--yes", "--proxy", proxy_.url()});
  EXPECT_THAT(other.error,
              testing::AllOf(HasSubstr("This proxy takes NTLM or Negotiate only"), Not(HasSubstr("--proxy-user"))));
}

TEST_F(CliProxy, OneThatDoesNotAnswerIsNamedByEveryCommand) {
  const Strings gone = {"--proxy", "http://proxy.localhost:9", "--timeout", "100ms"};
  for (const Strings& command : {Strings{"users", "1", "--yes"}, Strings{"groups", "1", "--yes"},
                                 Strings{"list", "--everyone"}, Strings{"auth", "check"}}) {
    const Result result = run(joined(command, gone));
    EXPECT_EQ(result.status, 2) << result.error;
    EXPECT_THAT(result.error, HasSubstr("the proxy proxy.localhost")) << command.front();
    EXPECT_THAT(result.error, HasSubstr("Check --proxy")) << command.front();
  }
}

TEST_F(CliProxy, TheEnvironmentSaysWhichWhereItIsAsked) {
  const Strings environment = {"HTTPS_PROXY=" + urlWithPassword(), "https_proxy=http://127.0.0.1:1"};
  const Result asked = run({"users", "1", "--yes", "--proxy", "env"}, environment);
  EXPECT_EQ(asked.status, 0) << asked.error;
  EXPECT_EQ(strict_.tunnels(), 1U);
  const Result notAsked = run({"users", "1", "--yes"}, environment);
  EXPECT_EQ(notAsked.status, 0) << notAsked.error;
  const Result except =
      run({"users", "1", "--yes", "--proxy", "env"}, joined(environment, {"NO_PROXY=a.test, .test,localhost"}));
  EXPECT_EQ(except.status, 0) << except.error;
  const Result none = run({"users", "1", "--yes", "--proxy", "env", "--proxy-user", "ann"});
  EXPECT_EQ(none.status, 0) << none.error;
  EXPECT_EQ(strict_.connections(), 1U);
}

TEST_F(CliProxy, OneInTheEnvironmentThatIsNotUsedIsMentionedIfBoxIsNotReached) {
  const std::string note = "HTTPS_PROXY is set, but it is used only with --proxy env";
  const auto errorOf = [this](const Strings& arguments, const Strings& environment) {
    Start start;
    start.arguments = joined(arguments, {"--base-url", "https://localhost:9", "--timeout", "300ms"});
    start.environment = joined({"BOX_DEVELOPER_TOKEN=" + token_}, environment);
    return run(std::move(start)).error;
  };
  const Strings set = {"HTTPS_PROXY=" + urlWithPassword()};
  for (const Strings& command :
       {Strings{"users", "1", "--yes"}, Strings{"list", "--everyone"}, Strings{"auth", "check"}}) {
    EXPECT_THAT(errorOf(command, set), HasSubstr(note)) << command.front();
    EXPECT_THAT(errorOf(command, {}), Not(HasSubstr("HTTPS_PROXY"))) << command.front();
    EXPECT_THAT(errorOf(joined(command, {"--proxy", "http://localhost:9"}), set), Not(HasSubstr("HTTPS_PROXY")));
  }
}

TEST_F(CliProxy, OptionsCountMoreThanTheEnvironment) {
  const Strings bad = {"HTTPS_PROXY=http://bob:" + Canaries::make("bob's password").substr(0, 10) +
                       "@localhost:" + std::to_string(strict_.port())};
  EXPECT_EQ(run({"users", "1", "--yes", "--proxy", "env"}, bad).status, 2);
  const Result result = run(
      {"users", "1", "--yes", "--proxy", "env", "--proxy-user", "ann", "--proxy-password-file", passwordFile_}, bad);
  EXPECT_EQ(result.status, 0) << result.error;
}

TEST_F(CliProxy, WhatIsWrongIsNamedAndNotRepeated) {
  const Result variable =
      run({"users", "1", "--yes", "--proxy", "env"}, {"https_proxy=" + urlWithPassword() + "/path"});
  EXPECT_EQ(variable.status, 3);
  EXPECT_THAT(variable.error, HasSubstr("--proxy: https_proxy: "));
  for (const char* url : {"localhost:3128", "socks5://localhost", "http://", "http://localhost/path"}) {
    const Result result = run({"users", "1", "--yes", "--proxy", url});
    EXPECT_EQ(result.status, 3) << url;
    EXPECT_THAT(result.error, HasSubstr("--proxy: it ")) << url;
  }
  const Result user = run(
      {"users", "1", "--yes", "--proxy", proxy_.url(), "--proxy-user", "a:b", "--proxy-password-file", passwordFile_});
  EXPECT_EQ(user.status, 3);
  EXPECT_THAT(user.error, HasSubstr("colon"));
}

TEST_F(CliProxy, ADryRunReadsThePasswordsFileAsksForNoneAndSendsNothing) {
  const Strings dry = {"users", "1", "--dry-run", "--proxy", strict_.url(), "--proxy-user", "ann"};
  EXPECT_EQ(run(joined(dry, {"--proxy-password-file", folder_.path("none")})).status, 3);
  const Result result = run(dry);
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(strict_.connections(), 0U);
  EXPECT_EQ(run({"users", "1", "--dry-run", "--proxy", "nonsense"}).status, 3);
}

TEST_F(CliProxy, LoginExchangesItsCodeByWayOfIt) {
  const std::string secret = folder_.file("secret", Canaries::make("the client secret"));
  const std::string tokens = folder_.path("tokens");
  const Strings arguments = {"login",
                             "--oauth",
                             tokens,
                             "--oauth2-url",
                             emulator_.url() + "/api/oauth2",
                             "--client-id",
                             "app",
                             "--client-secret-file",
                             secret};
  Process login(startOf(joined(arguments, {"--proxy", proxy_.url()})));
  approve(login);
  EXPECT_EQ(login.wait(), 0) << login.error();
  EXPECT_EQ(proxy_.tunnels(), 1U);
  EXPECT_THAT(contentOf(tokens), Not(IsEmpty()));

  Start direct;
  direct.arguments =
      joined(arguments, {"--base-url", "https://localhost:9", "--ca", emulator_.ca(), "--timeout", "1s"});
  direct.environment = {"HTTPS_PROXY=" + proxy_.url()};
  Process failing(std::move(direct));
  approve(failing);
  EXPECT_EQ(failing.wait(), 2) << failing.error();
  EXPECT_THAT(failing.error(), HasSubstr("HTTPS_PROXY is set, but it is used only with --proxy env"));
}

}  // namespace
}  // namespace box::cli::test
