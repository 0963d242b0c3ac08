#include "support/private_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "box/error.hpp"

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

/// The text of the refusal; empty: it was read.
std::string refusal(const std::string& path, Links links = Links::follow, std::size_t limit = 100) {
  try {
    readPrivateFile(path, limit, links);
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    return error.what();
  }
  return {};
}

int errorOf(const std::string& path, Links links = Links::follow) {
  try {
    readPrivateFile(path, 100, links);
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().category(), std::generic_category());
    return error.code().value();
  }
  return 0;
}

TEST_F(PrivateFile, IsReadWhole) {
  using namespace std::string_view_literals;
  for (const std::string_view content : {""sv, "secret\n"sv, "a\0b\r\n\xff"sv}) {
    EXPECT_EQ(readPrivateFile(file("secret", content), 100, Links::refuse).reveal(), content);
  }
  const std::string large(1'000'000, 'x');
  EXPECT_EQ(readPrivateFile(file("large", large), large.size(), Links::refuse).reveal(), large);
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
  // What counts is the file, not the link, whose mode is 0777.
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
  EXPECT_THAT(refusal(path("pipe")), HasSubstr("it is no regular file"));
  ASSERT_EQ(::mkdir(path("folder").c_str(), 0700), 0);
  EXPECT_THAT(refusal(path("folder")), HasSubstr("it is no regular file"));
  EXPECT_THAT(refusal("/dev/null"), HasSubstr("it is no regular file"));

  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(server, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(refusal(path("socket")), HasSubstr("it is no regular file"));
  ::close(server);
}

TEST_F(PrivateFile, TellsWhatTheSystemSays) {
  EXPECT_EQ(errorOf(path("missing")), ENOENT);
  EXPECT_EQ(errorOf(""), ENOENT);
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

TEST(QuotedPath, CannotDisturbATerminal) {
  EXPECT_EQ(quotedPath("/etc/box/key \xc3\xa9.json"), "'/etc/box/key \xc3\xa9.json'");
  EXPECT_EQ(quotedPath("a\x1b[31mb\nc\x7f"), "'a?[31mb?c?'");
}

}  // namespace
}  // namespace box
