// The program accepts each of its commands that a page shows.
#include <cctype>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/arguments.hpp"
#include "cli/help.hpp"
#include "support/sources.hpp"

namespace box::cli {
namespace {

/// The words after "box-sessions" in a line for the shell, up to a comment, a pipe or another operator. Text in double
/// quotes is one word.
std::vector<std::string> wordsOf(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  const auto end = [&] {
    if (!word.empty()) words.push_back(word);
    word.clear();
  };
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '#' || c == '|' || c == '>' || c == '&')) {
      break;
    } else if (!quoted && std::isspace(static_cast<unsigned char>(c)) != 0) {
      end();
    } else {
      word += c;
    }
  }
  end();
  return words;
}

/// The commands in a page's blocks of shell code, without the program's name.
std::vector<std::string> commandsOf(const std::string& page) {
  const std::string program = "box-sessions ";
  std::vector<std::string> commands;
  std::istringstream lines(box::test::sourceFile(page));
  bool inShell = false;
  std::string command;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) inShell = line == "```sh";
    if (!inShell) continue;
    command += line;
    if (command.ends_with("\\")) {
      command.pop_back();
      continue;
    }
    const std::size_t start = command.find(program);
    const bool isCommand = start == 0 || (start != std::string::npos && command[start - 1] == ' ');
    if (isCommand && command.find('#') > start) commands.push_back(command.substr(start + program.size()));
    command.clear();
  }
  return commands;
}

TEST(Handbook, ShowsCommandsThatTheProgramTakes) {
  std::size_t shown = 0;
  for (const char* page : {"README.md", "include/box/README.md", "src/cli/README.md", "src/emulator/README.md"}) {
    for (const std::string& command : commandsOf(page)) {
      ++shown;
      const std::vector<std::string> words = wordsOf(command);
      std::vector<const char*> arguments;
      for (const std::string& word : words) arguments.push_back(word.c_str());
      EXPECT_NO_THROW(parseArguments(arguments)) << page << ": box-sessions " << command;
    }
  }
  EXPECT_GT(shown, 20U);
}

TEST(Handbook, HasTheExitStatusesOfTheHelp) {
  const auto oneLine = [](const std::string& text) {
    std::istringstream words(text);
    std::string line;
    for (std::string word; words >> word;) line += " " + word;
    return line;
  };
  const std::string help = oneLine(helpText(""));
  static const std::regex row(R"(^\| (\d+) \| (.*) \|$)");
  std::istringstream lines(box::test::sourceFile("src/cli/README.md"));
  std::set<std::string> statuses;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, row)) continue;
    statuses.insert(match[1]);
    EXPECT_NE(help.find(oneLine(match[1].str() + " " + match[2].str())), std::string::npos) << line;
  }
  EXPECT_EQ(statuses, (std::set<std::string>{"0", "1", "2", "3", "4", "5", "130"}));
}

TEST(Handbook, CommandsAreReadAsAShellReadsThem) {
  EXPECT_EQ(wordsOf("users --file a.csv --yes > out  # why"),
            (std::vector<std::string>{"users", "--file", "a.csv", "--yes"}));
  EXPECT_EQ(wordsOf("users 1 --base-url \"$(cat url)\""),
            (std::vector<std::string>{"users", "1", "--base-url", "$(cat url)"}));
}

}  // namespace
}  // namespace box::cli
