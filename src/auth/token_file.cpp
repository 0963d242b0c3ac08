#include "auth/token_file.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/token_text.hpp"
#include "box/error.hpp"
#include "support/private_file.hpp"

namespace box {
namespace {

/// Ours has less than a third of it.
constexpr std::size_t contentLimit = 64UL * 1024;
constexpr mode_t ownersOnly = 0600;

/// `what`: "the token file '/a/b' cannot be read".
[[noreturn]] void fail(const std::string& what, int error, std::string_view remedy = {}) {
  ErrorDetails details;
  details.cause = error_code(error, boost::system::system_category());
  details.context = what + ": " + std::generic_category().message(error);
  if (!remedy.empty()) details.context.append("; ").append(remedy);
  const bool local = error == EMFILE || error == ENFILE || error == ENOMEM;
  throw BoxSdkError(local ? Errc::localResource : Errc::tokenUnavailable, details);
}

[[noreturn]] void refuse(std::string what) { throw BoxSdkError(Errc::tokenUnavailable, std::move(what)); }

bool isOurs(const struct stat& status) noexcept { return status.st_uid == ::geteuid() || status.st_uid == 0; }

/// A system call, again where a signal came in between.
template <class Call>
auto persistently(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const noexcept { return number_; }
  bool isOpen() const noexcept { return number_ >= 0; }

 private:
  int number_;
};

}  // namespace

// ----------------------------------------------------------------------------------------------------------------- Folder

class TokenFile::Folder {
 public:
  explicit Folder(const TokenFile& file) : Folder(file, open(file)) {
    if (!descriptor_.isOpen()) failToOpen();
  }

  /// None where it does not exist.
  static std::optional<Folder> find(const TokenFile& file) {
    Folder folder(file, open(file));
    if (folder.descriptor_.isOpen()) return folder;
    if (errno == ENOENT) return std::nullopt;
    folder.failToOpen();
  }

  int number() const noexcept { return descriptor_.number(); }

  /// Others who may write here could put a file of theirs in the token's place. A folder such as /tmp, where each may
  /// rename and remove only what is his own (the sticky bit), will do.
  void requireSafe() const {
    struct stat status {};
    if (::fstat(number(), &status) != 0) fail(quoted() + " cannot be looked at", errno);
    if (!isOurs(status)) {
      refuse(quoted() + " belongs to another user, who could replace what is in it; choose one that is yours");
    }
    if ((status.st_mode & 022) != 0 && (status.st_mode & S_ISVTX) == 0) {
      refuse(quoted() + " may be written to by others, who could replace what is in it; run chmod go-w on it");
    }
  }

  /// What stands there: of a link, the link itself. None where there is nothing.
  std::optional<struct stat> look(const std::string& name) const {
    struct stat status {};
    if (::fstatat(number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
    if (errno == ENOENT) return std::nullopt;
    fail("the file " + quotedPath(name) + " in " + quoted() + " cannot be looked at", errno);
  }

  /// Behind this, the names in it are on the disk.
  void sync() const {
    if (persistently([this] { return ::fsync(number()); }) == 0) return;
    if (errno == EINVAL) return;  // a file system that knows no such thing
    fail(quoted() + " cannot be written to the disk", errno);
  }

 private:
  Folder(const TokenFile& file, int number) noexcept : file_(&file), descriptor_(number) {}

  static int open(const TokenFile& file) {
    return persistently([&] { return ::open(file.folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  }

  [[noreturn]] void failToOpen() const {
    const int error = errno;
    fail(quoted() + " cannot be opened", error, error == ENOENT ? "create it, with mode 0700" : "");
  }

  std::string quoted() const { return "the folder " + quotedPath(file_->folder_) + " of the token file"; }

  const TokenFile* file_;
  Descriptor descriptor_;
};

// ---------------------------------------------------------------------------------------------------------------- NewFile

/// A file beside the token's, which takes its place or goes.
class TokenFile::NewFile {
 public:
  NewFile(const TokenFile& file, const Folder& folder) : file_(file), folder_(folder), descriptor_(create()) {}
  ~NewFile() {
    if (!name_.empty()) ::unlinkat(folder_.number(), name_.c_str(), 0);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::string_view text) {
    // The process's umask may have taken bits away from the owner.
    if (::fchmod(descriptor_.number(), ownersOnly) != 0) failToWrite();
    while (!text.empty()) {
      const ssize_t written = persistently([&] { return ::write(descriptor_.number(), text.data(), text.size()); });
      if (written < 0) failToWrite();
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (persistently([&] { return ::fsync(descriptor_.number()); }) != 0) failToWrite();
  }

  void takePlace() {
    if (::renameat(folder_.number(), name_.c_str(), folder_.number(), file_.name_.c_str()) != 0) failToWrite();
    name_.clear();
    folder_.sync();
  }

 private:
  [[noreturn]] void failToWrite() const { fail(file_.quoted() + " cannot be written", errno); }

  int create() {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    std::uint64_t random = 0;
    if (::getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) failToWrite();
    std::array<char, 24> suffix{};
    std::snprintf(suffix.data(), suffix.size(), ".%016llx.new", static_cast<unsigned long long>(random));
    std::string name = file_.name_ + suffix.data();
    const int number = persistently([&] { return ::openat(folder_.number(), name.c_str(), flags, ownersOnly); });
    if (number < 0) failToWrite();
    name_ = std::move(name);
    return number;
  }

  const TokenFile& file_;
  const Folder& folder_;
  std::string name_;  // empty: it has gone; before descriptor_, whose making sets it
  Descriptor descriptor_;
};

// -------------------------------------------------------------------------------------------------------------- TokenFile

TokenFile::TokenFile(std::string path) : path_(std::move(path)) {
  const std::size_t slash = path_.rfind('/');
  name_ = path_.substr(slash + 1);
  if (slash == std::string::npos) {
    folder_ = ".";
  } else {
    folder_ = path_.substr(0, slash == 0 ? 1 : slash);
  }
  if (path_.empty()) throw BoxSdkError(Errc::invalidConfiguration, "the path of the token file is empty");
  if (path_.find('\0') != std::string::npos) {
    throw BoxSdkError(Errc::invalidConfiguration, "the path of the token file has a NUL in it: " + quotedPath(path_));
  }
  if (name_.empty() || name_ == "." || name_ == "..") {
    throw BoxSdkError(Errc::invalidConfiguration,
                      "the path of the token file is a folder's: " + quotedPath(path_) + "; add a file's name");
  }
}

std::string TokenFile::quoted() const { return "the token file " + quotedPath(path_); }

std::string TokenFile::quotedLockPath() const { return quotedPath(path_ + ".lock"); }

std::shared_ptr<const AccessToken> TokenFile::read() const {
  const std::optional<Folder> folder = Folder::find(*this);
  if (!folder) return nullptr;
  folder->requireSafe();
  Secret text;
  try {
    text = readPrivateFile(path_, contentLimit, Links::refuse);
  } catch (const BoxSdkError& error) {
    refuse("the token file " + error.details().context);
  } catch (const std::system_error& error) {
    if (error.code().value() == ENOENT) return nullptr;
    fail(quoted() + " cannot be read", error.code().value());
  }
  std::shared_ptr<const AccessToken> token = decodeToken(text.reveal());
  if (!token) refuse(quoted() + " does not hold what is stored there; remove it and sign in again");
  return token;
}

void TokenFile::replace(const AccessToken& token) const {
  const Folder folder(*this);
  folder.requireSafe();
  requireReplaceable(folder);
  NewFile file(*this, folder);
  file.write(encodeToken(token).reveal());
  file.takePlace();
}

void TokenFile::remove() const {
  const std::optional<Folder> folder = Folder::find(*this);
  if (!folder) return;
  requireReplaceable(*folder);
  if (::unlinkat(folder->number(), name_.c_str(), 0) != 0) {
    if (errno == ENOENT) return;
    fail(quoted() + " cannot be removed", errno);
  }
  folder->sync();
}

/// What is no token file is somebody's mistake, and not ours to remove: the token may be where the link leads to.
void TokenFile::requireReplaceable(const Folder& folder) const {
  const std::optional<struct stat> status = folder.look(name_);
  if (!status) return;
  if (S_ISLNK(status->st_mode)) {
    refuse(quoted() + " is a symbolic link, which is not followed here; name the file itself");
  }
  if (!S_ISREG(status->st_mode)) refuse(quoted() + " is no regular file; choose another path");
  if (!isOurs(*status)) {
    refuse(quoted() +
           " belongs to another user; have it belong to the user that runs this program, or choose another path");
  }
}

std::shared_ptr<void> TokenFile::tryLock() const {
  constexpr int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  const std::string name = name_ + ".lock";
  const std::string quotedLock = "the lock file " + quotedLockPath();
  const Folder folder(*this);
  folder.requireSafe();
  for (;;) {
    Descriptor lock(persistently([&] { return ::openat(folder.number(), name.c_str(), flags, ownersOnly); }));
    if (!lock.isOpen()) {
      if (errno == ELOOP) refuse(quotedLock + " is a symbolic link, which is not followed here; remove it");
      fail(quotedLock + " cannot be opened", errno);
    }
    struct stat status {};
    if (::fstat(lock.number(), &status) != 0) fail(quotedLock + " cannot be looked at", errno);
    if (!S_ISREG(status.st_mode)) refuse(quotedLock + " is no regular file; remove it");
    if (!isOurs(status)) refuse(quotedLock + " belongs to another user, who could keep it; remove it");
    // Whoever may open it may lock it.
    if (status.st_uid == ::geteuid() && (status.st_mode & 07777) != ownersOnly &&
        ::fchmod(lock.number(), ownersOnly) != 0) {
      fail("the mode of " + quotedLock + " cannot be set", errno);
    }
    if (persistently([&] { return ::flock(lock.number(), LOCK_EX | LOCK_NB); }) != 0) {
      if (errno == EWOULDBLOCK) return nullptr;
      fail(quotedLock + " cannot be locked", errno);
    }
    // We never remove it, but somebody may have, since it was opened: that lock would keep nobody out.
    const std::optional<struct stat> current = folder.look(name);
    if (current && current->st_dev == status.st_dev && current->st_ino == status.st_ino) {
      return std::make_shared<Descriptor>(std::move(lock));
    }
  }
}

}  // namespace box
