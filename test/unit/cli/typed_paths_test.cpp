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
      {"report", "j", "--html", token},
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
      {"users", "1", "--file", "f", "--exclude", token},
      {"users", "1", "--log", token},
      {"list", "--everyone", "--token-file", token},
      {"list", "--everyone", "--ca", token},
      {"list", "--everyone", "--exclude", token},
      {"list", "--everyone", "--output", token},
      {"list", "--everyone", "--log", token},
      {"follow", token},
      {"follow", "j", "--file", token},
      {"follow", "j", "--log", token},
      {"follow", "j", "--token-file", token},
      {"follow", "j", "--ca", token},
      {"auth", "check", "--ca", token},
      {"emulator", "--token-file", token},
      {"emulator", "--ca-out", token},
      {"emulator", "--ready-file", token},
      {"emulator", "--client-id", "a", "--client-secret-file", token},
      {"emulator", "--jwt-public-key", key.c_str()}};
  for (const std::vector<const char*>& command : commands)
    EXPECT_EQ(pathsIn(command), std::vector<std::string>{secret}) << command[0] << " " << command[command.size() - 2];
}

TEST(CliTypedPaths, ALengthDecidesWhatMayBeASecret) {
  const auto isHidden = [](const std::string& path) { return !pathsIn({"resume", path.c_str()}).empty(); };
  EXPECT_TRUE(isHidden("aB3-dE6_gH9jK2mN5pQ8")) << "20 characters of each kind";
  EXPECT_FALSE(isHidden("aB3-dE6_gH9jK2mN5pQ"));
  EXPECT_FALSE(isHidden("ab3-de6_gh9jk2mn5pq8")) << "so far a name, without capital letters";
  EXPECT_FALSE(isHidden("0123456789abcdef0123456789abcde"));
  EXPECT_TRUE(isHidden("0123456789abcdef0123456789abcdef")) << "32 characters";
  EXPECT_FALSE(isHidden(std::string(40, 'a'))) << "no digit";
  EXPECT_FALSE(isHidden("0123456789 abcdef 0123456789 abcdef")) << "no secret has blanks";
  const std::string token = "eyJhbGciOiJSUzI1NiJ9.";
  EXPECT_TRUE(isHidden(token + std::string(60 - token.size(), 'x')));
  EXPECT_FALSE(isHidden(token + std::string(59 - token.size(), 'x'))) << "a name with an extension";
}

TEST(CliTypedPaths, ASecretIsHiddenEachTimeThatItIsThere) {
  const std::string secret = "T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl";
  const std::string remark = "(32 characters that are not shown: they may be a secret, given in the wrong place)";
  EXPECT_EQ(withoutSecrets("no '" + secret + "', no '" + secret + "x'", {secret}),
            "no '" + remark + "', no '" + remark + "x'");
  EXPECT_EQ(withoutSecrets("no 'a/b/" + secret + "/c'", {"a/b/" + secret + "/c"}), "no 'a/b/" + remark + "/c'");
  EXPECT_EQ(withoutSecrets("cut: " + secret.substr(0, 20) + "?", {secret}), "cut: " + remark + "?");
}

}  // namespace
}  // namespace box::cli
