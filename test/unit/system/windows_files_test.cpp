#include "system/owned_file.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "box/error.hpp"
#include "box/support/private_file.hpp"
#include "support/posix.hpp"

namespace box {
namespace {

using testing::HasSubstr;

/// Files of secrets, tokens and journals on Windows: rights, locks, replacement in one step, and Unicode.
class WindowsFiles : public testing::Test {
 protected:
  WindowsFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "box-files-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~WindowsFiles() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string path(const std::string& name) const { return folder_.string() + "/" + name; }
  std::string contentOf(const std::string& name) const {
    std::ifstream in(folder_ / std::filesystem::path(std::u8string(name.begin(), name.end())), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }
  static std::optional<BoxSdkError> errorOf(const std::function<void()>& work) {
    try {
      work();
    } catch (const BoxSdkError& error) {
      return error;
    }
    return std::nullopt;
  }

  std::filesystem::path folder_;
};

TEST_F(WindowsFiles, AreForTheirOwnerAlone) {
  replaceFile(path("mine"), "secret", Readers::owner);
  EXPECT_EQ(readPrivateFile(path("mine"), 100, Links::refuse).reveal(), "secret");
  EXPECT_EQ(readPrivateFile(path("mine"), 100, Links::follow).reveal(), "secret");
  replaceFile(path("all"), "public", Readers::everybody);
  const auto refused = errorOf([&] { readPrivateFile(path("all"), 100, Links::refuse); });
  ASSERT_TRUE(refused);
  EXPECT_THAT(refused->what(), HasSubstr("others than its owner may use it"));
  replaceFile(path("all"), "secret again", Readers::owner);
  EXPECT_EQ(readPrivateFile(path("all"), 100, Links::refuse).reveal(), "secret again");
}

TEST_F(WindowsFiles, AreReplacedInOneStepWhileSomebodyReadsThem) {
  const OwnedFile file(path("token"));
  file.replace("first");
  file.replace("second");
  EXPECT_EQ(contentOf("token"), "second");
  EXPECT_EQ(files(), 1U);
  const auto tooLong = errorOf([&] { file.read(3); });
  ASSERT_TRUE(tooLong);
  EXPECT_THAT(tooLong->what(), HasSubstr("larger than 3 bytes"));
}

TEST_F(WindowsFiles, AreLockedForOneAtATimeAndStayReadable) {
  const OwnedFile journal(path("journal"));
  Descriptor first = journal.create("header\n");
  ASSERT_TRUE(first.isOpen());
  EXPECT_EQ(first.write("record\n", 7), 7);
  Descriptor second = journal.open(OwnedFile::Access::append);
  EXPECT_FALSE(second.tryLock());
  EXPECT_EQ(errno, EWOULDBLOCK);
  const auto locked = errorOf([&] { journal.lock(second); });
  ASSERT_TRUE(locked);
  EXPECT_EQ(locked->cause().value(), EWOULDBLOCK);
  EXPECT_EQ(journal.read(100).reveal(), "header\nrecord\n");
  EXPECT_EQ(first.resize(7), 0);
  EXPECT_EQ(first.sync(), 0);
  EXPECT_EQ(journal.read(100).reveal(), "header\n");
  { const Descriptor gone(std::move(first)); }
  EXPECT_TRUE(second.tryLock());
  const auto exists = errorOf([&] { journal.create("x"); });
  ASSERT_TRUE(exists);
  EXPECT_EQ(exists->cause().value(), EEXIST);
}

TEST_F(WindowsFiles, HaveUnicodeNames) {
  const std::string name = "t\xc3\xb6ken-\xe2\x82\xac-\xf0\x9f\x94\x91";
  replaceFile(path(name), "x", Readers::owner);
  EXPECT_EQ(contentOf(name), "x");
  EXPECT_EQ(readPrivateFile(path(name), 10, Links::refuse).reveal(), "x");
}

TEST_F(WindowsFiles, AreRefusedWithPlaceAndRemedy) {
  for (const char* name : {"a:b", "what?", "x|y"}) {
    const auto error = errorOf([&] { OwnedFile{path(name)}; });
    ASSERT_TRUE(error) << name;
    EXPECT_THAT(error->what(), HasSubstr("has a character that names of files cannot have"));
  }
  EXPECT_THAT(errorOf([&] { OwnedFile(path("\xff")); })->what(), HasSubstr("not valid UTF-8"));
  const auto missing = errorOf([&] { readPrivateFile(path("none"), 10, Links::refuse); });
  EXPECT_EQ(missing->cause().value(), ENOENT);
  EXPECT_THAT(errorOf([&] { OwnedFile(path("no/where")).replace("x"); })->what(), HasSubstr("cannot be opened"));
  std::filesystem::create_directory(folder_ / "folder");
  EXPECT_THAT(errorOf([&] { OwnedFile(path("folder")).replace("x"); })->what(), HasSubstr("not a regular file"));
}

TEST_F(WindowsFiles, AreRemovedWithWhatAKilledProcessLeft) {
  const OwnedFile file(path("token"));
  file.replace("x");
  { const Descriptor left = file.with(".box-sessions-new").tryLock(); }
  EXPECT_EQ(files(), 2U);
  file.removeLeftover();
  EXPECT_EQ(files(), 1U);
  file.remove();
  file.remove();
  EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace box
