#include "cli/config_file.hpp"

#include <array>
#include <cstddef>
#include <filesystem>

#include "cli/files.hpp"
#include "cli/system/descriptors.hpp"
#include "cli/system/process.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::size_t limit = 64 * 1024;

/// The path of the file in the usual place, if the file exists: to have none there is not an error.
std::optional<std::string> usualPath() {
  std::string path = configFolder();
  if (path.empty()) return std::nullopt;
  path += "/box-sessions/config";
  std::error_code ignored;
  if (!std::filesystem::exists(filePath(path), ignored)) return std::nullopt;
  return path;
}

void requireOwn(const Input& input, const std::string& path) {
  // Only a regular file is checked: a device or a pipe can only come from the operator's own command line.
  if (kindOf(input.descriptor()) != FileKind::regular) return;
  const Writers writers = writersOf(input.descriptor());
  if (writers.owner == Writers::Owner::another) {
    throw FileError(shownPath(path) +
                    " belongs to somebody else, and says where your credentials go: use a file that is yours");
  }
  if (writers.others) {
    throw FileError("others may write to " + shownPath(path) +
                    ", which says where your credentials go: " + remedyForWriters(printable(path)));
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
