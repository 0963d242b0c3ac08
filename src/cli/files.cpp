#include "cli/files.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/text.hpp"

namespace box::cli {

namespace {

std::string lastError() { return std::generic_category().message(errno); }

std::string shown(const std::string& path) { return "'" + printable(path) + "'"; }

// The descriptor that a path such as /dev/fd/63 means, which is what <(...) gives. Opening that path fails in
// a process that has made itself undumpable; the descriptor itself is there all the same.
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

void writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category());
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Closes, and removes the file unless it was kept.
class NewFile {
 public:
  NewFile(std::string path, int suffixLength) : path_(std::move(path)) {
    descriptor_ = ::mkostemps(path_.data(), suffixLength, O_CLOEXEC);  // mode 0600 from the first byte on
    if (descriptor_ < 0) throw FileError("cannot create a file beside " + shown(path_) + ": " + lastError());
  }
  ~NewFile() {
    ::close(descriptor_);
    if (!kept_) ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  int descriptor() const noexcept { return descriptor_; }
  const std::string& path() const noexcept { return path_; }
  void keep() noexcept { kept_ = true; }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool kept_ = false;
};

}  // namespace

void Output::write(std::string_view text) const {
  try {
    writeAll(descriptor_, text);
  } catch (const std::system_error& error) {
    throw OutputLost("cannot write the output: " + error.code().message());
  }
}

Input::Input(const std::string& path)
    : name_(path == "-" ? "standard input" : printable(path)), descriptor_(inheritedDescriptor(path)), owned_(false) {
  if (descriptor_ >= 0) return;
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor_ < 0) throw FileError("cannot open " + shown(path) + ": " + lastError());
  owned_ = true;
}

Input::~Input() {
  if (owned_) ::close(descriptor_);
}

bool Input::isTerminal() const noexcept { return ::isatty(descriptor_) == 1; }

std::size_t Input::read(std::span<char> buffer) {
  for (;;) {
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw FileError("cannot read " + name_ + ": " + lastError());
  }
}

void Input::requirePrivate(std::string_view secret) const {
  if (!owned_) return;  // whoever started the program opened it
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) throw FileError("cannot look at " + name_ + ": " + lastError());
  if (S_ISREG(status.st_mode) && (status.st_mode & 077) != 0) {
    throw FileError("others than you may read or change " + name_ + ", which holds a " + std::string(secret) +
                    ": run chmod 600 '" + name_ + "', or hand it over through a pipe");
  }
}

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

void replaceFile(const std::string& path, std::string_view content, unsigned mode) {
  try {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
      const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
      if (descriptor < 0) throw std::system_error(errno, std::generic_category());
      try {
        writeAll(descriptor, content);
      } catch (...) {
        ::close(descriptor);
        throw;
      }
      ::close(descriptor);
      return;
    }
    NewFile file(path + ".XXXXXX", 0);
    writeAll(file.descriptor(), content);
    if (::fchmod(file.descriptor(), mode) != 0 || ::fsync(file.descriptor()) != 0 ||
        ::rename(file.path().c_str(), path.c_str()) != 0) {
      throw std::system_error(errno, std::generic_category());
    }
    file.keep();
  } catch (const std::system_error& error) {
    throw FileError("cannot write " + shown(path) + ": " + error.code().message());
  }
}

std::string makeTemporaryFile(std::string_view prefix, std::string_view suffix, std::string_view content) {
  const char* const folder = std::getenv("TMPDIR");
  std::string path = folder != nullptr && *folder != '\0' ? folder : "/tmp";
  path.append("/").append(prefix).append("XXXXXX").append(suffix);
  NewFile file(path, static_cast<int>(suffix.size()));
  try {
    writeAll(file.descriptor(), content);
  } catch (const std::system_error& error) {
    throw FileError("cannot write " + shown(file.path()) + ": " + error.code().message());
  }
  file.keep();
  return file.path();
}

}  // namespace box::cli
