#include "cli/completion.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/manual.hpp"
#include "cli/options/subcommands.hpp"

namespace box::cli {
namespace {

/// The output of a command, including standard error, and its exit status.
struct Ended {
  int status = -1;
  std::string output;
};

Ended shell(const std::string& command) {
  Ended out;
  std::FILE* const pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
  if (pipe == nullptr) return out;
  std::array<char, 4096> bytes;
  while (const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), pipe)) {
    out.output.append(bytes.data(), count);
  }
  out.status = ::pclose(pipe);
  return out;
}

bool isInstalled(const std::string& program) { return shell("command -v " + program).status == 0; }

/// A folder with a file in it, which is removed at the end.
class Written {
 public:
  explicit Written(const std::string& content) {
    std::string name = (std::filesystem::temp_directory_path() / "box-completion-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << name;
    folder_ = name;
    std::ofstream(path()) << content;
  }
  ~Written() { std::filesystem::remove_all(folder_); }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;

  std::string path() const { return (folder_ / "it").string(); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

using Words = std::set<std::string>;

class CliBashCompletion : public testing::Test {
 protected:
  void SetUp() override {
    if (!isInstalled("bash")) GTEST_SKIP() << "bash is not installed";
  }

  /// The words that bash offers in place of the last one, where the only files are "a list.csv" and "api.pem".
  Words offered(const std::vector<std::string>& words) {
    std::ofstream(script_.folder() / "a list.csv");
    std::ofstream(script_.folder() / "api.pem");
    std::string line = "box-sessions";
    for (const std::string& word : words) line += " '" + word + "'";
    std::ofstream(script_.folder() / "run")
        << "cd '" << script_.folder().string() << "'\n. ./it || exit 1\n"
        << "COMP_WORDS=(" << line << ") COMP_CWORD=" << words.size()
        << "\n_box_sessions\nfor each in \"${COMPREPLY[@]}\"; do echo \"$each\"; done\n";
    const Ended ended = shell("bash --norc '" + (script_.folder() / "run").string() + "'");
    EXPECT_EQ(ended.status, 0) << ended.output;
    Words out;
    std::istringstream lines(ended.output);
    for (std::string each; std::getline(lines, each);) out.insert(each);
    return out;
  }

 private:
  Written script_{completionScript(Shell::bash)};
};

TEST_F(CliBashCompletion, OffersSubcommandsAndWhatFollowsThem) {
  EXPECT_EQ(offered({"re"}), (Words{"resume", "report"}));
  EXPECT_EQ(offered({"--"}), (Words{"--help", "--version"}));
  EXPECT_EQ(offered({"help", "gr"}), Words{"groups"});
  EXPECT_EQ(offered({"auth", ""}), Words{"check"});
  EXPECT_EQ(offered({"completion", ""}), (Words{"bash", "zsh", "fish"}));
  EXPECT_EQ(offered({"report", "ap"}), Words{"api.pem"});
  EXPECT_EQ(offered({"users", ""}), Words{});
  EXPECT_EQ(offered({"nonsense", ""}), Words{});
}

TEST_F(CliBashCompletion, OffersTheOptionsOfTheSubcommandOnly) {
  EXPECT_EQ(offered({"users", "--jo"}), Words{"--journal"});
  EXPECT_EQ(offered({"resume", "j", "--jo"}), Words{});
  EXPECT_EQ(offered({"resume", "j", "--yes", "--ret"}), Words{"--retry-rejected"});
  EXPECT_EQ(offered({"emulator", "--r"}), (Words{"--rate-limit", "--ready-file", "--retry-after"}));
  for (const Subcommand& subcommand : subcommands()) {
    Words all;
    for (const Section& section : subcommand.sections) {
      for (const Option& option : section.options) all.insert("--" + std::string(option.name()));
    }
    EXPECT_EQ(offered({std::string(subcommand.name), "--"}), all) << subcommand.name;
  }
}

TEST_F(CliBashCompletion, OffersWhatAnOptionTakes) {
  EXPECT_EQ(offered({"resume", "--in-doubt", ""}), (Words{"retry", "report"}));
  EXPECT_EQ(offered({"resume", "--in-doubt", "="}), (Words{"retry", "report"}));
  EXPECT_EQ(offered({"resume", "--in-doubt", "=", "ret"}), Words{"retry"});
  EXPECT_EQ(offered({"users", "--file", "a"}), (Words{"a list.csv", "api.pem"}));
  EXPECT_EQ(offered({"users", "-f", "a "}), Words{"a list.csv"});
  EXPECT_EQ(offered({"users", "--ca", "=", "ap"}), Words{"api.pem"});
  EXPECT_EQ(offered({"resume", "j", "--rate", "a"}), Words{}) << "a number is not completed as a file";
}

// Texts of the tables contain quotes, colons and brackets, which have a meaning in each shell.
TEST(CliCompletion, ScriptsQuoteWhatTheyShow) {
  const std::string zsh = completionScript(Shell::zsh);
  EXPECT_TRUE(zsh.starts_with("#compdef box-sessions\n"));
  EXPECT_NE(zsh.find(R"('--client-id=[the app'\''s client id]:ID:')"), std::string::npos);
  EXPECT_NE(zsh.find(R"('*--header=[an extra header, may be repeated]:'\''NAME\: VALUE'\'':')"), std::string::npos);
  EXPECT_NE(zsh.find(R"('*'{-f+,--file=}'[a list, may be repeated]:FILE:_files')"), std::string::npos);
  EXPECT_NE(zsh.find(R"(:retry|report:(retry report)')"), std::string::npos);
  EXPECT_NE(zsh.find(R"('(-y --yes)'{-y,--yes}'[act without asking]')"), std::string::npos);
  const std::string fish = completionScript(Shell::fish);
  EXPECT_NE(fish.find(R"(-l client-id -x -d 'the app\'s client id')"), std::string::npos);
  EXPECT_NE(fish.find(R"(-l file -s f -r -F -d )"), std::string::npos);
  EXPECT_NE(fish.find(R"(-l in-doubt -x -a 'retry report' -d )"), std::string::npos);
  EXPECT_NE(fish.find(R"(-l yes -s y -d 'act without asking')"), std::string::npos);
}

TEST(CliCompletion, ScriptsOfZshAndFishAreTakenByTheirShells) {
  int tried = 0;
  for (const auto& [name, which] : {std::pair{"zsh", Shell::zsh}, std::pair{"fish", Shell::fish}}) {
    if (!isInstalled(name)) continue;
    ++tried;
    const Written script(completionScript(which));
    const Ended ended = shell(std::string(name) + " -n '" + script.path() + "'");
    EXPECT_EQ(ended.status, 0) << ended.output;
  }
  if (tried == 0) GTEST_SKIP() << "neither zsh nor fish is installed";
}

TEST(CliManual, HasEveryOptionAndKeepsWhatRoffWouldTake) {
  const std::string page = manualPage();
  for (const Subcommand& subcommand : subcommands()) {
    for (const Section& section : subcommand.sections) {
      for (const Option& option : section.options) {
        std::string name;
        for (const char c : option.name()) name += c == '-' ? std::string("\\-") : std::string(1, c);
        EXPECT_NE(page.find("\\fB\\-\\-" + name + "\\fR"), std::string::npos) << option.name();
      }
    }
  }
  EXPECT_NE(page.find("\n\\fB\\-f\\fR, \\fB\\-\\-file\\fR \\fIFILE\\fR\n"), std::string::npos);
  EXPECT_NE(page.find("\\fI\\(aqNAME: VALUE\\(aq\\fR"), std::string::npos);
  EXPECT_NE(page.find("\\-\\-client\\-id app \\e\n"), std::string::npos) << "a backslash of an example";
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) EXPECT_FALSE(line.starts_with('\'')) << line;
}

TEST(CliManual, IsSetWithoutWarnings) {
  if (!isInstalled("groff")) GTEST_SKIP() << "groff is not installed";
  const Written page(manualPage());
  const Ended set = shell("groff -man -Tutf8 -ww -z '" + page.path() + "'");
  EXPECT_EQ(set.status, 0);
  EXPECT_EQ(set.output, "");
  if (!isInstalled("man")) return;
  const Ended shown = shell("MANROFFOPT=-ww LC_ALL=C.UTF-8 man --warnings -l '" + page.path() + "' 2>&1 >/dev/null");
  EXPECT_EQ(shown.status, 0);
  EXPECT_EQ(shown.output, "");
}

}  // namespace
}  // namespace box::cli
