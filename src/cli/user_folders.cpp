#include "cli/user_folders.hpp"

#include <cstdlib>

namespace box::cli {

namespace {

/// The absolute path that a variable of the environment has; empty where the variable has no absolute path.
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
