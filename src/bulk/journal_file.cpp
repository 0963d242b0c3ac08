#include "bulk/journal_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/private_file.hpp"

namespace box {
namespace {

using Kind = JournalError::Kind;

std::string reason(int error) { return std::generic_category().message(error); }

[[noreturn]] void fail(Kind kind, const std::string& path, const std::string& why) {
  throw JournalError(kind, "journal " + quotedPath(path) + ": " + why);
}

void check(const JournalFile& file, int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) fail(Kind::unusable, file.path(), reason(errno));
  if (!S_ISREG(status.st_mode)) fail(Kind::unusable, file.path(), "it is no regular file");
  if (status.st_uid != ::geteuid()) {
    fail(Kind::unusable, file.path(),
         "it belongs to another user, who could change it; have it belong to the user that runs this program");
  }
  if ((status.st_mode & 077) != 0)
    fail(Kind::unusable, file.path(), "others than its owner may use it; run chmod 600 on it");
}

int openAt(const std::string& path, int mode) {
  if (path.find('\0') != std::string::npos) fail(Kind::unusable, path, "its name has a NUL in it");
  int descriptor = -1;
  do {
    descriptor = ::open(path.c_str(), mode | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) {
    const int error = errno;
    if (error == ELOOP)
      fail(Kind::unusable, path, "it is a symbolic link, which is not followed here; name the file itself");
    if (error == ENXIO) fail(Kind::unusable, path, "it is no regular file");
    fail(Kind::unusable, path, reason(error));
  }
  return descriptor;
}

void lock(const std::string& path, int descriptor) {
  int result = 0;
  do {
    result = ::flock(descriptor, LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return;
  if (errno == EWOULDBLOCK) fail(Kind::locked, path, "another run has it: wait for its end, or stop it");
  fail(Kind::unusable, path, "it cannot be locked: " + reason(errno));
}

/// A new name is durable only when its folder is.
void syncFolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int result = descriptor < 0 ? -1 : ::fsync(descriptor);
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  // Some file systems cannot sync a folder, and say so.
  if (result != 0 && error != EINVAL && error != ENOTSUP)
    fail(Kind::unusable, path, "its folder cannot be made durable: " + reason(error));
}

/// Gives the file a name that nobody has: 0, or the error.
int nameAnew(const std::string& temporary, const std::string& path) {
  if (::link(temporary.c_str(), path.c_str()) == 0) {
    ::unlink(temporary.c_str());
    return 0;
  }
  if (errno == EEXIST) return EEXIST;
  // A file system without hard links.
  return ::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0 ? 0 : errno;
}

}  // namespace

JournalFile::~JournalFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int JournalFile::release() noexcept { return std::exchange(descriptor_, -1); }

std::unique_ptr<JournalFile> JournalFile::create(const std::string& path, std::string_view firstLine) {
  if (path.empty() || path.find('\0') != std::string::npos) fail(Kind::unusable, path, "that is no name of a file");
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0)
    fail(Kind::unusable, path, "it is there already: resume it, or choose another name");
  std::string temporary = path + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC | O_APPEND);  // mode 0600
  if (descriptor < 0) fail(Kind::unusable, path, "it cannot be made: " + reason(errno));
  auto file = std::make_unique<JournalFile>(path, descriptor);
  try {
    lock(path, descriptor);
    file->append(firstLine);
    if (::fsync(descriptor) != 0) fail(Kind::unusable, path, "it cannot be made durable: " + reason(errno));
    const int error = nameAnew(temporary, path);
    if (error == EEXIST) fail(Kind::unusable, path, "it is there already: resume it, or choose another name");
    if (error != 0) fail(Kind::unusable, path, "it cannot be made: " + reason(error));
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  syncFolderOf(path);
  return file;
}

std::unique_ptr<JournalFile> JournalFile::open(const std::string& path) {
  const int descriptor = openAt(path, O_RDWR | O_APPEND);
  auto file = std::make_unique<JournalFile>(path, descriptor);
  check(*file, descriptor);
  lock(path, descriptor);
  return file;
}

std::unique_ptr<JournalFile> JournalFile::look(const std::string& path) {
  const int descriptor = openAt(path, O_RDONLY);
  auto file = std::make_unique<JournalFile>(path, descriptor);
  check(*file, descriptor);
  return file;
}

void JournalFile::read(const std::function<void(std::string_view)>& take) const {
  std::array<char, 64 * 1024> buffer{};
  for (off_t at = 0;;) {
    const ssize_t count = ::pread(descriptor_, buffer.data(), buffer.size(), at);
    if (count == 0) return;
    if (count < 0) {
      if (errno == EINTR) continue;
      fail(Kind::unusable, path_, reason(errno));
    }
    take(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    at += count;
  }
}

void JournalFile::cut(std::uint64_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0 || ::fsync(descriptor_) != 0) {
    fail(Kind::unusable, path_, "its torn end cannot be cut off: " + reason(errno));
  }
}

void JournalFile::append(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = doWrite(text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail(Kind::lost, path_, "a record could not be written: " + reason(errno));
    }
    if (written == 0) fail(Kind::lost, path_, "a record could not be written");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void JournalFile::sync() {
  int result = 0;
  do {
    result = doSync();
  } while (result != 0 && errno == EINTR);
  // Once it has failed, the next success means nothing: the system may have dropped what it could not write.
  if (result != 0) fail(Kind::lost, path_, "what was written could not be made durable: " + reason(errno));
}

ssize_t JournalFile::doWrite(const char* bytes, std::size_t count) noexcept {
  return ::write(descriptor_, bytes, count);
}

int JournalFile::doSync() noexcept { return ::fdatasync(descriptor_); }

}  // namespace box
