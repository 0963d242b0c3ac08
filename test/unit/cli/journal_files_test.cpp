#include "cli/journal_files.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/bulk_job.hpp"
#include "cli/bulk_list.hpp"
#include "support/posix.hpp"

namespace box::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CliOpenJournal : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "journal-XXXXXX";
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// The error of a file with this content and the mode that files usually have.
  std::string errorOf(std::string_view content) {
    const std::string path = (folder_ / "file").string();
    std::ofstream(path, std::ios::binary) << content;
    return errorAt(path);
  }
  static std::string errorAt(const std::string& path) {
    try {
      readJournal(path);
    } catch (const JournalError& error) {
      return error.what();
    }
    return {};
  }

  std::filesystem::path folder_;
};

TEST_F(CliOpenJournal, SaysWhatAFileIsThatIsNoJournal) {
  EXPECT_THAT(errorOf("login\nann@x.org\n"), HasSubstr("is no journal, but text, perhaps a list. A run prints"));
  EXPECT_THAT(errorOf("%PDF-1.7\n"), HasSubstr("is no journal, but a PDF."));
  EXPECT_THAT(errorOf("{\n  \"a\": 1}"), HasSubstr("is no journal, but JSON."));
  EXPECT_THAT(errorOf("user_id,login,line,problem\n1,,,\n"), HasSubstr("is no journal, but the list of a run."));
  EXPECT_THAT(errorOf(R"({"format":"box-sessions-follow 1"})"),
              HasSubstr("is no journal, but the record of following."));
  EXPECT_THAT(errorOf("# in doubt\n1\n"), HasSubstr("is no journal, but what --remaining has written."));
  EXPECT_THAT(errorOf(""), HasSubstr("is no journal, but an empty file."));
  EXPECT_THAT(errorOf(std::string_view("\x7f"
                                       "ELF\0\0\0\0\0\0",
                                       10)),
              HasSubstr("is no journal, but another file."));
  EXPECT_THAT(errorAt(folder_.string()), AllOf(HasSubstr("is no journal, but a folder."), Not(HasSubstr("chmod"))));
}

TEST_F(CliOpenJournal, ANewRunSaysWhatIsInThePlaceOfItsJournal) {
  const std::string path = (folder_ / "file").string();
  TerminateArguments arguments;
  arguments.bulk.journal = path;
  const auto errorOfRun = [&](std::string_view content) -> std::string {
    std::ofstream(path, std::ios::binary) << content;
    try {
      newJob(arguments);
    } catch (const JournalError& error) {
      return error.what();
    }
    return {};
  };
  for (const auto& [content, kind] : {std::pair{"login\nann@x.org\n", "text, perhaps a list"}, {"", "an empty file"}}) {
    EXPECT_THAT(errorOfRun(content),
                AllOf(HasSubstr(std::string("the file exists already, and it is not a journal, but ") + kind +
                                ". Name another file with --journal"),
                      Not(HasSubstr("resume"))));
  }
  EXPECT_THAT(errorOfRun("box-sessions-journal 1 "), HasSubstr("Continue that run with 'box-sessions resume "));
}

#ifndef _WIN32
TEST_F(CliOpenJournal, NamesTheFolderThatJournalsAreReallyIn) {
  const char* const old = std::getenv("XDG_STATE_HOME");
  const std::optional<std::string> before = old == nullptr ? std::nullopt : std::optional<std::string>(old);
  ::setenv("XDG_STATE_HOME", folder_.c_str(), 1);
  const std::string error = errorOf("login\nann@x.org\n");
  before ? ::setenv("XDG_STATE_HOME", before->c_str(), 1) : ::unsetenv("XDG_STATE_HOME");
  EXPECT_THAT(error, HasSubstr("without --journal FILE it is in '" + folder_.string() + "/box-sessions'"));
}
#endif

// A run of an earlier version, which did not question short ids.
TEST_F(CliOpenJournal, AListOfShortIdsIsReadAsWhenItsRunBegan) {
  const std::string list = (folder_ / "list.csv").string(), path = (folder_ / "journal").string();
  std::ofstream(list) << "id,name\n4711,Ann\n4712,Bob\n";
  JournalHeader header;
  header.binding = {"users", "api.box.com", "token", ""};
  header.binding.input = BulkList(Target::users, list).survey(BulkOptions(), nullptr).digest;
  header.notes = {{"file", list}};
  FileJournal::create(path, header);
  RecordedList recorded = recordedList(path, readJournal(path), std::nullopt);
  EXPECT_THAT(recorded.list.survey(BulkOptions(), nullptr, 5).first, testing::ElementsAre("4711", "4712"));
}

TEST_F(CliOpenJournal, SaysWhatIsWrongWithAJournal) {
#ifdef _WIN32
  EXPECT_THAT(errorOf("box-sessions-journal 1 "), HasSubstr("icacls"));
#else
  EXPECT_THAT(errorOf("box-sessions-journal 1 "), HasSubstr("chmod 600"));
#endif
  EXPECT_THAT(errorAt((folder_ / "none").string()), AllOf(HasSubstr("cannot be opened"), Not(HasSubstr("but"))));
}

}  // namespace
}  // namespace box::cli
