#include "cli/system/descriptors.hpp"

#include <cerrno>
#include <charconv>
#include <limits>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace box::cli {

namespace {

/// After a failed call: waits until the descriptor is ready, if the call can be tried again. *Errors*:
/// std::system_error.
void awaitAnotherTry(int descriptor, short event) {
  if (errno == EINTR) return;
  if (errno != EAGAIN && errno != EWOULDBLOCK) throw std::system_error(errno, std::generic_category());
  pollfd waited{descriptor, event, 0};
  if (::poll(&waited, 1, -1) < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category());
}

}  // namespace

std::size_t readSome(int descriptor, std::span<char> buffer) {
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    awaitAnotherTry(descriptor, POLLIN);
  }
}

std::size_t readAt(int descriptor, std::span<char> buffer, std::uint64_t position) {
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t count =
        ::pread(descriptor, buffer.data() + size, buffer.size() - size, static_cast<off_t>(position + size));
    if (count == 0) break;
    if (count < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category());
    }
    size += static_cast<std::size_t>(count);
  }
  return size;
}

std::optional<std::size_t> readNow(int descriptor, std::span<char> buffer) noexcept {
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count < 0) return std::nullopt;  // EAGAIN: the pipe has a writer that has not written yet
  return static_cast<std::size_t>(count);
}

void writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0) {
      awaitAnotherTry(descriptor, POLLOUT);
    } else {
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
}

std::string whyNotWritten(const std::error_code& error) {
  switch (error.value()) {
    case ENOSPC: return "the disk is full: make room";
    case EDQUOT: return "your disk quota is used up: make room";
    case EFBIG: return "it would be larger than files may be here: see 'ulimit -f'";
    default: return error.message();
  }
}

int openToRead(const std::string& path) noexcept {
  // Without O_NONBLOCK, open() would wait for a pipe's writer, possibly for ever.
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

bool mayRead(const std::string& path) noexcept { return ::access(path.c_str(), R_OK) == 0; }

bool isSameFile(const std::string& one, const std::string& other) noexcept {
  if (one == other) return true;
  struct stat first {
  }, second{};
  return ::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

int openToAppend(const std::string& path) noexcept {
  // Without O_NONBLOCK, open() would wait for a pipe's reader.
  return ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK, 0600);
}

int makeTemporary(std::string& path, std::string_view suffix) noexcept {
  return ::mkostemps(path.data(), static_cast<int>(suffix.size()), O_CLOEXEC);  // mode 0600
}

void closeDescriptor(int descriptor) noexcept { ::close(descriptor); }

FileKind kindOf(int descriptor) noexcept {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return FileKind::other;
  if (S_ISREG(status.st_mode)) return FileKind::regular;
  return S_ISFIFO(status.st_mode) ? FileKind::pipe : FileKind::other;
}

std::optional<std::uint64_t> sizeOf(int descriptor) noexcept {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

bool isTerminal(int descriptor) noexcept { return ::isatty(descriptor) == 1; }

Writers writersOf(int descriptor) noexcept {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return {};
  Writers out;
  if (status.st_uid == ::geteuid()) {
    out.owner = Writers::Owner::thisUser;
  } else if (status.st_uid == 0) {
    out.owner = Writers::Owner::system;
  }
  out.others = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  return out;
}

std::string remedyForWriters(const std::string& path) { return "chmod go-w '" + path + "'"; }

// <(...) gives paths such as /dev/fd/63. The descriptor is used directly, because opening its path fails in a process
// that has made itself undumpable.
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

int openToLock(const std::string& path) noexcept {
  return ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

bool lockForFollowing(int descriptor) noexcept {
  struct flock place {};
  place.l_type = F_WRLCK;
  place.l_whence = SEEK_SET;
  place.l_start = std::numeric_limits<off_t>::max() - 1;  // no journal is as long as this
  place.l_len = 1;
  if (::fcntl(descriptor, F_OFD_SETLK, &place) == 0) return true;
  if (errno == EACCES) errno = EWOULDBLOCK;
  return false;
}

}  // namespace box::cli
