#include "cli/typed_paths.hpp"

#include <cstddef>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "cli/arguments.hpp"
#include "cli/options/subcommands.hpp"

namespace box::cli {
namespace {

/// The paths of the command line that may be secrets, also if the command is refused after that.
std::vector<std::string> pathsIn(std::vector<const char*> arguments) {
  std::vector<std::string> paths;
  try {
    parseArguments(arguments, {}, [&](const std::string& path) {
      if (mayHoldASecret(path)) paths.push_back(path);
    });
  } catch (const UsageError&) {
  }
  return paths;
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
  const std::vector<std::string> found{secret};
  std::size_t options = 0;
  for (const Subcommand& subcommand : subcommands()) {
    std::vector<const char*> words{subcommand.name.data()};
    if (!subcommand.action.empty()) words.push_back(subcommand.action.data());
    for (const Section& section : subcommand.sections) {
      for (const Option& option : section.options) {
        const bool isFile = option.argument.find("FILE") != std::string_view::npos;
        const std::string value =
            "--" + std::string(option.name()) + "=" + (option.argument == "KEYID=FILE" ? "id=" : "") + secret;
        words.push_back(value.c_str());
        if (isFile) EXPECT_EQ(pathsIn(words), found) << subcommand.name << " --" << option.name();
        options += isFile ? 1 : 0;
        words.pop_back();
      }
    }
  }
  EXPECT_GT(options, 40U);
  for (const char* const command : {"resume", "report", "follow"}) EXPECT_EQ(pathsIn({command, secret.c_str()}), found);
  EXPECT_EQ(pathsIn({"emulator", "--address", secret.c_str()}), found);
}

TEST(CliTypedPaths, APartBehindABackslashIsHiddenToo) {
  const std::string path = "C:\\lists\\T9cE5asGnuyYCCqIZFoWjFHvNbvV42";
  EXPECT_EQ(withoutSecrets("cannot read '" + path + "'", {path}).find("T9cE5asGnuy"), std::string::npos);
}

TEST(CliTypedPaths, TheNameOfAFileThatIsThereIsShown) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("T9cE5asGnuyYCCqIZFoWjFHvNbvV" + std::to_string(std::time(nullptr)));
  std::ofstream(file) << "x";
  const std::string text = "cannot read '" + file.string() + "'";
  EXPECT_EQ(withoutSecrets(text, {file.string()}), text);
  std::filesystem::remove(file);
  EXPECT_NE(withoutSecrets(text, {file.string()}), text);
}

TEST(CliTypedPaths, TheNameOfAFolderThatIsThereIsShownWhateverItIsIn) {
  const std::filesystem::path outer =
      std::filesystem::temp_directory_path() / "a-folder-with-a-name-that-is-longer-than-any-name-in-it-and-no-secret";
  const std::filesystem::path inner = outer / ("T9cE5asGnuyYCCqIZFoWjFHvNbvV" + std::to_string(std::time(nullptr)));
  std::filesystem::create_directories(inner);
  for (const std::filesystem::path& path : {inner, inner / "not-there"}) {
    ASSERT_TRUE(mayHoldASecret(path.generic_string()));
    const std::string text = "cannot read '" + path.generic_string() + "'";
    EXPECT_EQ(withoutSecrets(text, {path.generic_string()}), text);
  }
  std::filesystem::remove(inner);
  const std::string text = "cannot read '" + inner.generic_string() + "'";
  EXPECT_NE(withoutSecrets(text, {inner.generic_string()}), text);
  std::filesystem::remove(outer);
}

}  // namespace
}  // namespace box::cli
