#include "process.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Settings that are wrong: told before anything is sent, under the option that was typed.
namespace box::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The error of a run that must end with exit status 3 and names no class of the library.
std::string errorOf(const Strings& arguments, Strings environment = {"BOX_DEVELOPER_TOKEN=any"}) {
  Start start;
  start.arguments = arguments;
  start.environment = std::move(environment);
  const Result result = run(std::move(start));
  EXPECT_EQ(result.status, 3) << result.output << result.error;
  EXPECT_THAT(result.error, AllOf(Not(HasSubstr("Options::")), Not(HasSubstr("Config::")), Not(HasSubstr("Urls::"))));
  return result.error;
}

// The system's store would accept what a pinned CA is to refuse.
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
  EXPECT_THAT(errorOf({"users", "1", "-n", "--ca", folder.path("none")}), HasSubstr("--ca '"));
  const std::string token = "T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl";  // as Box makes them
  EXPECT_THAT(errorOf({"users", "1", "-n", "--ca", token}), testing::Not(HasSubstr(token)));
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
