// The checklist has a verdict for every point, and the tests that it names exist.
#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/sources.hpp"

namespace box::test {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::StartsWith;

struct Row {
  std::string id, point, verdict, tests;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = [] {
    static const std::regex line(R"(^\| ([0-9]+\.[0-9]+) \| ([^|]*) \| ([^|]*) \| ([^|]*)\|$)");
    std::vector<Row> found;
    std::istringstream text(sourceFile("test/security/checklist.md"));
    for (std::string one; std::getline(text, one);) {
      std::smatch match;
      if (std::regex_match(one, match, line)) {
        found.push_back({match[1], match[2], match[3], match[4]});
      } else {
        EXPECT_FALSE(one.starts_with("| ") && std::isdigit(static_cast<unsigned char>(one[2])))
            << "no complete row: " << one;
      }
    }
    return found;
  }();
  return all;
}

/// The texts between backticks.
std::vector<std::string> named(const std::string& cell) {
  static const std::regex code("`([^`]+)`");
  std::vector<std::string> names;
  for (std::sregex_iterator i(cell.begin(), cell.end(), code), end; i != end; ++i) names.push_back((*i)[1]);
  return names;
}

TEST(Checklist, EveryPointHasItsRowAndItsVerdict) {
  std::map<int, int> last;
  for (const Row& row : rows()) {
    const std::size_t dot = row.id.find('.');
    const int section = std::stoi(row.id.substr(0, dot));
    EXPECT_EQ(std::stoi(row.id.substr(dot + 1)), ++last[section]) << row.id << " is not next";
    EXPECT_NE(row.point, "") << row.id;
    EXPECT_THAT(row.verdict, AnyOf(Eq("holds"), StartsWith("holds: "), StartsWith("decided otherwise: "),
                                   StartsWith("not applicable: ")))
        << row.id;
    if (row.verdict.starts_with("holds")) {
      EXPECT_FALSE(named(row.tests).empty()) << row.id << " holds, but no test shows it";
    }
  }
  EXPECT_EQ(last.size(), 12U) << "sections";
  EXPECT_EQ(last.begin()->first, 1);
  EXPECT_EQ(last.rbegin()->first, 12);
}

TEST(Checklist, NamesTestsThatExist) {
  const std::set<std::string>& known = testsOfTheSources();
  ASSERT_TRUE(known.count("Checklist.NamesTestsThatExist")) << "the sources were not read";
  for (const Row& row : rows()) {
    for (const std::string& name : named(row.tests)) {
      if (name.find('/') == std::string::npos) {
        EXPECT_TRUE(known.count(name)) << row.id << " names " << name;
      } else {
        EXPECT_NO_THROW(sourceFile(name)) << row.id << " names " << name;
      }
    }
  }
}

TEST(Checklist, NothingInTheLibraryTurnsVerificationOff) {
  static const std::regex switches(
      "SSL_VERIFY_NONE|verify_none|set_verify_callback|SSL_CTX_set_cert_verify_callback|"
      "SSL_OP_IGNORE_UNEXPECTED_EOF|set_keylog_callback|insecure");
  const std::filesystem::path root = BOX_SOURCE_DIR;
  std::size_t files = 0;
  for (const char* folder : {"src", "include"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string path = std::filesystem::relative(entry.path(), root).generic_string();
      if (!entry.is_regular_file() || path.starts_with("src/emulator/")) continue;
      ++files;
      const std::string text = sourceFile(path);
      std::smatch match;
      EXPECT_FALSE(std::regex_search(text, match, switches)) << path << ": " << match.str();
    }
  }
  EXPECT_GT(files, 100U);
}

}  // namespace
}  // namespace box::test
