#include "system/owned_file.hpp"

#include <cerrno>
#include <exception>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <grp.h>
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

constexpr mode_t ownersOnly = 0600, everybodyReads = 0644;

std::string octal(mode_t mode) {
  std::string digits = "0000";
  for (std::size_t i = digits.size(); i-- > 0; mode >>= 3) digits[i] = static_cast<char>('0' + (mode & 7));
  return digits;
}

}  // namespace

// -------------------------------------------------------------------------------------------------------------- Folder

class OwnedFile::Folder {
 public:
  explicit Folder(const OwnedFile& file)
      : file_(file),
        descriptor_(persistently([&] { return ::open(file.folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); })) {
    if (descriptor_.isOpen()) return;
    const int error = errno;
    file_.fail(quoted() + " cannot be opened", error, error == ENOENT ? "create it, with mode 0700" : "");
  }

  int number() const noexcept { return descriptor_.number(); }

  /// Refuses a folder in which other users could replace the file. A folder such as /tmp, in which users can rename and
  /// remove only their own files (sticky bit), is accepted; for some files, a folder to which the user's own group may
  /// write is accepted too.
  void requireSafe() const {
    struct stat status {};
    if (::fstat(number(), &status) != 0) file_.fail(quoted() + " cannot be examined", errno);
    if (!isOurs(status)) {
      file_.refuse(quoted() + " belongs to another user, who could replace the files in it; choose one that is yours");
    }
    if ((status.st_mode & 022) == 0 || (status.st_mode & S_ISVTX) != 0) return;
    const bool isOwnGroups = (status.st_mode & 02) == 0 && file_.ownGroup_ == OwnGroup::mayWrite && isOwnGroup(status);
    if (!isOwnGroups) {
      file_.refuse(quoted() + " may be written to by others, who could replace the files in it; run chmod go-w on it");
    }
  }

  /// The state of the file with that name. A symbolic link is not followed.
  std::optional<struct stat> look(const std::string& name) const {
    struct stat status {};
    if (::fstatat(number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
    if (errno == ENOENT) return std::nullopt;
    file_.fail("it cannot be examined", errno);
  }

  bool refersTo(const std::string& name, const struct stat& status) const {
    const std::optional<struct stat> current = look(name);
    return current && current->st_dev == status.st_dev && current->st_ino == status.st_ino;
  }

  /// Makes the names in the folder durable.
  void sync() const {
    if (persistently([this] { return ::fsync(number()); }) == 0) return;
    if (errno == EINVAL || errno == ENOTSUP) return;  // a file system that cannot sync a folder
    file_.fail(quoted() + " cannot be written to the disk", errno);
  }

 private:
  std::string quoted() const { return "its folder " + quotedPath(file_.folder_); }

  const OwnedFile& file_;
  Descriptor descriptor_;
};

// ------------------------------------------------------------------------------------------------------------- NewFile

/// A file for new content. It gets the final name when it is complete; otherwise it is removed.
class OwnedFile::NewFile {
 public:
  NewFile(const OwnedFile& file, const Folder& folder)
      : file_(file), folder_(folder), name_(file.newName()), descriptor_(file.openLocked(folder, name_)) {
    if (!descriptor_.isOpen()) {
      file_.fail("it cannot be written", EWOULDBLOCK, "another process writes to it; try again");
    }
  }
  ~NewFile() {
    if (!placed_) ::unlinkat(folder_.number(), name_.c_str(), 0);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::string_view text, Readers readers) {
    if (::ftruncate(descriptor_.number(), 0) != 0) failToWrite();  // a killed process may have left data in it
    while (!text.empty()) {
      const ssize_t written = persistently([&] { return ::write(descriptor_.number(), text.data(), text.size()); });
      if (written < 0) failToWrite();
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (readers == Readers::everybody && ::fchmod(descriptor_.number(), everybodyReads) != 0) failToWrite();
    if (persistently([&] { return ::fsync(descriptor_.number()); }) != 0) failToWrite();
  }

  void takePlace() {
    if (::renameat(folder_.number(), name_.c_str(), folder_.number(), file_.name_.c_str()) != 0) failToWrite();
    placed_ = true;
    folder_.sync();
  }

  /// Gives the file its final name, if no file has that name.
  Descriptor takeFreePlace() {
    const int at = folder_.number();
    if (::renameat2(at, name_.c_str(), at, file_.name_.c_str(), RENAME_NOREPLACE) == 0) {
      placed_ = true;
    } else if (errno != EINVAL && errno != ENOSYS) {
      failToWrite();
    } else if (::linkat(at, name_.c_str(), at, file_.name_.c_str(), 0) != 0) {
      // linkat() is used where the file system does not support renameat2() with these flags.
      failToWrite();
    }
    folder_.sync();
    return std::move(descriptor_);
  }

 private:
  [[noreturn]] void failToWrite() const { file_.fail("it cannot be written", errno); }

  const OwnedFile& file_;
  const Folder& folder_;
  std::string name_;
  Descriptor descriptor_;
  bool placed_ = false;
};

// ----------------------------------------------------------------------------------------------------------- OwnedFile

void OwnedFile::split() {
  const std::size_t slash = path_.rfind('/');
  name_ = path_.substr(slash + 1);
  folder_ = slash == std::string::npos ? "." : path_.substr(0, slash == 0 ? 1 : slash);
}

void OwnedFile::requirePrivate(const Descriptor& file) const {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) fail("it cannot be examined", errno);
  if (!S_ISREG(status.st_mode)) refuse("it is not a regular file");
  if (!isOurs(status)) {
    refuse("it belongs to another user, who could change it; have it belong to the user that runs this program");
  }
  if ((status.st_mode & 077) != 0) {
    refuse("others than its owner may use it (mode " + octal(status.st_mode & 07777) + "); run chmod 600 " +
           quotedPath(path_));
  }
}

Descriptor OwnedFile::open(Access access) const {
  const Folder folder(*this);
  folder.requireSafe();
  // Without O_NONBLOCK, opening a pipe would wait for another process.
  const int flags =
      (access == Access::read ? O_RDONLY : O_RDWR | O_APPEND) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  Descriptor file(persistently([&] { return ::openat(folder.number(), name_.c_str(), flags); }));
  if (!file.isOpen()) {
    const int error = errno;
    if (error == ELOOP) refuse("it is a symbolic link, which is not followed here; name the file itself");
    if (error == ENXIO) refuse("it is not a regular file");  // a socket
    if (error == EISDIR) refuse("it is not a regular file");
    fail("it cannot be opened", error);
  }
  requirePrivate(file);
  return file;
}

Secret OwnedFile::readWhereLinksLead(std::size_t limit) const {
  const Descriptor file = Descriptor::openedToRead(path_);
  if (!file.isOpen()) {
    if (errno == ENXIO) refuse("it is not a regular file");  // a socket
    fail("it cannot be opened", errno);
  }
  requirePrivate(file);
  return readAll(file, limit);
}

/// Opens or makes a private file with that name, and locks it. The descriptor is closed if another process has the
/// lock.
Descriptor OwnedFile::openLocked(const Folder& folder, const std::string& name) const {
  constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  constexpr int rounds = 100;  // each round means that another process has replaced the file
  for (int round = 0; round < rounds; ++round) {
    Descriptor file(persistently([&] { return ::openat(folder.number(), name.c_str(), flags, ownersOnly); }));
    const std::string it = name == name_ ? "it" : quotedPath(name) + " beside it";
    if (!file.isOpen()) {
      const int error = errno;
      if (error == ELOOP) refuse(it + " is a symbolic link, which is not followed here; remove it");
      if (error == ENXIO) refuse(it + " is not a regular file; remove it");
      fail(it + " cannot be opened", error);
    }
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) fail(it + " cannot be examined", errno);
    if (!S_ISREG(status.st_mode)) refuse(it + " is not a regular file; remove it");
    if (!isOurs(status)) refuse(it + " belongs to another user, who could keep it; remove it");
    if (status.st_nlink > 1) {
      // The name is a hard link to another file, which would be overwritten.
      if (::unlinkat(folder.number(), name.c_str(), 0) != 0 && errno != ENOENT) fail(it + " cannot be removed", errno);
      continue;
    }
    // The umask of the process may have removed bits of the owner's mode; and another user who can open the file could
    // lock it.
    if (status.st_uid == ::geteuid() && (status.st_mode & 07777) != ownersOnly &&
        ::fchmod(file.number(), ownersOnly) != 0) {
      fail("the mode of " + it + " cannot be set", errno);
    }
    if (!file.tryLock()) {
      if (errno == EWOULDBLOCK) return Descriptor();
      fail(it + " cannot be locked", errno);
    }
    // After it was opened, it may have been removed, or renamed to the final name. Then the lock would protect nothing.
    if (folder.refersTo(name, status)) return file;
  }
  fail("it cannot be locked", EBUSY, "other processes replace it all the time");
}

/// Refuses a path that is a link, a pipe or a folder. It is there by mistake and must not be removed; a link, for
/// example, may lead to the real content.
void OwnedFile::requireReplaceable(const Folder& folder) const {
  const std::optional<struct stat> status = folder.look(name_);
  if (!status) return;
  if (S_ISLNK(status->st_mode)) refuse("it is a symbolic link, which is not followed here; name the file itself");
  if (!S_ISREG(status->st_mode)) refuse("it is not a regular file; choose another path");
  if (!isOurs(*status)) {
    refuse("it belongs to another user; have it belong to the user that runs this program, or choose another path");
  }
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
  while (!content.empty()) {
    const ssize_t written = persistently([&] { return ::write(open.number(), content.data(), content.size()); });
    if (written < 0) fail("it cannot be written", errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void OwnedFile::replace(std::string_view content, Readers readers) const {
  const Folder folder(*this);
  if (readers == Readers::owner) folder.requireSafe();
  requireReplaceable(folder);
  NewFile file(*this, folder);
  file.write(content, readers);
  file.takePlace();
}

Descriptor OwnedFile::create(std::string_view content) const {
  const Folder folder(*this);
  folder.requireSafe();
  if (folder.look(name_)) fail("it cannot be made", EEXIST);
  NewFile file(*this, folder);
  file.write(content, Readers::owner);
  return file.takeFreePlace();
}

void OwnedFile::remove() const {
  const Folder folder(*this);
  requireReplaceable(folder);
  for (const std::string& name : {newName(), name_}) {
    if (::unlinkat(folder.number(), name.c_str(), 0) != 0 && errno != ENOENT) fail("it cannot be removed", errno);
  }
  folder.sync();
}

void OwnedFile::removeLeftover() const noexcept try {
  const Folder folder(*this);
  const std::string left = newName();
  if (!folder.look(left)) return;
  const Descriptor file = openLocked(folder, left);
  if (file.isOpen()) ::unlinkat(folder.number(), left.c_str(), 0);
} catch (const std::exception&) {
}

Descriptor OwnedFile::tryLock() const {
  const Folder folder(*this);
  folder.requireSafe();
  return openLocked(folder, name_);
}

}  // namespace box::inline v0_1
