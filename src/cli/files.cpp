#include "cli/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <box/error.hpp>

#include "cli/descriptor.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

std::string lastError() { return std::generic_category().message(errno); }

}  // namespace

// The descriptor that a path such as /dev/fd/63 names; <(...) gives such paths. The descriptor is used directly,
// because opening its path fails in a process that has made itself undumpable.
int inheritedDescriptor(const std::string& path) {
  if (path == "-" || path == "/dev/stdin") return STDIN_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    int descriptor = -1;
    const auto [end, error] = std::from_chars(path.data() + folder.size(), path.data() + path.size(), descriptor);
    if (error == std::errc() && end == path.data() + path.size()) return descriptor;
  }
  return -1;
}

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
  // Without O_NONBLOCK, open() would wait for a pipe's writer, possibly for ever.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor_ < 0) throw FileError("cannot open " + shownPath(path) + ": " + lastError());
  owned_ = true;
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISFIFO(status.st_mode)) return;
  try {
    if (pipes == Pipes::refuse) throw FileError(shownPath(path) + " is a pipe: give a regular file");
    awaitWriter(path);
  } catch (const FileError&) {
    ::close(descriptor_);
    throw;
  }
}

void Input::awaitWriter(const std::string& path) {
  constexpr int looks = 150, milliseconds = 20;  // time for a writer that the shell starts together with this program
  for (int i = 0; i < looks; ++i) {
    char byte = 0;
    const ssize_t count = ::read(descriptor_, &byte, 1);
    if (count > 0) first_ = byte;
    if (count != 0) return;  // EAGAIN: the pipe has a writer that has not written yet
    ::poll(nullptr, 0, milliseconds);
  }
  throw FileError(shownPath(path) + " is a pipe that nobody writes to: start its writer first");
}

Input::~Input() {
  if (owned_) ::close(descriptor_);
}

bool Input::isTerminal() const noexcept { return ::isatty(descriptor_) == 1; }

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
    throw FileError("cannot write " + printable(error.details().context));
  }
}

void requireReplaceable(const std::string& path, std::span<const std::string_view> beginnings) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return;
  std::size_t longest = 0;
  for (const std::string_view beginning : beginnings) longest = std::max(longest, beginning.size());
  std::string there(longest, '\0');
  Input input(path);
  there.resize(input.read(there));
  const auto begins = [&](std::string_view beginning) { return there.starts_with(beginning); };
  if (std::any_of(beginnings.begin(), beginnings.end(), begins)) return;
  throw FileError(
      shownPath(path) +
      " is there already, and no earlier run has written it: it would be lost; choose another name, or remove it");
}

bool isSameFile(const std::string& one, const std::string& other) noexcept {
  if (one == other) return true;
  struct stat first {
  }, second{};
  return ::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

void requireWritable(const std::string& path) {
  if (isInherited(path)) return;
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    throw FileError("cannot write " + shownPath(path) + ": it is not a regular file");
  const std::string trial = path + ".box-sessions-trial";
  writeFile(trial, {}, Readers::owner);
  ::unlink(trial.c_str());
}

std::string makeTemporaryFile(std::string_view prefix, std::string_view suffix, std::string_view content) {
  const char* const folder = std::getenv("TMPDIR");
  std::string path = folder != nullptr && *folder != '\0' ? folder : "/tmp";
  path.append("/").append(prefix).append("XXXXXX").append(suffix);
  const int descriptor = ::mkostemps(path.data(), static_cast<int>(suffix.size()), O_CLOEXEC);  // mode 0600
  if (descriptor < 0) throw FileError("cannot create the file " + shownPath(path) + ": " + lastError());
  try {
    writeAll(descriptor, content);
  } catch (const std::system_error& error) {
    ::close(descriptor);
    ::unlink(path.c_str());
    throw FileError("cannot write " + shownPath(path) + ": " + whyNotWritten(error.code()));
  }
  ::close(descriptor);
  return path;
}

}  // namespace box::cli
