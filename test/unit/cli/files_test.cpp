#include "cli/files.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace box::cli {
namespace {

namespace fs = std::filesystem;

class CliFiles : public testing::Test {
 protected:
  CliFiles() {
    std::string path = (fs::temp_directory_path() / "box-cli-files-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
  }
  ~CliFiles() override { fs::remove_all(folder_); }

  std::string path(const char* name) const { return (folder_ / name).string(); }
  std::string contentOf(const std::string& file) const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& file, const std::string& content, unsigned mode) const {
    std::ofstream(file, std::ios::binary) << content;
    ::chmod(file.c_str(), mode);
  }
  std::size_t filesInFolder() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  static unsigned modeOf(const std::string& file) {
    struct stat status {};
    ::stat(file.c_str(), &status);
    return status.st_mode & 07777U;
  }

  fs::path folder_;
};

TEST_F(CliFiles, AreReplacedWithTheRightModeAndNothingIsLeft) {
  replaceFile(path("a"), "one\n", 0600);
  EXPECT_EQ(modeOf(path("a")), 0600U);
  replaceFile(path("a"), "two\n", 0644);
  EXPECT_EQ(contentOf(path("a")), "two\n");
  EXPECT_EQ(modeOf(path("a")), 0644U);
  EXPECT_EQ(filesInFolder(), 1U);
}

TEST_F(CliFiles, KeepTheOldContentForThoseWhoHaveItOpen) {
  replaceFile(path("a"), "old", 0600);
  std::ifstream in(path("a"));
  replaceFile(path("a"), "new content", 0600);
  EXPECT_EQ((std::string(std::istreambuf_iterator<char>(in), {})), "old");
}

TEST_F(CliFiles, ThatCannotBeWrittenAreNamed) {
  try {
    replaceFile(path("none/a"), "x", 0600);
    FAIL();
  } catch (const FileError& error) {
    EXPECT_NE(std::string(error.what()).find("none/a"), std::string::npos) << error.what();
  }
}

TEST_F(CliFiles, ThatAreDevicesAreWrittenToAndNotReplaced) {
  replaceFile("/dev/null", "x", 0600);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_THROW(replaceFile("/dev/full", "x", 0600), FileError);
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(CliFiles, AreReadWholeUpToALimit) {
  write(path("a"), "12345", 0600);
  EXPECT_EQ(readWholeFile(path("a"), 5), "12345");
  EXPECT_THROW(readWholeFile(path("a"), 4), FileError);
  EXPECT_THROW(readWholeFile(path("b"), 4), FileError);
  EXPECT_THROW(readWholeFile(folder_.string(), 4), FileError);
}

TEST_F(CliFiles, ArePrivateWhereOnlyTheOwnerMayReadThem) {
  write(path("a"), "x", 0600);
  EXPECT_NO_THROW(Input(path("a")).requirePrivate("the token"));
  for (const unsigned mode : {0640U, 0604U, 0620U, 0644U}) {
    ::chmod(path("a").c_str(), mode);
    try {
      Input(path("a")).requirePrivate("the token");
      ADD_FAILURE() << std::oct << mode;
    } catch (const FileError& error) {
      EXPECT_NE(std::string(error.what()).find("chmod 600"), std::string::npos) << error.what();
    }
  }
}

TEST_F(CliFiles, AreTakenFromInheritedDescriptors) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "abc", 3), 3);
  ::close(ends[1]);
  const std::string name = "/dev/fd/" + std::to_string(ends[0]);
  {
    const Input input(name);
    EXPECT_EQ(input.descriptor(), ends[0]);
    EXPECT_NO_THROW(input.requirePrivate("the token"));
  }
  EXPECT_EQ(readWholeFile(name, 10), "abc") << "the first Input has left the descriptor open";
  ::close(ends[0]);
  EXPECT_THROW(Input("/dev/fd/12x"), FileError);
}

TEST_F(CliFiles, TemporaryOnesHaveTheirSuffix) {
  const std::string file = makeTemporaryFile("box-cli-test-", ".pem", "content");
  EXPECT_TRUE(file.ends_with(".pem"));
  EXPECT_EQ(contentOf(file), "content");
  EXPECT_EQ(modeOf(file), 0600U);
  fs::remove(file);
}

TEST_F(CliFiles, OutputTellsThatItIsLost) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  EXPECT_THROW(Output(full).write("x"), OutputLost);
  EXPECT_NO_THROW(Output(full).write(""));
  ::close(full);
}

}  // namespace
}  // namespace box::cli
