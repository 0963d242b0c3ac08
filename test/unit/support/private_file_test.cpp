#include "box/support/private_file.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box/error.hpp"
#include "support/forked.hpp"
#include "system/owned_file.hpp"

namespace box {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PrivateFile : public testing::Test {
 protected:
  PrivateFile() {
    std::string pattern = (fs::temp_directory_path() / "box-private-file-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
    folder_ = pattern;
  }
  ~PrivateFile() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string file(const std::string& name, std::string_view content, mode_t mode = 0600) const {
    std::ofstream(path(name), std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
    EXPECT_EQ(::chmod(path(name).c_str(), mode), 0);
    return path(name);
  }

 private:
  fs::path folder_;
};

/// The error with which the work ends; no value: it has succeeded.
template <class Work>
std::optional<BoxSdkError> errorOf(Work work) {
  try {
    work();
  } catch (const BoxSdkError& error) {
    return error;
  }
  return std::nullopt;
}

/// The text of the refusal; empty: the file was read.
std::string refusal(const std::string& path, Links links = Links::follow, std::size_t limit = 100) {
  const auto error = errorOf([&] { readPrivateFile(path, limit, links); });
  if (!error) return {};
  EXPECT_EQ(error->code(), Errc::invalidConfiguration);
  return error->what();
}

int errorOf(const std::string& path, Links links = Links::follow) {
  const auto error = errorOf([&] { readPrivateFile(path, 100, links); });
  return error ? error->cause().value() : 0;
}

TEST_F(PrivateFile, IsReadWhole) {
  using namespace std::string_view_literals;
  for (const std::string_view content : {""sv, "secret\n"sv, "a\0b\r\n\xff"sv}) {
    EXPECT_EQ(readPrivateFile(file("secret", content), 100, Links::refuse).reveal(), content);
  }
  const std::string large(1'000'000, 'x');
  EXPECT_EQ(readPrivateFile(file("large", large), large.size(), Links::refuse).reveal(), large);
  for (const std::size_t size : {16'384U, 16'385U, 32'770U, 100'000U}) {
    const std::string content(size, 'x');
    const std::string name = file("long", content);
    EXPECT_EQ(readPrivateFile(name, SIZE_MAX, Links::refuse).reveal(), content);
    EXPECT_EQ(readPrivateFile(name, size, Links::refuse).reveal(), content);
    EXPECT_TRUE(errorOf([&] { readPrivateFile(name, size - 1, Links::refuse); })) << size;
  }
}

TEST_F(PrivateFile, MayHaveAsManyBytesAsTheLimitSays) {
  EXPECT_EQ(refusal(file("at", std::string(100, 'x'))), "");
  const std::string text = refusal(file("above", std::string(101, 'x')));
  EXPECT_THAT(text, HasSubstr("'" + path("above") + "'"));
  EXPECT_THAT(text, HasSubstr("larger than 100 bytes"));
  EXPECT_THAT(refusal(file("far above", std::string(100'000, 'x'))), HasSubstr("larger than 100 bytes"));
  EXPECT_EQ(refusal(file("empty", ""), Links::follow, 0), "");
  EXPECT_THAT(refusal(file("one", "x"), Links::follow, 0), HasSubstr("larger than 0 bytes"));
}

TEST_F(PrivateFile, MayBeUsedByItsOwnerOnly) {
  for (const mode_t mode : {0600U, 0400U, 0700U, 0500U}) EXPECT_EQ(refusal(file("good", "x", mode)), "") << mode;
  for (const mode_t mode : {0640U, 0604U, 0644U, 0620U, 0602U, 0610U, 0601U, 0660U, 0666U, 0777U, 0440U, 0404U}) {
    const std::string text = refusal(file("bad", "x", mode));
    EXPECT_THAT(text, HasSubstr("'" + path("bad") + "'")) << mode;
    EXPECT_THAT(text, HasSubstr("run chmod 600")) << mode;
  }
  EXPECT_THAT(refusal(file("bad", "x", 0644)), HasSubstr("(mode 0644)"));
}

TEST_F(PrivateFile, MayNotBelongToAnother) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const std::string name = file("theirs", "x");
  ASSERT_EQ(::chown(name.c_str(), 65534, 65534), 0);
  EXPECT_THAT(refusal(name), HasSubstr("it belongs to another user"));
}

TEST_F(PrivateFile, MayBeALinkWhereThatIsAllowed) {
  const std::string target = file("target", "x");
  fs::create_symlink(target, path("link"));
  EXPECT_EQ(readPrivateFile(path("link"), 100, Links::follow).reveal(), "x");
  EXPECT_THAT(refusal(path("link"), Links::refuse), HasSubstr("symbolic link"));
  EXPECT_EQ(refusal(target, Links::refuse), "");
  // The file's mode counts, and not that of the link, which is 0777.
  ASSERT_EQ(::chmod(target.c_str(), 0644), 0);
  EXPECT_THAT(refusal(path("link")), HasSubstr("run chmod 600"));

  fs::create_symlink(path("nowhere"), path("dangling"));
  EXPECT_EQ(errorOf(path("dangling")), ENOENT);
  EXPECT_THAT(refusal(path("dangling"), Links::refuse), HasSubstr("symbolic link"));
  fs::create_symlink(path("loop"), path("loop"));
  EXPECT_EQ(errorOf(path("loop")), ELOOP);
}

TEST_F(PrivateFile, MustBeRegularAndNeverBlocks) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(path("pipe")), HasSubstr("it is not a regular file"));
  ASSERT_EQ(::mkdir(path("folder").c_str(), 0700), 0);
  EXPECT_THAT(refusal(path("folder")), HasSubstr("it is not a regular file"));
  EXPECT_THAT(refusal("/dev/null"), HasSubstr("it is not a regular file"));

  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(server, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(refusal(path("socket")), HasSubstr("it is not a regular file"));
  ::close(server);
}

TEST_F(PrivateFile, TellsWhatTheSystemSays) {
  EXPECT_EQ(errorOf(path("missing")), ENOENT);
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_EQ(errorOf(file("file", "x") + "/below"), ENOTDIR);
  EXPECT_EQ(errorOf(path(std::string(300, 'x'))), ENAMETOOLONG);
}

TEST_F(PrivateFile, IsNamedByTheWholePath) {
  const std::string name = file("good", "x");
  EXPECT_EQ(refusal(name), "");
  EXPECT_THAT(refusal(name + std::string("\0.other", 7)), HasSubstr("NUL"));
}

TEST_F(PrivateFile, LeavesNoDescriptorBehind) {
  const std::string good = file("good", "x"), bad = file("bad", "x", 0644),
                    large = file("large", std::string(101, 'x'));
  const auto next = [] {
    const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(descriptor);
    return descriptor;
  };
  const int before = next();
  refusal(good);
  refusal(bad);
  refusal(large);
  errorOf(path("missing"));
  EXPECT_EQ(next(), before);
}

// ------------------------------------------------------------------------------------------- attacks, and a file's way

constexpr uid_t nobody = 65534;

class OwnedFileTest : public PrivateFile {
 protected:
  std::string contentOf(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  mode_t modeOf(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::lstat(path(name).c_str(), &status), 0) << name;
    return status.st_mode & 07777;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(path("."))) out.push_back(entry.path().filename());
    return out;
  }
  /// The text of the error when the file is replaced; empty: it was replaced.
  std::string replacing(const std::string& name, Readers readers = Readers::owner) const {
    const auto error = errorOf([&] { replaceFile(path(name), "new", readers); });
    return error ? error->what() : "";
  }
  void setMode(mode_t mode) const { EXPECT_EQ(::chmod(path(".").c_str(), mode), 0); }
};

TEST_F(OwnedFileTest, IsMadeAndReplacedWithItsMode) {
  replaceFile(path("a"), "one", Readers::owner);
  EXPECT_EQ(contentOf("a"), "one");
  EXPECT_EQ(modeOf("a"), 0600U);
  replaceFile(path("a"), "two", Readers::everybody);
  EXPECT_EQ(contentOf("a"), "two");
  EXPECT_EQ(modeOf("a"), 0644U);
  replaceFile(path("a"), "", Readers::owner);
  EXPECT_EQ(contentOf("a"), "");
  EXPECT_EQ(modeOf("a"), 0600U) << "and private again";
  EXPECT_THAT(names(), testing::ElementsAre("a"));
}

TEST_F(OwnedFileTest, APipeInAStickyFolderNeitherBlocksNorReceives) {
  setMode(01777);
  ASSERT_EQ(::mkfifo(path("rest").c_str(), 0666), 0);
  EXPECT_THAT(replacing("rest"), HasSubstr("not a regular file"));
  EXPECT_THAT(replacing("rest", Readers::everybody), HasSubstr("no process reads"));
  EXPECT_THAT(errorOf([&] { OwnedFile(path("rest")).tryLock(); })->what(), HasSubstr("not a regular file"));
  const Descriptor reader(::open(path("rest").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_THAT(replacing("rest"), HasSubstr("not a regular file"))
      << "the content is private, and another process may read the pipe";
  char byte = 0;
  EXPECT_LE(::read(reader.number(), &byte, 1), 0);
  // Content that everybody may read may also be written into the user's own pipe.
  EXPECT_EQ(replacing("rest", Readers::everybody), "");
  EXPECT_EQ(::read(reader.number(), &byte, 1), 1);
  if (::geteuid() != 0) return;
  ASSERT_EQ(::chown(path("rest").c_str(), nobody, nobody), 0);
  EXPECT_THAT(replacing("rest", Readers::everybody), HasSubstr("another user"));
}

TEST_F(OwnedFileTest, APipeGetsAllOfALongContent) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const Descriptor reader(::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::string content(1'000'000, 'x');  // more than a pipe holds
  content += "end";
  std::optional<BoxSdkError> failure;
  std::atomic<bool> written{false};
  std::thread writer([&] {
    failure = errorOf([&] { replaceFile(path("pipe"), content, Readers::everybody); });
    written = true;
  });
  std::string got;
  for (std::vector<char> buffer(10'000); got.size() < content.size();) {
    const bool last = written;
    const ssize_t count = ::read(reader.number(), buffer.data(), buffer.size());
    if (count > 0) got.append(buffer.data(), static_cast<std::size_t>(count));
    if (count <= 0 && last) break;
    if (count <= 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  writer.join();
  EXPECT_FALSE(failure) << failure->what();
  EXPECT_TRUE(got == content) << got.size();
}

TEST_F(OwnedFileTest, APipeWhoseReaderEndsIsAnErrorAndNoSignal) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  Descriptor reader(::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  // The signal would end the process.
  test::Forked child([&]() -> std::string {
    std::signal(SIGPIPE, SIG_DFL);
    reader = Descriptor();
    const auto failure = errorOf([&] { replaceFile(path("pipe"), std::string(1'000'000, 'x'), Readers::everybody); });
    sigset_t pending;
    ::sigpending(&pending);
    return !failure                                ? "no error"
           : ::sigismember(&pending, SIGPIPE) != 0 ? "a signal is left"
           : failure->cause().value() != EPIPE     ? failure->what()
                                                   : "fails";
  });
  pollfd filled{reader.number(), POLLIN, 0};
  EXPECT_EQ(::poll(&filled, 1, 30'000), 1);
  reader = Descriptor();
  EXPECT_EQ(child.result(), "fails");
}

TEST_F(OwnedFileTest, ALinkIsNeitherFollowedNorReplaced) {
  file("target", "precious");
  fs::create_symlink(path("target"), path("link"));
  fs::create_symlink(path("nothing"), path("dangling"));
  for (const char* const name : {"link", "dangling"}) {
    for (const Readers readers : {Readers::owner, Readers::everybody}) {
      EXPECT_THAT(replacing(name, readers), HasSubstr("symbolic link"));
    }
    EXPECT_THAT(errorOf([&] { OwnedFile(path(name)).create("x"); })->what(), HasSubstr("File exists"));
    EXPECT_THAT(errorOf([&] { OwnedFile(path(name)).remove(); })->what(), HasSubstr("symbolic link"));
    EXPECT_THAT(errorOf([&] { OwnedFile(path(name)).tryLock(); })->what(), HasSubstr("symbolic link"));
    EXPECT_TRUE(fs::is_symlink(path(name)));
  }
  EXPECT_EQ(contentOf("target"), "precious");
  EXPECT_FALSE(fs::exists(path("nothing")));
}

TEST_F(OwnedFileTest, ADeviceIsNoPrivateFile) {
  for (const std::string device : {"/dev/null", "/dev/full", "/dev/zero"}) {
    EXPECT_THAT(errorOf([&] { replaceFile(device, "x", Readers::owner); })->what(), HasSubstr("not a regular file"));
    EXPECT_THAT(refusal(device), HasSubstr("not a regular file"));
    EXPECT_TRUE(fs::is_character_file(device));
  }
  EXPECT_FALSE(errorOf([&] { replaceFile("/dev/null", "x", Readers::everybody); }));
  EXPECT_EQ(errorOf([&] { replaceFile("/dev/full", "x", Readers::everybody); })->cause().value(), ENOSPC);
}

TEST_F(OwnedFileTest, OfAnotherUserIsLeftAlone) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  file("theirs", "precious");
  ASSERT_EQ(::chown(path("theirs").c_str(), nobody, nobody), 0);
  for (const Readers readers : {Readers::owner, Readers::everybody}) {
    EXPECT_THAT(replacing("theirs", readers), HasSubstr("another user"));
  }
  EXPECT_THAT(errorOf([&] { OwnedFile(path("theirs")).open(OwnedFile::Access::read); })->what(),
              HasSubstr("another user"));
  EXPECT_THAT(errorOf([&] { OwnedFile(path("theirs")).remove(); })->what(), HasSubstr("another user"));
  EXPECT_EQ(contentOf("theirs"), "precious");
}

TEST_F(OwnedFileTest, NeedsAFolderInWhichOthersCannotReplaceIt) {
  file("a", "old");
  for (const mode_t mode : {0770U, 0707U, 0777U}) {
    setMode(mode);
    const auto replacingStrictly = [&] { OwnedFile(path("a")).replace("new"); };
    EXPECT_THAT(errorOf(replacingStrictly)->what(), HasSubstr("run chmod go-w")) << mode;
    const bool isOwnGroups = mode == 0770U && ::getegid() == ::geteuid();
    if (!isOwnGroups) {
      EXPECT_THAT(refusal(path("a"), Links::refuse), HasSubstr("run chmod go-w"));
    }
    EXPECT_THAT(errorOf([&] { OwnedFile(path("b")).create("x"); })->what(), HasSubstr("run chmod go-w"));
    EXPECT_EQ(refusal(path("a"), Links::follow), "") << "it is this user's own, and private";
  }
  EXPECT_EQ(contentOf("a"), "old");
  EXPECT_EQ(replacing("a", Readers::everybody), "") << "the file contains nothing private";
  setMode(01777);
  EXPECT_EQ(replacing("a"), "");
  if (::geteuid() != 0) return;
  setMode(0755);
  ASSERT_EQ(::chown(path(".").c_str(), nobody, nobody), 0);
  EXPECT_THAT(replacing("a"), HasSubstr("another user"));
}

// With the umask 0002, a user's own group can write to the folders that the user makes.
TEST_F(OwnedFileTest, AFolderOfTheUsersOwnGroupWillDoForListsAndJournals) {
  if (::getegid() != ::geteuid()) GTEST_SKIP() << "this user has no group of the same number";
  file("a", "old");
  const auto making = [&](const char* name) {
    const auto make = [&] { OwnedFile(path(name), OwnedFile::OwnGroup::mayWrite).create("x"); };
    const auto error = errorOf(make);
    return error ? std::string(error->what()) : std::string();
  };
  setMode(0775);
  EXPECT_EQ(replacing("a"), "");
  EXPECT_EQ(making("b"), "");
  EXPECT_EQ(refusal(path("a"), Links::refuse), "") << "what replaceFile() has written can be read";
  EXPECT_THAT(errorOf([&] { OwnedFile(path("a")).tryLock(); })->what(), HasSubstr("run chmod go-w"));
  setMode(0777);
  EXPECT_THAT(making("c"), HasSubstr("run chmod go-w"));
  if (::geteuid() != 0) return;
  setMode(0775);
  ASSERT_EQ(::chown(path(".").c_str(), 0, nobody), 0);
  EXPECT_THAT(making("d"), HasSubstr("run chmod go-w")) << "another group";
}

TEST_F(OwnedFileTest, WhatIsBeingWrittenIsNoLeftover) {
  const OwnedFile tokens(path("tokens"));
  {
    const Descriptor writing = tokens.with(".box-sessions-new").tryLock();
    ASSERT_TRUE(writing.isOpen());
    tokens.removeLeftover();
    tokens.remove();
    EXPECT_THAT(names(), testing::ElementsAre("tokens.box-sessions-new"));
  }
  tokens.removeLeftover();
  EXPECT_THAT(names(), testing::IsEmpty());
  fs::create_symlink("elsewhere", path("tokens.box-sessions-new"));
  tokens.removeLeftover();
  EXPECT_THAT(names(), testing::ElementsAre("tokens.box-sessions-new"))
      << "removeLeftover() leaves what it did not write";
}

TEST_F(OwnedFileTest, WhatAKilledRunLeftGoesWithTheNext) {
  const std::string left = "tokens.box-sessions-new";
  file(left, std::string(1000, 'x'));
  replaceFile(path("tokens"), "new", Readers::owner);
  EXPECT_EQ(contentOf("tokens"), "new");
  EXPECT_THAT(names(), testing::ElementsAre("tokens"));
  file(left, "old token");
  OwnedFile(path("tokens")).remove();
  EXPECT_THAT(names(), testing::IsEmpty());
}

TEST_F(OwnedFileTest, AnotherNameOfAFileOfOursInTheWayCostsItNothing) {
  file("precious", "precious");
  fs::create_hard_link(path("precious"), path("a.box-sessions-new"));
  EXPECT_EQ(replacing("a"), "");
  EXPECT_EQ(contentOf("precious"), "precious");
  EXPECT_EQ(contentOf("a"), "new");
}

TEST_F(OwnedFileTest, TwoWhoWriteAtATimeDoNotMix) {
  const Descriptor other = OwnedFile(path("a.box-sessions-new")).tryLock();
  ASSERT_TRUE(other.isOpen());
  EXPECT_THAT(replacing("a"), HasSubstr("another process writes to it"));
  EXPECT_FALSE(fs::exists(path("a")));
}

TEST_F(OwnedFileTest, IsMadeOnceAndLocked) {
  const OwnedFile journal(path("journal"));
  const Descriptor open = journal.create("first\n");
  EXPECT_EQ(modeOf("journal"), 0600U);
  EXPECT_EQ(errorOf([&] { journal.create("second\n"); })->cause().value(), EEXIST);
  Descriptor second = journal.open(OwnedFile::Access::append);
  EXPECT_EQ(errorOf([&] { journal.lock(second); })->cause().value(), EWOULDBLOCK);
  EXPECT_EQ(::write(open.number(), "more\n", 5), 5);
  EXPECT_EQ(contentOf("journal"), "first\nmore\n");
  EXPECT_THAT(names(), testing::ElementsAre("journal"));
}

TEST(QuotedPath, CannotDisturbATerminal) {
  EXPECT_EQ(quotedPath("/etc/box/key \xc3\xa9.json"), "'/etc/box/key \xc3\xa9.json'");
  EXPECT_EQ(quotedPath("a\x1b[31mb\nc\x7f"), "'a?[31mb?c?'");
}

// ----------------------------------------------------------------------------------------------------- locks and forks

class LockAndFork : public PrivateFile {
 protected:
  const OwnedFile file{path("token.lock")};
  bool isFree() const { return file.tryLock().isOpen(); }
};

TEST_F(LockAndFork, TheLockEndsWithTheParentsDescriptor) {
  auto lock = std::make_unique<Descriptor>(file.tryLock());
  ASSERT_TRUE(lock->isOpen());
  const test::Forked child([] {
    ::pause();
    return std::string();
  });
  EXPECT_FALSE(isFree());
  lock.reset();
  EXPECT_TRUE(isFree());
}

TEST_F(LockAndFork, TheLockEndsWithTheParent) {
  int ready[2];
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    const Descriptor lock = file.tryLock();
    const pid_t forked = ::fork();
    if (forked == 0) {
      ::alarm(60);  // ends the process if nobody else does
      const pid_t itself = ::getpid();
      static_cast<void>(::write(ready[1], &itself, sizeof itself) == 0);
      ::pause();
    }
    ::_exit(lock.isOpen() && forked > 0 ? 0 : 1);  // without destructors
  }
  pid_t child = -1;
  EXPECT_EQ(::read(ready[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  int status = -1;
  EXPECT_EQ(::waitpid(parent, &status, 0), parent);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(isFree());
  if (child > 0) ::kill(child, SIGKILL);
  for (const int end : ready) ::close(end);
}

TEST_F(LockAndFork, TheChildCannotEndTheParentsLock) {
  Descriptor lock = file.tryLock();
  ASSERT_TRUE(lock.isOpen());
  test::Forked child([&] {
    { const Descriptor gone(std::move(lock)); }
    return std::string("gone");
  });
  EXPECT_EQ(child.result(), "gone");
  EXPECT_FALSE(isFree());
}

}  // namespace
}  // namespace box
