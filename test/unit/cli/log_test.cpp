#include "cli/log.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/files.hpp"
#include "support/posix.hpp"

// The log: a line of JSON for each event, in a file that no other user may write.
namespace box::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(CliEventLine, HasPlainNumbers) {
  EXPECT_EQ(eventLine({}), "{}\n");
  EXPECT_EQ(eventLine({{"event", "x\"y"}, {"rate", 15.0}, {"start", 12.00107696}, {"slow", 0.05}, {"calls", 3}}),
            R"({"event":"x\"y","rate":15,"start":12.001,"slow":0.05,"calls":3})"
            "\n");
}

class CliLog : public testing::Test {
 protected:
  CliLog() {
    std::string name = (std::filesystem::temp_directory_path() / "box-log-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = name;
  }
  ~CliLog() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string contentOf(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static std::string errorOf(const std::string& file) {
    try {
      const Log log(file);
    } catch (const FileError& error) {
      return error.what();
    }
    ADD_FAILURE() << "was opened";
    return {};
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(CliLog, HasALineOfJsonForEachEventAfterItsTime) {
  const std::string file = path("log");
  {
    Log log(file);
    EXPECT_TRUE(log.write(log.lineOf({{"event", "a"}, {"n", 1}})));
  }
#ifndef _WIN32
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
#endif
  Log again(file);
  EXPECT_TRUE(again.write(again.lineOf({{"event", "b"}})));
  const std::string time = "\\{\"time\":\"[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9][0-9][0-9]Z\",";
  // GoogleTest's own expressions know no sets of characters on Windows.
  const std::regex lines(time + "\"event\":\"a\",\"n\":1\\}\n" + time + "\"event\":\"b\"\\}\n");
  EXPECT_TRUE(std::regex_match(contentOf(file), lines)) << contentOf(file);
}

#ifndef _WIN32
TEST_F(CliLog, RefusesWhatOthersMayHaveMade) {
  EXPECT_THAT(errorOf(path("none/log")), HasSubstr("cannot write the log '"));
  std::ofstream(path("open")).close();
  ASSERT_EQ(::chmod(path("open").c_str(), 0622), 0);
  EXPECT_THAT(errorOf(path("open")), HasSubstr("is not yours alone to write"));
  std::filesystem::create_symlink(path("elsewhere"), path("link"));
  EXPECT_THAT(errorOf(path("link")), HasSubstr("cannot write the log '"));
  EXPECT_FALSE(std::filesystem::exists(path("elsewhere")));
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(errorOf(path("pipe")), HasSubstr("pipe'"));
}

TEST_F(CliLog, IsGivenUpWithOneMessageWhereItCannotBeWritten) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) GTEST_SKIP() << "no /dev/full here";
  Log log("/dev/fd/" + std::to_string(full));
  EXPECT_EQ(log.lost(), "");
  EXPECT_FALSE(log.write("a\n"));
  EXPECT_THAT(log.lost(), HasSubstr("cannot write the log '/dev/fd/"));
  EXPECT_TRUE(log.write("b\n")) << "the operator is told once";
  ::close(full);
}
#endif

}  // namespace
}  // namespace box::cli
