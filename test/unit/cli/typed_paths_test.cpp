#include "cli/typed_paths.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace box::cli {
namespace {

std::vector<std::string> pathsIn(std::vector<const char*> arguments) {
  return secretLikePaths(parseArguments(arguments));
}

TEST(CliTypedPaths, WhatMayBeASecretIsNotShown) {
  for (const std::string secret :
       {"T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl", "0123456789abcdef0123456789abcdef", "aB3-dE6_gH9jK2mN5pQ8",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhYmMifQ.c2lnbmF0dXJlLXdpdGgtNjQtY2hhcmFjdGVycw"}) {
    for (const std::string& path : {secret, "./" + secret, secret + "/x", "/nowhere/" + secret + ".lock"}) {
      const std::vector<std::string> paths = pathsIn({"resume", path.c_str()});
      const std::string shown = withoutSecrets("cannot open '" + path + "', or '" + path.substr(0, 30) + "…'", paths);
      if (path.ends_with(".lock") && paths.empty()) continue;  // a name with an extension counts as a file's
      EXPECT_EQ(shown.find(secret.substr(0, 20)), std::string::npos) << shown;
      EXPECT_NE(shown.find("they may be a secret, given in the wrong place"), std::string::npos) << shown;
    }
  }
}

TEST(CliTypedPaths, NamesOfFilesAreShown) {
  for (const char* const path : {"token", "/run/secrets/box-developer-token-1", "leavers-2026-11-28.csv", "config.json",
                                 "the-token-of-the-service", "/dev/fd/63"}) {
    EXPECT_TRUE(pathsIn({"users", "1", "--file", path}).empty()) << path;
  }
  const std::vector<std::string> there = {"/"};
  EXPECT_EQ(withoutSecrets("text", there), "text");
}

TEST(CliTypedPaths, AreThoseOfAllOptionsThatTakeAFile) {
  const std::string secret = "T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl";
  const char* const token = secret.c_str();
  const std::string key = "id=" + secret;
  const std::vector<std::vector<const char*>> commands = {
      {"resume", token},
      {"report", token},
      {"report", "j", "--file", token},
      {"users", "1", "--file", token},
      {"users", "1", "--remaining", token},
      {"users", "--file", "f", "--journal", token},
      {"users", "1", "--token-file", token},
      {"users", "1", "--ca", token},
      {"users", "1", "--proxy", "env", "--proxy-user", "u", "--proxy-password-file", token},
      {"users", "1", "--jwt-config", token},
      {"users", "1", "--jwt-config", "f", "--token-cache", token},
      {"auth", "check", "--ccg", "--client-id", "a", "--client-secret-file", token},
      {"auth", "check", "--oauth", token, "--client-id", "a"},
      {"login", "--oauth", token},
      {"login", "--oauth", "f", "--ca", token},
      {"emulator", "--token-file", token},
      {"emulator", "--ca-out", token},
      {"emulator", "--ready-file", token},
      {"emulator", "--client-id", "a", "--client-secret-file", token},
      {"emulator", "--jwt-public-key", key.c_str()}};
  for (const std::vector<const char*>& command : commands)
    EXPECT_EQ(pathsIn(command), std::vector<std::string>{secret}) << command[0] << " " << command[command.size() - 2];
}

}  // namespace
}  // namespace box::cli
