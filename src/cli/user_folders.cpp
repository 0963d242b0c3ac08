#include "cli/user_folders.hpp"

#include <cstdlib>

namespace box::cli {

namespace {

/// The value of an environment variable; empty unless it is an absolute path.
std::string pathIn(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value == '/' ? std::string(value) : std::string();
}

}  // namespace

std::string homeFolder() { return pathIn("HOME"); }

std::string folderOf(const char* variable, std::string_view below) {
  std::string folder = pathIn(variable);
  if (!folder.empty()) return folder;
  folder = homeFolder();
  return folder.empty() ? folder : folder.append("/").append(below);
}

}  // namespace box::cli
