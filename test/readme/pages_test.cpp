// The pages of the project link to each other correctly, and what they name exists.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/sources.hpp"

namespace box::test {
namespace {

namespace fs = std::filesystem;

const fs::path project = BOX_SOURCE_DIR;

/// All Markdown files of the project, by their paths from its root.
std::vector<std::string> pages() {
  std::vector<std::string> found = {"README.md"};
  for (const char* folder : {".github", "bench", "cmake", "include", "src", "test"}) {
    if (!fs::exists(project / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(project / folder)) {
      const std::string path = fs::relative(entry.path(), project).generic_string();
      // Packages that the benchmarks have installed are left out.
      if (path.ends_with(".md") && path.find("node_modules") == std::string::npos) found.push_back(path);
    }
  }
  return found;
}

/// The page without its blocks of code.
std::string proseOf(const std::string& page) {
  std::istringstream lines(sourceFile(page));
  std::string prose;
  bool inCode = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) inCode = !inCode;
    if (!inCode && !line.starts_with("```")) prose += line + '\n';
  }
  return prose;
}

std::vector<std::string> findAll(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator i(text.begin(), text.end(), pattern), end; i != end; ++i) found.push_back((*i)[1]);
  return found;
}

/// The anchors of the page's headings, as GitHub makes them.
std::set<std::string> anchorsOf(const std::string& page) {
  static const std::regex heading("^#+ (.*)$", std::regex::multiline);
  std::set<std::string> anchors;
  for (const std::string& title : findAll(proseOf(page), heading)) {
    std::string anchor;
    for (const char c : title) {
      if (c == ' ') anchor += '-';
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_') {
        anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      }
    }
    anchors.insert(anchor);
  }
  return anchors;
}

/// What is wrong with a link on a page. Empty: it leads to a file of the project, and to a heading if it names one.
std::string objectionTo(const std::string& link, const std::string& page) {
  if (link.starts_with("https://")) return {};
  const std::size_t mark = std::min(link.find('#'), link.size());
  const std::string path = link.substr(0, mark);
  if (path.starts_with("/") || path.find(':') != std::string::npos) return "not relative";
  const std::string target =
      path.empty() ? page : (fs::path(page).parent_path() / path).lexically_normal().generic_string();
  if (target.starts_with("..") || !fs::exists(project / target)) return "there is no such file";
  if (mark != link.size() && !anchorsOf(target).contains(link.substr(mark + 1))) return "there is no such heading";
  return {};
}

std::vector<std::string> linksOf(const std::string& page) {
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  return findAll(proseOf(page), link);
}

TEST(Pages, LeadToFilesThatExist) {
  std::size_t links = 0;
  for (const std::string& page : pages()) {
    for (const std::string& link : linksOf(page)) {
      ++links;
      EXPECT_EQ(objectionTo(link, page), "") << page << ": " << link;
    }
  }
  EXPECT_GT(links, 30U);
}

TEST(Pages, LinksThatLeadNowhereAreFound) {
  EXPECT_EQ(objectionTo("../../README.md", "src/decisions/README.md"), "");
  EXPECT_EQ(objectionTo("#decision-records", "src/decisions/README.md"), "");
  EXPECT_NE(objectionTo("#another-heading", "src/decisions/README.md"), "");
  EXPECT_NE(objectionTo("../README.txt", "src/decisions/README.md"), "");
  EXPECT_NE(objectionTo("../../../README.md", "src/decisions/README.md"), "");
  EXPECT_NE(objectionTo("/README.md", "README.md"), "");
}

/// Whether a page is for those who change the project, and so names its tests and files.
bool isForMaintainers(const std::string& page) {
  return page.starts_with("src/") || page.starts_with("test/") || page.starts_with(".github/");
}

TEST(Pages, NameTestsThatExist) {
  static const std::regex test(R"(`([A-Z]\w*\.[A-Z]\w*)`)");
  const std::set<std::string>& known = testsOfTheSources();
  std::size_t named = 0;
  for (const std::string& page : pages()) {
    if (!isForMaintainers(page)) continue;
    for (std::string name : findAll(proseOf(page), test)) {
      ++named;
      // These tests have one source, and another name in each of its builds.
      if (name.starts_with("Canary.")) name.replace(0, std::string_view("Canary").size(), "BOX_CANARY_SUITE");
      EXPECT_TRUE(known.contains(name)) << page << " names " << name;
    }
  }
  EXPECT_GT(named, 50U);
}

TEST(Pages, NameFilesThatExist) {
  static const std::regex path(R"(`((?:\.github|bench|cmake|include|src|test)/[\w./-]*)`)");
  std::size_t named = 0;
  for (const std::string& page : pages()) {
    for (const std::string& name : findAll(proseOf(page), path)) {
      ++named;
      EXPECT_TRUE(fs::exists(project / name)) << page << " names " << name;
    }
  }
  EXPECT_GT(named, 20U);
}

/// The functions that a paragraph names, but that are in none of the sources that it names too: such a recipe leads to
/// the wrong file. A paragraph that names no source does not say where its functions are.
std::vector<std::string> missingFunctionsIn(const std::string& paragraph) {
  static const std::regex source(R"(`((?:src|test)/[\w/]*\.[ch]pp)`)"), function(R"(`(\w+)\(\)`)");
  std::string sources;
  for (const std::string& path : findAll(paragraph, source)) sources += sourceFile(path);
  std::vector<std::string> missing;
  if (sources.empty()) return missing;
  for (const std::string& name : findAll(paragraph, function)) {
    if (sources.find(name + "(") == std::string::npos) missing.push_back(name);
  }
  return missing;
}

TEST(Pages, RecipesNameTheFilesThatHaveTheirFunctions) {
  const std::string recipes = proseOf(".github/CONTRIBUTING.md");
  std::size_t start = 0;
  for (std::size_t end = 0; end != std::string::npos; start = end + 2) {
    end = recipes.find("\n\n", start);
    EXPECT_THAT(missingFunctionsIn(recipes.substr(start, end - start)), testing::IsEmpty());
  }
  EXPECT_THAT(missingFunctionsIn("`src/pipeline/judge.cpp` has `isTransient()`"), testing::ElementsAre("isTransient"));
  EXPECT_THAT(missingFunctionsIn("`src/policy/outcome.cpp` has `isTransient()`"), testing::IsEmpty());
}

/// The places of files that a line in the map of the sources names between backticks, such as "pool/connection_pool".
std::set<std::string> placesIn(const std::string& text) {
  static const std::regex place("`([a-z_]+/[a-z_]+)`");
  const std::vector<std::string> found = findAll(text, place);
  return {found.begin(), found.end()};
}

TEST(Pages, TheMapNamesFilesThatExist) {
  const std::set<std::string> places = placesIn(proseOf("src/README.md"));
  for (const std::string& place : places) {
    const bool exists = fs::exists(project / place) || fs::exists(project / "src" / (place + ".hpp")) ||
                        fs::exists(project / "src" / (place + ".cpp")) ||
                        fs::exists(project / "include/box" / (place + ".hpp"));
    EXPECT_TRUE(exists) << place;
  }
  EXPECT_GT(places.size(), 20U);
}

TEST(Pages, TheMapsOfProgramAndEmulatorNameFilesThatExist) {
  static const std::regex row(R"(^\| ((?:`[a-z_]+`(?:, )?)+) \|)", std::regex::multiline), name("`([a-z_]+)`");
  for (const std::string folder : {"src/cli/", "src/emulator/"}) {
    std::size_t named = 0;
    for (const std::string& cell : findAll(proseOf(folder + "README.md"), row)) {
      for (const std::string& file : findAll(cell, name)) {
        ++named;
        EXPECT_TRUE(fs::exists(project / (folder + file + ".hpp")) || fs::exists(project / (folder + file + ".cpp")))
            << folder << file;
      }
    }
    EXPECT_GT(named, 10U) << folder;
  }
}

TEST(Pages, TheLockOrderHasEveryMutexOfTheLibrary) {
  static const std::regex mutex(R"(std::mutex\s+\w+;)");
  const std::string map = proseOf("src/README.md");
  const std::size_t section = map.find("\n## Lock order\n");
  ASSERT_NE(section, std::string::npos);
  const std::set<std::string> told = placesIn(map.substr(section));
  std::set<std::string> there;
  for (const auto& entry : fs::recursive_directory_iterator(project / "src")) {
    const std::string extension = entry.path().extension().string();
    fs::path place = fs::relative(entry.path(), project / "src");
    const std::string room = place.begin()->string();
    if ((extension != ".hpp" && extension != ".cpp") || room == "emulator" || room == "cli") continue;
    if (!std::regex_search(sourceFile("src/" + place.generic_string()), mutex)) continue;
    // What each system implements has the name of its header.
    const bool isOfOneSystem = room == "system" && std::distance(place.begin(), place.end()) == 3;
    if (isOfOneSystem) place = fs::path(room) / place.filename();
    there.insert(place.replace_extension().generic_string());
  }
  EXPECT_EQ(told, there);
}

TEST(Pages, ReadmeFitsOnTwoHundredLines) {
  const std::string readme = sourceFile("README.md");
  EXPECT_LE(std::count(readme.begin(), readme.end(), '\n'), 200);
}

TEST(Pages, ListEveryDecision) {
  std::set<std::string> listed, there;
  for (const std::string& link : linksOf("src/decisions/README.md")) listed.insert(link);
  for (const auto& entry : fs::directory_iterator(project / "src/decisions")) {
    const std::string name = entry.path().filename().string();
    if (name != "README.md") there.insert(name);
  }
  EXPECT_EQ(listed, there);
  EXPECT_GT(there.size(), 20U);
}

}  // namespace
}  // namespace box::test
