#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <cerrno>
#include <sys/types.h>

#include "box/support/secret.hpp"
#include "support/fork.hpp"

namespace box::inline v0_1 {

/// A path for an error's text: in quotes, without characters that could move a terminal's cursor.
std::string quotedPath(const std::string& path);

/// Makes a system call, and again where a signal interrupted it.
template <class Function>
auto persistently(Function call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// An open descriptor, closed with the object.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept
      : number_(std::exchange(other.number_, -1)), unshared_(std::move(other.unshared_)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    std::swap(unshared_, other.unshared_);
    return *this;
  }
  ~Descriptor();

  int number() const noexcept { return number_; }
  bool isOpen() const noexcept { return number_ >= 0; }

  /// Locks the open file for this process until the object is destroyed or the process ends. False: errno says why it
  /// is not locked. flock(2) gives the lock to the open file, of which a forked child has a copy that would keep it; in
  /// the child the number therefore leads nowhere.
  bool tryLock();

 private:
  int number_;
  UnsharedDescriptor unshared_;  // while it is locked
};

/// A file that no other user may have made, changed or read. All files of secrets, tokens, lists and journals are used
/// through this class.
///
/// It is a regular file of this process's user or root, and no symbolic link. Its folder is opened first, and what
/// follows goes through that descriptor, so that the folder that was checked is the one that is used. *Errors* of all:
/// as in box/support/private_file.hpp. Every function blocks.
class OwnedFile {
 public:
  static constexpr mode_t ownersOnly = 0600;

  /// Whether the user's own group may write to the folder: the group that many systems make for each user, with an
  /// umask to match (0002). It may for lists and journals, but not for tokens and secrets.
  enum class OwnGroup { mayNotWrite, mayWrite };

  explicit OwnedFile(std::string path, OwnGroup ownGroup = OwnGroup::mayNotWrite);

  const std::string& path() const noexcept { return path_; }
  /// The file of that name with `suffix` after it.
  OwnedFile with(std::string_view suffix) const { return OwnedFile(path_ + std::string(suffix), ownGroup_); }

  /// The content of a private file of at most `limit` bytes.
  Secret read(std::size_t limit) const;
  /// Opens a private file that exists. `access`: O_RDONLY, or O_RDWR with O_APPEND.
  Descriptor open(int access) const;
  /// Makes the file, or replaces it, in one step that a crash does not undo. Where it fails, the old content stays,
  /// whole.
  void replace(std::string_view content, mode_t mode = ownersOnly) const;
  /// Makes a private file, wholly or not at all: opened to append to, and locked. Where the path exists already,
  /// cause() is EEXIST.
  Descriptor create(std::string_view content) const;
  /// Removes the file, and what a killed process left of its replacement; does nothing where neither exists.
  void remove() const;
  /// Removes what a killed process left of its replacement, unless another one is writing that now. Where it cannot
  /// remove it, it leaves it there: the next replacement reports why.
  void removeLeftover() const noexcept;
  /// Makes an empty private file where there is none, and locks it until the descriptor is closed. A closed descriptor:
  /// another holder has the lock.
  Descriptor tryLock() const;

  /// What else may be done with an open file. `open`: by open() or create().
  void lock(Descriptor& open) const;  ///< cause() is EWOULDBLOCK where another one holds the lock
  /// Refuses what is not a regular file of this user's or root's, or not private.
  void requirePrivate(int descriptor) const;
  Secret readAll(int descriptor, std::size_t limit) const;

  /// Something is wrong with the file: throws. `remedy` begins with a verb.
  [[noreturn]] void refuse(std::string_view reason) const;
  [[noreturn]] void fail(std::string_view what, int error, std::string_view remedy = {}) const;

 private:
  class Folder;
  class NewFile;

  /// The name that content has until it is whole. One for each file, so that a killed process leaves one at most.
  std::string newName() const;
  Descriptor openLocked(const Folder& folder, const std::string& name, int flags) const;
  void requireReplaceable(const Folder& folder) const;

  std::string path_;
  std::string folder_, name_;  // the path's two parts
  OwnGroup ownGroup_;
};

}  // namespace box::inline v0_1
