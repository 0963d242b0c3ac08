#include "support/sources.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace box::test {
namespace {

void addAll(std::set<std::string>& found, const std::string& text, const std::regex& definition) {
  for (std::sregex_iterator i(text.begin(), text.end(), definition), end; i != end; ++i) {
    found.insert((*i)[1].str() + "." + (*i)[2].str());
  }
}

std::set<std::string> readTests() {
  static const std::regex inCode(R"(^TEST(?:_F|_P)?\((\w+),\s*(\w+)\))", std::regex::multiline);
  static const std::regex inCMake(R"(add_test\(NAME (\w+)\.(\w+)\s)");
  std::set<std::string> found;
  const std::filesystem::path root = BOX_SOURCE_DIR;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "test")) {
    const bool code = entry.path().extension() == ".cpp";
    if (!code && entry.path().filename() != "CMakeLists.txt") continue;
    addAll(found, sourceFile(std::filesystem::relative(entry.path(), root).string()), code ? inCode : inCMake);
  }
  return found;
}

}  // namespace

std::string sourceFile(const std::string& path) {
  std::ifstream file(std::string(BOX_SOURCE_DIR) + "/" + path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const std::set<std::string>& testsOfTheSources() {
  static const std::set<std::string> tests = readTests();
  return tests;
}

}  // namespace box::test
