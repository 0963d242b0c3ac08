#include "cli/config_file.hpp"

#include <array>
#include <cstddef>

#include <sys/stat.h>
#include <unistd.h>

#include "cli/files.hpp"
#include "cli/user_folders.hpp"

namespace box::cli {

namespace {

constexpr std::size_t limit = 64 * 1024;

/// The path of the file in the usual place, if the file exists: to have none there is not an error.
std::optional<std::string> usualPath() {
  std::string path = folderOf("XDG_CONFIG_HOME", ".config");
  if (path.empty()) return std::nullopt;
  path += "/box-sessions/config";
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return path;
}

void requireOwn(const Input& input, const std::string& path) {
  struct stat status {};
  // Only a regular file is checked: a device or a pipe can only come from the operator's own command line.
  if (::fstat(input.descriptor(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    throw FileError(shownPath(path) +
                    " belongs to somebody else, and says where your credentials go: use a file that is yours");
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    throw FileError("others may write to " + shownPath(path) + ", which says where your credentials go: chmod go-w " +
                    shownPath(path));
  }
}

}  // namespace

std::optional<ConfigText> readConfigFile(const std::optional<std::string>& path) {
  const std::optional<std::string> file = path ? path : usualPath();
  if (!file) return std::nullopt;
  if (*file == "-") throw FileError("--config - : give a file, standard input is for a list or a secret");
  Input input(*file, Pipes::read);
  requireOwn(input, *file);
  ConfigText out{*file, {}, homeFolder()};
  std::array<char, 4096> buffer{};
  while (const std::size_t count = input.read(buffer)) {
    out.text.append(buffer.data(), count);
    if (out.text.size() > limit) throw FileError(shownPath(*file) + " is larger than 64 KiB: is it a configuration?");
  }
  return out;
}

}  // namespace box::cli
