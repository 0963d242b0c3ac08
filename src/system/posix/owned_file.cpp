#include "system/owned_folder.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <memory>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace box::inline v0_1 {
namespace {

/// Whether the folder's group is this user's own group without other members. Such a group has the same number as the
/// user, as on systems that make a group for each user, and it is the group of this process. Any other primary group,
/// such as "users" or "staff", has other members, even if the system lists none.
bool isOwnGroup(const struct stat& status) {
  if (status.st_gid != ::getegid() || status.st_gid != ::geteuid()) return false;
  std::vector<char> room(16UL * 1024);
  struct group entry {};
  struct group* found = nullptr;
  if (::getgrgid_r(status.st_gid, &entry, room.data(), room.size(), &found) != 0 || found == nullptr) return false;
  return entry.gr_mem == nullptr || *entry.gr_mem == nullptr;
}

bool isOurs(const struct stat& status) noexcept { return status.st_uid == ::geteuid() || status.st_uid == 0; }

/// How long a write waits for the reader of a pipe that is full, in milliseconds.
constexpr int longestWaitForReader = 30'000;

/// Keeps a write to a pipe whose reader has ended from raising SIGPIPE, which ends a process by default.
class NoPipeSignal {
 public:
  NoPipeSignal() noexcept {
    ::sigemptyset(&signal_);
    ::sigaddset(&signal_, SIGPIPE);
    sigset_t pending;
    wasPending_ = ::sigpending(&pending) == 0 && ::sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &signal_, &before_);
  }
  /// Takes the signal away that a write has raised, unless it was pending before.
  ~NoPipeSignal() {
    // Another thread may take it first, if it was sent to the process.
    const timespec noWait{};
    while (!wasPending_ && ::sigtimedwait(&signal_, nullptr, &noWait) < 0 && errno == EINTR) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t signal_{}, before_{};
  bool wasPending_ = false;
};

constexpr mode_t ownersOnly = 0600, everybodyReads = 0644;

std::string octal(mode_t mode) {
  std::string digits = "0000";
  for (std::size_t i = digits.size(); i-- > 0; mode >>= 3) digits[i] = static_cast<char>('0' + (mode & 7));
  return digits;
}

FileStatus made(const struct stat& status) noexcept {
  FileStatus made;
  if (S_ISLNK(status.st_mode)) {
    made.kind = FileStatus::Kind::link;
  } else if (S_ISREG(status.st_mode)) {
    made.kind = FileStatus::Kind::regular;
  }
  made.isOurs = isOurs(status);
  made.isPrivate = (status.st_mode & 077) == 0;
  made.isAsMade = status.st_uid != ::geteuid() || (status.st_mode & 07777) == ownersOnly;
  made.names = status.st_nlink;
  made.id = {status.st_dev, status.st_ino};
  return made;
}

}  // namespace

std::optional<FileStatus> statusOf(const Descriptor& file) noexcept {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return std::nullopt;
  return made(status);
}

bool makePrivate(const Descriptor& file) { return ::fchmod(file.number(), ownersOnly) == 0; }

std::string othersMayUse(const Descriptor& file, const std::string& path) {
  struct stat status {};
  const bool isKnown = ::fstat(file.number(), &status) == 0;
  return (isKnown ? " (mode " + octal(status.st_mode & 07777) + ")" : "") + "; run chmod 600 " + quotedPath(path);
}

// -------------------------------------------------------------------------------------------------------------- Folder

struct OwnedFile::Folder::Opened {
  explicit Opened(const std::string& path)
      : descriptor(persistently([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); })) {}

  int number() const noexcept { return descriptor.number(); }

  Descriptor descriptor;
};

OwnedFile::Folder::Folder(const OwnedFile& file) : file_(file), opened_(std::make_unique<Opened>(file.folder_)) {
  if (opened_->descriptor.isOpen()) return;
  const int error = errno;
  file_.fail(quoted() + " cannot be opened", error, error == ENOENT ? "create it, with mode 0700" : "");
}

OwnedFile::Folder::~Folder() = default;

/// A folder such as /tmp, in which users can rename and remove only their own files (sticky bit), is accepted; for some
/// files, a folder to which the user's own group may write is accepted too.
void OwnedFile::Folder::requireSafe() const {
  struct stat status {};
  if (::fstat(opened_->number(), &status) != 0) file_.fail(quoted() + " cannot be examined", errno);
  if (!isOurs(status)) {
    file_.refuse(quoted() + " belongs to another user, who could replace the files in it; choose one that is yours");
  }
  if ((status.st_mode & 022) == 0 || (status.st_mode & S_ISVTX) != 0) return;
  const bool isOwnGroups = (status.st_mode & 02) == 0 && file_.ownGroup_ == OwnGroup::mayWrite && isOwnGroup(status);
  if (!isOwnGroups) {
    file_.refuse(quoted() + " may be written to by others, who could replace the files in it; run chmod go-w on it");
  }
}

std::optional<FileStatus> OwnedFile::Folder::look(const std::string& name) const {
  struct stat status {};
  if (::fstatat(opened_->number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return made(status);
  if (errno == ENOENT) return std::nullopt;
  file_.fail("it cannot be examined", errno);
}

// Without O_NONBLOCK, opening a pipe would wait for another process.
Descriptor OwnedFile::Folder::open(const std::string& name, Access access) const {
  const int flags =
      (access == Access::read ? O_RDONLY : O_RDWR | O_APPEND) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  return Descriptor(persistently([&] { return ::openat(opened_->number(), name.c_str(), flags); }));
}

Descriptor OwnedFile::Folder::openOrMake(const std::string& name) const {
  constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  return Descriptor(persistently([&] { return ::openat(opened_->number(), name.c_str(), flags, ownersOnly); }));
}

bool OwnedFile::Folder::remove(const std::string& name) const {
  return ::unlinkat(opened_->number(), name.c_str(), 0) == 0 || errno == ENOENT;
}

bool OwnedFile::Folder::rename(const std::string& from, const std::string& to, Place place) const {
  const int at = opened_->number();
  if (place == Place::any) return ::renameat(at, from.c_str(), at, to.c_str()) == 0;
  if (::renameat2(at, from.c_str(), at, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  // Where the file system does not support renameat2() with these flags, linkat() is used.
  if (errno != EINVAL && errno != ENOSYS) return false;
  if (::linkat(at, from.c_str(), at, to.c_str(), 0) != 0) return false;
  ::unlinkat(at, from.c_str(), 0);
  return true;
}

void OwnedFile::Folder::sync() const {
  if (persistently([this] { return ::fsync(opened_->number()); }) == 0) return;
  if (errno == EINVAL || errno == ENOTSUP) return;  // a file system that cannot sync a folder
  file_.fail(quoted() + " cannot be written to the disk", errno);
}

bool letEverybodyRead(const Descriptor& file) { return ::fchmod(file.number(), everybodyReads) == 0; }

// ----------------------------------------------------------------------------------------------------------- OwnedFile

void OwnedFile::split() {
  const std::size_t slash = path_.rfind('/');
  name_ = path_.substr(slash + 1);
  folder_ = slash == std::string::npos ? "." : path_.substr(0, slash == 0 ? 1 : slash);
}

bool OwnedFile::writeToSpecialFile(std::string_view content) const {
  struct stat status {};
  if (::lstat(path_.c_str(), &status) != 0 || (!S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode))) {
    return false;
  }
  // Without O_NONBLOCK, opening a pipe would wait for a reader.
  const int flags = O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
  const Descriptor open(persistently([&] { return ::open(path_.c_str(), flags); }));
  if (!open.isOpen()) {
    if (errno == ENXIO) refuse("it is a pipe that no process reads; start its reader first");
    fail("it cannot be opened", errno);
  }
  if (::fstat(open.number(), &status) != 0) fail("it cannot be examined", errno);
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    refuse("it belongs to another user, who could read what is written; choose another path");
  }
  const NoPipeSignal noSignal;
  while (!content.empty()) {
    const ssize_t written = persistently([&] { return ::write(open.number(), content.data(), content.size()); });
    if (written < 0 && errno == EAGAIN) {
      pollfd space{open.number(), POLLOUT, 0};
      const int ready = persistently([&] { return ::poll(&space, 1, longestWaitForReader); });
      if (ready > 0) continue;
      if (ready == 0) refuse("its reader has stopped reading, and has got only a part of the content");
    }
    if (written < 0 && errno == EPIPE) fail("its reader has ended, and has got only a part of the content", EPIPE);
    if (written < 0) fail("it cannot be written", errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace box::inline v0_1
