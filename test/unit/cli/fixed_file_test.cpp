#include "cli/fixed_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/digest.hpp"
#include "support/posix.hpp"

namespace box::cli {
namespace {

class CliFixedFile : public testing::Test {
 protected:
  CliFixedFile() {
    std::string made = (std::filesystem::temp_directory_path() / "box-cli-fixed-XXXXXX").string();
    folder = ::mkdtemp(made.data());
    path = (folder / "list").string();
  }
  ~CliFixedFile() override { std::filesystem::remove_all(folder); }

  void write(const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
  std::string readAll(FixedFile& file) {
    std::vector<char> buffer(FixedFile::blockSize);
    std::string out;
    for (std::size_t block = 0;; ++block) {
      const std::size_t count = file.read(block, buffer);
      if (count == 0) return out;
      out.append(buffer.data(), count);
    }
  }

  std::filesystem::path folder;
  std::string path;
};

TEST_F(CliFixedFile, GivesTheSameBytesEachTime) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, FixedFile::blockSize - 1, FixedFile::blockSize,
                                 FixedFile::blockSize + 1, 3 * FixedFile::blockSize}) {
    std::string text(size, 'a');
    for (std::size_t i = 0; i < size; i += 100) text[i] = static_cast<char>('b' + i / 100 % 20);
    write(text);
    FixedFile file(path);
    EXPECT_TRUE(file.digest().empty());
    EXPECT_EQ(readAll(file), text);
    Digest digest;
    digest.add(text);
    EXPECT_EQ(file.digest(), digest.hex());
    EXPECT_EQ(readAll(file), text);
  }
}

TEST_F(CliFixedFile, KnowsWhetherSomethingWasAppended) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, FixedFile::blockSize, FixedFile::blockSize + 1}) {
    write(std::string(size, 'a'));
    FixedFile file(path);
    EXPECT_FALSE(file.hasGrown());
    readAll(file);
    EXPECT_FALSE(file.hasGrown());
    write(std::string(size + 1, 'a'));
    EXPECT_TRUE(file.hasGrown());
  }
}

TEST_F(CliFixedFile, RefusesABlockThatWasChangedAndNoOther) {
  const std::string text(2 * FixedFile::blockSize + 10, 'a');
  for (const std::size_t at : {std::size_t{5}, FixedFile::blockSize, text.size() - 1}) {
    write(text);
    FixedFile file(path);
    readAll(file);
    std::string changed = text;
    changed[at] = 'x';
    write(changed);
    std::vector<char> buffer(FixedFile::blockSize);
    for (std::size_t block = 0; block < 3; ++block) {
      if (block == at / FixedFile::blockSize) {
        EXPECT_THROW(file.read(block, buffer), FileError) << at;
      } else {
        EXPECT_GT(file.read(block, buffer), 0U);
      }
    }
  }
}

TEST_F(CliFixedFile, RefusesAFileThatBecameShorter) {
  write("1\n2\n3\n");
  FixedFile file(path);
  readAll(file);
  write("1\n2\n");
  EXPECT_THROW(readAll(file), FileError);
}

TEST_F(CliFixedFile, LeavesOutWhatIsAppendedAndDoesNotFollowTheName) {
  write("1\n2\n");
  FixedFile file(path);
  readAll(file);
  write("1\n2\n3\n");
  EXPECT_EQ(readAll(file), "1\n2\n");
#ifndef _WIN32  // where a file keeps its name as long as it is open
  std::filesystem::remove(path);
  write("8\n9\n");
  EXPECT_EQ(readAll(file), "1\n2\n");
#endif
}

TEST_F(CliFixedFile, HasToBeARegularFile) {
  EXPECT_THROW(FixedFile("-"), FileError);
#ifndef _WIN32
  EXPECT_THROW(FixedFile("/dev/null"), FileError);
#endif
  EXPECT_THROW(FixedFile((folder / "nowhere").string()), FileError);
}

}  // namespace
}  // namespace box::cli
