#include "support/owned_file.hpp"

#include <cerrno>
#include <exception>
#include <optional>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box/error.hpp"
#include "support/wipe.hpp"

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

std::string octal(mode_t mode) {
  std::string digits = "0000";
  for (std::size_t i = digits.size(); i-- > 0; mode >>= 3) digits[i] = static_cast<char>('0' + (mode & 7));
  return digits;
}

}  // namespace

std::string quotedPath(const std::string& path) {
  std::string text = "'" + path + "'";
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

bool Descriptor::tryLock() {
  unshared_ = UnsharedDescriptor(number_);  // before the lock, so that no child has a copy of a locked file
  if (persistently([this] { return ::flock(number_, LOCK_EX | LOCK_NB); }) == 0) return true;
  const int error = errno;
  unshared_ = UnsharedDescriptor();
  errno = error;
  return false;
}

Descriptor::~Descriptor() {
  if (number_ < 0) return;
  // Another thread may fork between the next line and close(). Its child then gets a copy of the descriptor, but the
  // file is no longer locked.
  if (unshared_.isSet()) ::flock(number_, LOCK_UN);
  unshared_ = UnsharedDescriptor();
  ::close(number_);
}

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
  NewFile(const OwnedFile& file, const Folder& folder, int flags)
      : file_(file), folder_(folder), name_(file.newName()), descriptor_(file.openLocked(folder, name_, flags)) {
    if (!descriptor_.isOpen()) {
      file_.fail("it cannot be written", EWOULDBLOCK, "another process writes to it; try again");
    }
  }
  ~NewFile() {
    if (!placed_) ::unlinkat(folder_.number(), name_.c_str(), 0);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::string_view text, mode_t mode) {
    if (::ftruncate(descriptor_.number(), 0) != 0) failToWrite();  // a killed process may have left data in it
    while (!text.empty()) {
      const ssize_t written = persistently([&] { return ::write(descriptor_.number(), text.data(), text.size()); });
      if (written < 0) failToWrite();
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (mode != ownersOnly && ::fchmod(descriptor_.number(), mode) != 0) failToWrite();
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

OwnedFile::OwnedFile(std::string path, OwnGroup ownGroup) : path_(std::move(path)), ownGroup_(ownGroup) {
  const std::size_t slash = path_.rfind('/');
  name_ = path_.substr(slash + 1);
  folder_ = slash == std::string::npos ? "." : path_.substr(0, slash == 0 ? 1 : slash);
  if (path_.empty()) throw BoxSdkError(Errc::invalidConfiguration, "the path of the file is empty");
  // The system would use only the part before the NUL, but errors would show the whole name.
  if (path_.find('\0') != std::string::npos) refuse("its name contains a NUL");
  if (name_.empty() || name_ == "." || name_ == "..") refuse("that is the path of a folder; add a file's name");
}

void OwnedFile::refuse(std::string_view reason) const {
  throw BoxSdkError(Errc::invalidConfiguration, quotedPath(path_) + ": " + std::string(reason));
}

void OwnedFile::fail(std::string_view what, int error, std::string_view remedy) const {
  ErrorDetails details;
  details.cause = error_code(error, boost::system::system_category());
  details.context = quotedPath(path_) + ": ";
  details.context.append(what).append(": ").append(std::generic_category().message(error));
  if (!remedy.empty()) details.context.append("; ").append(remedy);
  const bool local = error == EMFILE || error == ENFILE || error == ENOMEM;
  throw BoxSdkError(make_error_code(local ? Errc::localResource : Errc::invalidConfiguration), std::move(details));
}

std::string OwnedFile::newName() const { return name_ + ".box-sessions-new"; }

void OwnedFile::requirePrivate(int descriptor) const {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) fail("it cannot be examined", errno);
  if (!S_ISREG(status.st_mode)) refuse("it is not a regular file");
  if (!isOurs(status)) {
    refuse("it belongs to another user, who could change it; have it belong to the user that runs this program");
  }
  if ((status.st_mode & 077) != 0) {
    refuse("others than its owner may use it (mode " + octal(status.st_mode & 07777) + "); run chmod 600 " +
           quotedPath(path_));
  }
}

Descriptor OwnedFile::open(int access) const {
  const Folder folder(*this);
  folder.requireSafe();
  // Without O_NONBLOCK, opening a pipe would wait for another process.
  const int flags = access | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  Descriptor file(persistently([&] { return ::openat(folder.number(), name_.c_str(), flags); }));
  if (!file.isOpen()) {
    const int error = errno;
    if (error == ELOOP) refuse("it is a symbolic link, which is not followed here; name the file itself");
    if (error == ENXIO) refuse("it is not a regular file");  // a socket
    if (error == EISDIR) refuse("it is not a regular file");
    fail("it cannot be opened", error);
  }
  requirePrivate(file.number());
  return file;
}

Secret OwnedFile::readAll(int descriptor, std::size_t limit) const {
  // One byte more than the limit is read, which shows that the file is too long, even if it is growing.
  WipedRoom room(limit + 1);
  std::size_t size = 0;
  while (size < room.size()) {
    const ssize_t n = persistently([&] { return ::read(descriptor, room.chars() + size, room.size() - size); });
    if (n < 0) fail("it cannot be read", errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > limit) refuse("it is larger than " + std::to_string(limit) + " bytes");
  return Secret(std::string_view(room.chars(), size));
}

Secret OwnedFile::read(std::size_t limit) const { return readAll(open(O_RDONLY).number(), limit); }

void OwnedFile::lock(Descriptor& open) const {
  if (!open.tryLock()) fail("it cannot be locked", errno);
}

/// Opens or makes a private file with that name, and locks it. The descriptor is closed if another process has the
/// lock.
Descriptor OwnedFile::openLocked(const Folder& folder, const std::string& name, int flags) const {
  constexpr int rounds = 100;  // each round means that another process has replaced the file
  for (int round = 0; round < rounds; ++round) {
    Descriptor file(persistently([&] {
      return ::openat(folder.number(), name.c_str(), flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                      ownersOnly);
    }));
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

void OwnedFile::replace(std::string_view content, mode_t mode) const {
  const Folder folder(*this);
  if (mode == ownersOnly) folder.requireSafe();
  requireReplaceable(folder);
  NewFile file(*this, folder, O_WRONLY);
  file.write(content, mode);
  file.takePlace();
}

Descriptor OwnedFile::create(std::string_view content) const {
  const Folder folder(*this);
  folder.requireSafe();
  if (folder.look(name_)) fail("it cannot be made", EEXIST);
  NewFile file(*this, folder, O_RDWR | O_APPEND);
  file.write(content, ownersOnly);
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
  const Descriptor file = openLocked(folder, left, O_WRONLY);
  if (file.isOpen()) ::unlinkat(folder.number(), left.c_str(), 0);
} catch (const std::exception&) {
}

Descriptor OwnedFile::tryLock() const {
  const Folder folder(*this);
  folder.requireSafe();
  return openLocked(folder, name_, O_RDWR);
}

}  // namespace box::inline v0_1
