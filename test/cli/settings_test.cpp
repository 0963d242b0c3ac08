#include "process.hpp"

#include <string>
#include <vector>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/options/subcommands.hpp"

// Wrong settings are reported before anything is sent, under the option that the operator has typed.
namespace box::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The error of a run, which must end with exit status 3 and must not name a class of the library.
std::string errorOf(const Strings& arguments, Strings environment = {"BOX_DEVELOPER_TOKEN=any"}) {
  Start start;
  start.arguments = arguments;
  start.environment = std::move(environment);
  const Result result = run(std::move(start));
  EXPECT_EQ(result.status, 3) << result.output << result.error;
  EXPECT_THAT(result.error, AllOf(Not(HasSubstr("Options::")), Not(HasSubstr("Config::")), Not(HasSubstr("Urls::"))));
  return result.error;
}

// With the system's certificates the program would trust servers that a pinned CA must refuse.
TEST(CliSettings, AnEmptyCaFileIsNotTheSystemsStore) {
  EmulatorProcess emulator;
  const Folder folder;
  const std::string empty = folder.file("none.pem", "");
  for (const std::string& file : {empty, folder.file("blank.pem", "\n \n"), std::string("/dev/null")}) {
    EXPECT_THAT(errorOf({"users", "1", "--yes", "--base-url", emulator.url(), "--ca", file},
                        {"BOX_DEVELOPER_TOKEN=any", "SSL_CERT_FILE=" + emulator.ca()}),
                HasSubstr("--ca '" + file + "' is empty"));
    EXPECT_THAT(errorOf({"auth", "check", "--base-url", emulator.url(), "--ca", file},
                        {"BOX_DEVELOPER_TOKEN=any", "SSL_CERT_FILE=" + emulator.ca()}),
                HasSubstr("is empty"));
  }
}

TEST(CliSettings, AFilesCredentialsAreNotTakenSilentlyInPlaceOfTheEnvironments) {
  EmulatorProcess emulator;
  const Folder folder;
  const std::string config =
      folder.file("config", "base-url = " + emulator.url() + "\nca = " + emulator.ca() +
                                "\ntoken-file = " + folder.file("token", "tokenofthefile") + "\n");
  const auto errorWith = [&](const Strings& options, const Strings& environment) {
    Start start;
    start.arguments = joined({"users", "1", "--yes", "--config", config}, options);
    start.environment = environment;
    const Result result = run(std::move(start));
    EXPECT_EQ(result.status, 0) << result.error;
    return result.error;
  };
  const std::string note = "BOX_DEVELOPER_TOKEN is set, but the credentials are those of '" + config + "'\n";
  const Strings set = {"BOX_DEVELOPER_TOKEN=any"};
  EXPECT_THAT(errorWith({}, set), HasSubstr(note));
  EXPECT_THAT(errorWith({}, {}), Not(HasSubstr("BOX_DEVELOPER_TOKEN")));
  EXPECT_THAT(errorWith({"--quiet"}, set), Not(HasSubstr("BOX_DEVELOPER_TOKEN")));
  EXPECT_THAT(errorWith({"--token-file", folder.path("token")}, set), Not(HasSubstr("BOX_DEVELOPER_TOKEN")));
}

TEST(CliSettings, ACaFileOfAnotherKindIsToldWithTheRemedy) {
  const Folder folder;
  const auto errorFor = [&](const std::string& name, const std::string& content) {
    return errorOf({"users", "1", "-n", "--ca", folder.file(name, content)});
  };
  EXPECT_THAT(errorFor("ca.der", "\x30\x82\x01\x0a"),
              AllOf(HasSubstr("ca.der' is not a PEM file"), HasSubstr("-inform DER")));
  EXPECT_THAT(errorFor("u.pem", "\xff\xfe-"), HasSubstr("u.pem' is UTF-16"));
  EXPECT_THAT(errorFor("t.pem", "-----BEGIN TRUSTED CERTIFICATE-----\n"),
              AllOf(HasSubstr("openssl x509 -in '"), HasSubstr("t.pem")));
  EXPECT_THAT(errorFor("b.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
              AllOf(HasSubstr("--ca '"), HasSubstr("b.pem': ")));
  EXPECT_THAT(errorFor("l.pem", "-----BEGIN CERTIFICATE----- AAAA -----END CERTIFICATE-----\n"),
              AllOf(HasSubstr("l.pem' has lost its line breaks"), Not(HasSubstr("routines"))));
  EXPECT_THAT(errorOf({"users", "1", "-n", "--ca", folder.path("none")}), HasSubstr("--ca '"));
}

// Opening a pipe without a writer would wait for ever without any message.
TEST(CliSettings, APipeInAFilesPlaceIsRefused) {
  const Folder folder;
  const std::string pipe = folder.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(errorOf({"users", "1", "-n", "--ca", pipe}), HasSubstr("pipe' is a pipe: give a regular file"));
  EXPECT_THAT(errorOf({"emulator", "--jwt-public-key", "k=" + pipe}),
              HasSubstr("pipe' is a pipe: give a regular file"));
  EXPECT_THAT(errorOf({"users", "--file", pipe, "-n"}),
              HasSubstr("pipe' is a pipe that nobody writes to: start its writer first"));
}

TEST(CliSettings, AnOpenSslWithoutAlgorithmsIsToldAsALocalCause) {
  EmulatorProcess emulator;
  const Folder folder;
  const std::string list = folder.file("list", "1\n"), journal = folder.path("journal");
  const Strings run = joined({"users", "--file", list, "--yes", "--journal", journal}, emulator.here());
  Start start;
  start.arguments = run;
  start.environment = {"BOX_DEVELOPER_TOKEN=any"};
  ASSERT_EQ(test::run(std::move(start)).status, 0);
  const Strings without = {
      "BOX_DEVELOPER_TOKEN=any",
      "OPENSSL_CONF=" +
          folder.file("openssl.cnf", "openssl_conf = c\n[c]\nproviders = p\n[p]\nlegacy = l\n[l]\nactivate = 1\n")};
  const auto isTold =
      AllOf(HasSubstr("its configuration (OPENSSL_CONF) must activate a provider of "), Not(HasSubstr("--ca")));
  EXPECT_THAT(errorOf({"report", journal}, without), isTold);
  EXPECT_THAT(errorOf({"users", "--file", list, "--yes", "--journal", folder.path("new")}, without), isTold);
  EXPECT_THAT(errorOf({"users", "1", "--yes"}, without), isTold);
  EXPECT_THAT(errorOf({"auth", "check"}, without), isTold);
  EXPECT_THAT(errorOf({"emulator"}, without), AllOf(HasSubstr("cannot make a key"), Not(HasSubstr("box::"))));
}

// A secret that is pasted where a file belongs must not be shown, whichever part of the program reports the error.
TEST(CliSettings, NoOptionRepeatsASecretThatWasGivenInTheWrongPlace) {
  const std::string token = "T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl";  // in the format of Box's tokens
  const Folder folder;
  const std::string list = folder.file("list", "1\n"), secret = folder.file("secret", "s3cret");
  const Strings nowhere = {"--base-url", "https://127.0.0.1:1", "--timeout", "1s"};
  const Strings ccg = {"--ccg", "--client-id", "a", "--client-secret-file", secret, "--enterprise-id", "5"};
  std::vector<Strings> commands = {
      {"resume", token},
      {"resume", token + "/x"},
      {"report", token},
      {"report", token + "/x", "--file", list},
      joined({"users", "--file", list, "--yes", "--journal", token + "/x"}, nowhere),
      joined({"users", "--file", list, "--yes", "--remaining", token + "/x"}, nowhere),
      joined(joined({"users", "1", "--yes", "--token-cache", token + "/x"}, nowhere), ccg),
      joined(joined({"auth", "check", "--token-cache", token + "/x"}, nowhere), ccg),
      {"users", "1", "-n", "--ca", token},
      {"users", "1", "-n", "--file", token},
      {"auth", "check", "--jwt-config", token},
      {"auth", "check", "--oauth", token + "/x", "--client-id", "a", "--client-secret-file", secret}};
  for (const Subcommand& subcommand : subcommands()) {
    for (const Section& section : subcommand.sections) {
      for (const Option& option : section.options) {
        Strings arguments = {std::string(subcommand.name)};
        if (!subcommand.action.empty()) arguments.emplace_back(subcommand.action);
        if (subcommand.name == "users" || subcommand.name == "groups") arguments.emplace_back("1");
        arguments.push_back("--" + std::string(option.name()));
        arguments.push_back(token + "/x");
        commands.push_back(arguments);
      }
    }
  }
  for (const Strings& arguments : commands) {
    Start start;
    start.arguments = arguments;
    start.environment = {"BOX_DEVELOPER_TOKEN=any"};
    const Result result = run(std::move(start));
    EXPECT_THAT(result.output + result.error, Not(HasSubstr(token))) << arguments[0] << " " << arguments[1];
    EXPECT_NE(result.status, -1);
  }
}

TEST(CliSettings, AConfigurationSaysWhatNeedNotBeTyped) {
  EmulatorProcess emulator;
  const Folder folder;
  const std::string token = folder.file("token", "any\n");
  const std::string text =
      "token-file = " + token + "\nbase-url = " + emulator.url() + "\nca = " + emulator.ca() + "\n";
  ASSERT_EQ(::mkdir(folder.path("box-sessions").c_str(), 0700), 0);
  folder.file("box-sessions/config", text);
  Start usual;
  usual.arguments = {"users", "1", "--yes"};
  usual.environment = {"XDG_CONFIG_HOME=" + folder.path("")};
  Result result = run(std::move(usual));
  EXPECT_EQ(result.status, 0) << result.error;

  Start named;
  named.arguments = {"users", "1", "--yes", "--config", folder.file("other", text, 0644)};
  result = run(std::move(named));
  EXPECT_EQ(result.status, 0) << result.error;
}

// The configuration decides where credentials are sent.
TEST(CliSettings, AConfigurationThatOthersMayWriteIsRefused) {
  const Folder folder;
  for (const unsigned mode : {0620U, 0602U}) {
    const std::string file = folder.file("config", "base-url = https://box.example\n", mode);
    EXPECT_THAT(errorOf({"users", "1", "-n", "--config", file}),
                AllOf(HasSubstr("others may write to '" + file + "'"), HasSubstr("chmod go-w")));
  }
  EXPECT_THAT(errorOf({"users", "1", "-n", "--config", folder.path("none")}), HasSubstr("cannot open '"));
  EXPECT_THAT(errorOf({"users", "1", "-n", "--config", "-"}), HasSubstr("--config - : give a file"));
  EXPECT_THAT(errorOf({"users", "1", "-n", "--config", folder.file("wrong", "user-id = x\n")}),
              HasSubstr("wrong', line 1: user-id 'x': give the id"));
}

TEST(CliSettings, AUrlIsToldUnderItsOption) {
  EXPECT_THAT(errorOf({"users", "1", "-n", "--base-url", "http://a.example"}),
              HasSubstr("--base-url: it must begin with https://"));
  EXPECT_THAT(errorOf({"users", "1", "-n", "--base-url", "https://api.box.com/2.0/"}), HasSubstr("leave out /2.0"));
  EXPECT_THAT(errorOf({"login", "--oauth", "t", "--base-url", "https://a.example", "--oauth2-url", "x"}),
              HasSubstr("--oauth2-url: it must begin with https://"));
  EXPECT_THAT(errorOf({"users", "1", "-n", "--proxy", "ftp://x"}), HasSubstr("--proxy: it must begin with http"));
  EXPECT_THAT(errorOf({"users", "1", "-n", "--header", "Host: a"}), HasSubstr("--header: header Host"));
}

TEST(CliSettings, CredentialsAreToldUnderTheirOption) {
  const Folder folder;
  EXPECT_THAT(errorOf({"users", "1", "--yes", "--jwt-config", folder.file("c.json", "{")}),
              testing::StartsWith("box-sessions: --jwt-config: '"));
}

}  // namespace
}  // namespace box::cli::test
