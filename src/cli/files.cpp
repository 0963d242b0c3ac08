#include "cli/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include <box/error.hpp>

#include "cli/system/descriptors.hpp"
#include "cli/system/process.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

std::string lastError() { return std::generic_category().message(errno); }

}  // namespace

void Output::write(std::string_view text) const {
  try {
    writeAll(descriptor_, text);
  } catch (const std::system_error& error) {
    throw OutputLost("cannot write the output: " + whyNotWritten(error.code()));
  }
}

Input::Input(const std::string& path, Pipes pipes)
    : name_(path == "-" ? "standard input" : printable(path)), descriptor_(inheritedDescriptor(path)), owned_(false) {
  if (descriptor_ >= 0) return;
  descriptor_ = openToRead(path);
  if (descriptor_ < 0) throw FileError("cannot open " + shownPath(path) + ": " + lastError());
  owned_ = true;
  if (kindOf(descriptor_) != FileKind::pipe) return;
  try {
    if (pipes == Pipes::refuse) throw FileError(shownPath(path) + " is a pipe: give a regular file");
    awaitWriter(path);
  } catch (const FileError&) {
    closeDescriptor(descriptor_);
    throw;
  }
}

void Input::awaitWriter(const std::string& path) {
  constexpr int looks = 150;  // time for a writer that the shell starts together with this program
  constexpr std::chrono::milliseconds pause{20};
  for (int i = 0; i < looks; ++i) {
    char byte = 0;
    const std::optional<std::size_t> count = readNow(descriptor_, std::span(&byte, 1));
    if (count && *count > 0) first_ = byte;
    if (!count || *count > 0) return;
    std::this_thread::sleep_for(pause);
  }
  throw FileError(shownPath(path) + " is a pipe that nobody writes to: start its writer first");
}

Input::~Input() {
  if (owned_) closeDescriptor(descriptor_);
}

bool Input::isTerminal() const noexcept { return box::cli::isTerminal(descriptor_); }

std::size_t Input::read(std::span<char> buffer) {
  if (first_ && !buffer.empty()) {
    buffer.front() = *first_;
    first_.reset();
    return 1;
  }
  try {
    return readSome(descriptor_, buffer);
  } catch (const std::system_error& error) {
    throw FileError("cannot read " + name_ + ": " + error.code().message());
  }
}

std::string shownPath(const std::string& path) { return "'" + printable(path) + "'"; }

bool isInherited(const std::string& path) { return inheritedDescriptor(path) >= 0; }

std::filesystem::path filePath(const std::string& path) { return std::u8string(path.begin(), path.end()); }

std::string absolutePath(const std::string& path) {
  const std::u8string text = std::filesystem::absolute(filePath(path)).u8string();
  return {text.begin(), text.end()};
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(filePath(path), ignored));
}

bool isRegularFile(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(filePath(path), ignored);
}

void removeFile(const std::string& path) noexcept {
  std::error_code ignored;
  std::filesystem::remove(filePath(path), ignored);
}

std::string readWholeFile(const std::string& path, std::size_t limit) {
  Input input(path);
  std::string out;
  std::array<char, 16 * 1024> buffer{};
  while (const std::size_t count = input.read(buffer)) {
    out.append(buffer.data(), count);
    if (out.size() > limit) throw FileError(input.name() + " is larger than " + std::to_string(limit) + " bytes");
  }
  return out;
}

void writeFile(const std::string& path, std::string_view content, Readers readers) {
  try {
    if (const int descriptor = inheritedDescriptor(path); descriptor >= 0) return writeAll(descriptor, content);
    box::replaceFile(path, content, readers);
  } catch (const std::system_error& error) {
    throw FileError("cannot write " + shownPath(path) + ": " + whyNotWritten(error.code()));
  } catch (const BoxSdkError& error) {
    std::string why = printable(error.details().context);
    constexpr std::string_view again = ": it cannot be written";
    if (const std::size_t at = why.find(again); at != std::string::npos) why.erase(at, again.size());
    throw FileError("cannot write " + why);
  }
}

void appendToFile(const std::string& path, std::string_view content) {
  const int descriptor = openToAppend(path);
  if (descriptor < 0) throw FileError("cannot write " + shownPath(path) + ": " + lastError());
  try {
    writeAll(descriptor, content);
  } catch (const std::system_error& error) {
    closeDescriptor(descriptor);
    throw FileError("cannot write " + shownPath(path) + ": " + whyNotWritten(error.code()));
  }
  closeDescriptor(descriptor);
}

bool hasRoom(const std::string& path, std::uint64_t bytes) {
  std::error_code unknown;
  const std::filesystem::space_info space = std::filesystem::space(filePath(path), unknown);
  return unknown || space.available >= bytes;
}

void requireReplaceable(const std::string& path, std::span<const std::string_view> beginnings) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(filePath(path), ignored)) ||
      std::filesystem::file_size(filePath(path), ignored) == 0) {
    return;
  }
  std::size_t longest = 0;
  for (const std::string_view beginning : beginnings) longest = std::max(longest, beginning.size());
  std::string there(longest, '\0');
  Input input(path);
  there.resize(input.read(there));
  const auto begins = [&](std::string_view beginning) { return there.starts_with(beginning); };
  if (std::any_of(beginnings.begin(), beginnings.end(), begins)) return;
  throw FileError(shownPath(path) +
                  " exists already, and no earlier run wrote it. It would be lost: choose another name, or remove it");
}

void requireWritable(const std::string& path) {
  if (isInherited(path)) return;
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::symlink_status(filePath(path), ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw FileError("cannot write " + shownPath(path) + ": it is not a regular file");
  const std::string trial = path + ".box-sessions-trial";
  constexpr std::size_t room = 64 * 1024;  // an empty file would be written even to a full disk
  try {
    writeFile(trial, std::string(room, '\n'), Readers::owner);
  } catch (const FileError& error) {
    std::string why = error.what();
    if (const std::size_t at = why.find(".box-sessions-trial"); at != std::string::npos)
      why.erase(at, trial.size() - path.size());
    throw FileError(why);
  }
  removeFile(trial);
}

std::string makeTemporaryFile(std::string_view prefix, std::string_view suffix, std::string_view content) {
  std::string path = temporaryFolder();
  path.append("/").append(prefix).append("XXXXXX").append(suffix);
  const int descriptor = makeTemporary(path, suffix);
  if (descriptor < 0) throw FileError("cannot create the file " + shownPath(path) + ": " + lastError());
  try {
    writeAll(descriptor, content);
  } catch (const std::system_error& error) {
    closeDescriptor(descriptor);
    removeFile(path);
    throw FileError("cannot write " + shownPath(path) + ": " + whyNotWritten(error.code()));
  }
  closeDescriptor(descriptor);
  return path;
}

}  // namespace box::cli
