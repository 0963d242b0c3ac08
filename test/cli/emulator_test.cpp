#include "process.hpp"

#include <csignal>
#include <filesystem>
#include <sstream>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace box::cli::test {
namespace {

using testing::HasSubstr;

TEST(CliEmulator, HasSomebodyToList) {
  const EmulatorProcess box;
  Start start;
  start.arguments = joined({"list", "--group", "partners"}, box.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=any"};
  const Result result = run(start);
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_NE(result.output.find("\n202,eve@partner.example,Eve Partner,active,user,user\n"), std::string::npos);
}

TEST(CliEmulator, SaysWhereItIsAndHowToTrustIt) {
  EmulatorProcess emulator;
  EXPECT_TRUE(emulator.process().waitForOutput("ready: " + emulator.url() + "\n"));
  EXPECT_TRUE(emulator.process().waitForOutput("--ca " + emulator.ca()));
  EXPECT_THAT(contentOf(emulator.ca()), testing::StartsWith("-----BEGIN CERTIFICATE-----"));
  EXPECT_THAT(contentOf(emulator.ca()), testing::Not(HasSubstr("PRIVATE KEY")));
}

TEST(CliEmulator, IsReadyInJson) {
  EmulatorProcess emulator({"--json"});
  ASSERT_TRUE(emulator.process().waitForOutput("\n"));
  const auto ready = boost::json::parse(emulator.process().output()).as_object();
  EXPECT_EQ(ready.at("event"), "ready");
  EXPECT_EQ(std::string(ready.at("baseUrl").as_string()), emulator.url());
  EXPECT_TRUE(emulator.url().ends_with(":" + std::to_string(ready.at("port").as_int64())));
  EXPECT_EQ(std::string(ready.at("caFile").as_string()), emulator.ca());
}

class CliEmulatorSignals : public testing::TestWithParam<int> {};

TEST_P(CliEmulatorSignals, EndItWellAndItsTemporaryFileGoes) {
  const Folder folder;
  Start start;
  start.arguments = {"emulator", "--json"};
  Process process(std::move(start));
  ASSERT_TRUE(process.waitForOutput("\n"));
  const std::string ca(boost::json::parse(process.output()).at("caFile").as_string());
  EXPECT_TRUE(std::filesystem::exists(ca));
  process.signal(GetParam());
  EXPECT_EQ(process.wait(), 0) << process.error();
  EXPECT_FALSE(std::filesystem::exists(ca));
}

INSTANTIATE_TEST_SUITE_P(Signals, CliEmulatorSignals, testing::Values(SIGINT, SIGTERM, SIGHUP));

TEST(CliEmulator, CannotTakeAPortThatIsTaken) {
  EmulatorProcess emulator;
  Start start;
  start.arguments = {"emulator", "--port", emulator.url().substr(emulator.url().rfind(':') + 1)};
  const Result result = run(std::move(start));
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("cannot listen on 127.0.0.1 port "));
}

TEST(CliEmulator, CannotListenOnANameOrNonsense) {
  for (const char* const address : {"example.com", "1.2.3", "::x"}) {
    Start start;
    start.arguments = {"emulator", "--address", address};
    const Result result = run(std::move(start));
    EXPECT_EQ(result.status, 3) << result.error;
    EXPECT_THAT(result.error, HasSubstr(address));
  }
}

TEST(CliEmulator, WarnsWhereTheNetworkMayUseIt) {
  Start start;
  start.arguments = {"emulator", "--address", "0.0.0.0"};
  Process process(std::move(start));
  EXPECT_TRUE(process.waitForError("--address 0.0.0.0 lets other machines use this emulator"));
  EXPECT_TRUE(process.waitForOutput("ready: "));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0);
  EmulatorProcess local;
  EXPECT_EQ(local.process().error(), "");
}

TEST(CliEmulator, PrintsWhatItAccepts) {
  EmulatorProcess emulator;
  Start start;
  start.arguments = joined({"users", "12345", "ann@example.com", "--yes"}, emulator.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=any"};
  EXPECT_EQ(run(std::move(start)).status, 0);
  EXPECT_TRUE(emulator.process().waitForOutput("accepted 1: users 12345 logins ann@example.com, box-request-id "))
      << emulator.process().output();
}

Result endSessions(const EmulatorProcess& emulator, const Strings& options) {
  Start start;
  start.arguments = joined({"users", "1", "2", "3", "--yes", "--batch", "1", "--concurrency", "1"}, emulator.here());
  start.arguments = joined(start.arguments, options);
  start.environment = {"BOX_DEVELOPER_TOKEN=any"};
  return run(std::move(start));
}

TEST(CliEmulator, TheOutageOfItsHelpEndsSoon) {
  Start help;
  help.arguments = {"help", "emulator"};
  const std::string text = run(help).output;
  const std::size_t begin = text.find("--fail 503"), end = text.find('\n', begin);
  ASSERT_NE(begin, std::string::npos);
  Strings options;
  std::istringstream words(text.substr(begin, end - begin));
  for (std::string word; words >> word;) options.push_back(word);
  const EmulatorProcess failing(options);
  const Result result = endSessions(failing, {"--timeout", "60s"});
  EXPECT_EQ(result.status, 0) << result.error;
}

TEST(CliEmulator, FailsWhereItIsToldTo) {
  const EmulatorProcess expiring({"--fail", "401", "--fail-after", "2"});
  const Result stopped = endSessions(expiring, {});
  EXPECT_EQ(stopped.status, 1) << stopped.error;
  EXPECT_THAT(stopped.output, HasSubstr("3 users: 2 accepted, 1 call refused (Box answered 401)"));
  EXPECT_THAT(stopped.error, HasSubstr("make a new one in Box's console"));
  const EmulatorProcess failing({"--fail", "429", "--fail-calls", "1", "--retry-after", "1"});
  const Result limited = endSessions(failing, {"--json"});
  EXPECT_EQ(limited.status, 0) << limited.error;
  EXPECT_EQ(eventsIn(limited.output).back().at("accepted"), 3);
  EXPECT_EQ(eventsIn(limited.output).back().at("throttled"), 1);
  EXPECT_GE(eventsIn(limited.output).back().at("elapsedMs").as_int64(), 1000);
  const EmulatorProcess forbidding({"--forbidden-user", "2"});
  const Result forbidden = endSessions(forbidding, {});
  EXPECT_EQ(forbidden.status, 1) << forbidden.error;
  EXPECT_THAT(forbidden.error, HasSubstr("2: rejected: 403"));
  EXPECT_THAT(forbidden.output, HasSubstr("3 users: 2 accepted, 1 rejected"));
  const EmulatorProcess wrong({"--fail", "403"});
  EXPECT_EQ(endSessions(wrong, {}).status, 1);
}

TEST(CliEmulator, IsNotToldHalfOfAFailure) {
  for (const Strings& options : {Strings{"--fail-after", "2"}, Strings{"--fail-calls", "2"},
                                 Strings{"--retry-after", "2"}, Strings{"--fail", "200"}}) {
    Start start;
    start.arguments = joined({"emulator"}, options);
    const Result result = run(std::move(start));
    EXPECT_EQ(result.status, 3) << options.front();
    EXPECT_THAT(result.error, HasSubstr(options.front()));
  }
}

TEST(CliEmulator, EndsWhereNobodyHearsIt) {
  Start start;
  start.arguments = {"emulator"};
  start.closedOutput = true;
  const Result result = run(std::move(start));
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error, HasSubstr("cannot write the output"));
}

}  // namespace
}  // namespace box::cli::test
