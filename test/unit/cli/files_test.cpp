#include "cli/files.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "cli/system/descriptors.hpp"
#include "cli/secrets.hpp"

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

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
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

TEST_F(CliFiles, TheRoomOfADiskIsKnown) {
  EXPECT_TRUE(hasRoom(folder_.string(), 1));
  EXPECT_FALSE(hasRoom(folder_.string(), std::uint64_t{1} << 62U));
  EXPECT_TRUE(hasRoom(path("none") + "/none", std::uint64_t{1} << 62U)) << "nobody knows";
}

// A limit to the size of files stands for a disk without room.
TEST_F(CliFiles, APlaceWithoutRoomIsNotWritable) {
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto ignoring = ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit limit = before;
  limit.rlim_cur = 4096;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::string error;
  try {
    requireWritable(path("journal"));
  } catch (const FileError& failure) {
    error = failure.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, ignoring);
  EXPECT_NE(error.find("cannot write '" + path("journal") + "': "), std::string::npos) << error;
  EXPECT_EQ(filesInFolder(), 0U);
  requireWritable(path("journal"));
  EXPECT_EQ(filesInFolder(), 0U);
}

TEST_F(CliFiles, WhatCannotBeWrittenIsToldWithItsRemedy) {
  const auto why = [](int error) { return whyNotWritten(std::error_code(error, std::generic_category())); };
  EXPECT_NE(why(ENOSPC).find("the disk is full"), std::string::npos);
  EXPECT_NE(why(EDQUOT).find("quota"), std::string::npos);
  EXPECT_NE(why(EFBIG).find("ulimit -f"), std::string::npos);
  EXPECT_EQ(why(EACCES), std::generic_category().message(EACCES));
}

TEST_F(CliFiles, OfTwoNamesAreTheSameAlsoWhereTheyArePipes) {
  write(path("file"), "one\n", 0600);
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  for (const char* name : {"file", "pipe"}) {
    EXPECT_TRUE(isSameFile(path(name), (folder_ / "." / name).string())) << name;
    EXPECT_FALSE(isSameFile(path(name), path("absent"))) << name;
  }
  EXPECT_FALSE(isSameFile(path("file"), path("pipe")));
}

TEST_F(CliFiles, AreReplacedWithTheRightModeAndNothingIsLeft) {
  writeFile(path("a"), "one\n", Readers::owner);
  EXPECT_EQ(modeOf(path("a")), 0600U);
  writeFile(path("a"), "two\n", Readers::everybody);
  EXPECT_EQ(contentOf(path("a")), "two\n");
  EXPECT_EQ(modeOf(path("a")), 0644U);
  EXPECT_EQ(filesInFolder(), 1U);
}

TEST_F(CliFiles, KeepTheOldContentForThoseWhoHaveItOpen) {
  writeFile(path("a"), "old", Readers::owner);
  std::ifstream in(path("a"));
  writeFile(path("a"), "new content", Readers::owner);
  EXPECT_EQ((std::string(std::istreambuf_iterator<char>(in), {})), "old");
}

TEST_F(CliFiles, ThatCannotBeWrittenAreNamed) {
  try {
    writeFile(path("none/a"), "x", Readers::owner);
    FAIL();
  } catch (const FileError& error) {
    EXPECT_NE(std::string(error.what()).find("none/a"), std::string::npos) << error.what();
  }
}

TEST_F(CliFiles, ThatAreDevicesTakeOnlyWhatEverybodyMayRead) {
  writeFile("/dev/null", "x", Readers::everybody);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_THROW(writeFile("/dev/full", "x", Readers::everybody), FileError);
  EXPECT_THROW(writeFile("/dev/null", "x", Readers::owner), FileError);
}

TEST_F(CliFiles, OfAnotherKindAreNotOverwritten) {
  const std::string_view beginnings[] = {"# not sent\n", "# in doubt\n"};
  const auto refusal = [&](const std::string& name) -> std::string {
    try {
      requireReplaceable(path(name), beginnings);
    } catch (const FileError& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_EQ(refusal("none"), "");
  write(path("empty"), "", 0600);
  write(path("ours"), "# in doubt\n1\n", 0600);
  write(path("list"), "name,id\nAnn,1\n", 0600);
  write(path("short"), "# no", 0600);
  EXPECT_EQ(refusal("empty"), "");
  EXPECT_EQ(refusal("ours"), "");
  for (const std::string name : {"list", "short"}) {
    EXPECT_NE(refusal(name).find("'" + path(name) + "' exists already"), std::string::npos) << refusal(name);
  }
}

TEST_F(CliFiles, AreReadWholeUpToALimit) {
  write(path("a"), "12345", 0600);
  EXPECT_EQ(readWholeFile(path("a"), 5), "12345");
  EXPECT_THROW(readWholeFile(path("a"), 4), FileError);
  EXPECT_THROW(readWholeFile(path("b"), 4), FileError);
  EXPECT_THROW(readWholeFile(folder_.string(), 4), FileError);
}

TEST_F(CliFiles, WithSecretsAreTheOwnersOnly) {
  write(path("a"), " secret\n", 0600);
  EXPECT_EQ(readSecret(path("a"), SecretKind::clientSecret).reveal(), "secret");
  const auto refusal = [&]() -> std::string {
    try {
      readSecret(path("a"), SecretKind::clientSecret);
    } catch (const FileError& error) {
      return error.what();
    }
    return {};
  };
  for (const unsigned mode : {0640U, 0604U, 0620U, 0644U}) {
    ::chmod(path("a").c_str(), mode);
    EXPECT_NE(refusal().find("chmod 600"), std::string::npos) << refusal();
    EXPECT_NE(refusal().find("--client-secret-file"), std::string::npos) << refusal();
  }
  ::chmod(path("a").c_str(), 0600);
  if (::geteuid() != 0) return;
  ASSERT_EQ(::chown(path("a").c_str(), 65534, 65534), 0);
  EXPECT_NE(refusal().find("another user"), std::string::npos) << refusal();
  fs::create_symlink(path("a"), path("link"));
  EXPECT_THROW(readSecret(path("link"), SecretKind::clientSecret), FileError);
}

TEST_F(CliFiles, APipeIsReadWhereItMayBeAndHasAWriter) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const auto refusal = [&](Pipes pipes) {
    try {
      Input input(path("pipe"), pipes);
    } catch (const FileError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(refusal(Pipes::refuse).find("is a pipe: give a regular file"), std::string::npos);
  EXPECT_NE(refusal(Pipes::read).find("is a pipe that nobody writes to: start its writer first"), std::string::npos);
  const int both = ::open(path("pipe").c_str(), O_RDWR | O_CLOEXEC);
  EXPECT_NE(refusal(Pipes::refuse), "");
  EXPECT_EQ(refusal(Pipes::read), "") << "the pipe has a writer that has written nothing";
  ASSERT_EQ(::write(both, "abc", 3), 3);
  Input input(path("pipe"), Pipes::read);
  std::string text;
  char buffer[8];
  while (text.size() < 3) text.append(buffer, input.read(buffer));
  EXPECT_EQ(text, "abc");
  ::close(both);
  EXPECT_EQ(input.read(buffer), 0U);
}

TEST_F(CliFiles, WhetherAFileMayBeReadIsFoundWithoutOpeningAPipe) {
  write(path("list"), "1\n", 0600);
  EXPECT_TRUE(mayRead(path("list")));
  EXPECT_FALSE(mayRead(path("none")));
  EXPECT_EQ(errno, ENOENT);
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  ASSERT_GE(watch, 0);
  ASSERT_GE(::inotify_add_watch(watch, path("pipe").c_str(), IN_OPEN), 0);
  EXPECT_TRUE(mayRead(path("pipe")));
  char event[512];
  EXPECT_LT(::read(watch, event, sizeof event), 0) << "its writer would end when nobody reads any more";
  ::close(watch);
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
