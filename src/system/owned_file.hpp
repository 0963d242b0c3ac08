#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "box/support/private_file.hpp"
#include "box/support/secret.hpp"
#include "system/file_descriptor.hpp"

namespace box::inline v0_1 {

/// A path in quotes for the text of an error, without characters that could move the cursor of a terminal.
std::string quotedPath(const std::string& path);

/// A file that no other user can have made, changed or read. All files of secrets, tokens and journals are used through
/// this class.
///
/// It must be a regular file of this process's user or root, not a symbolic link. Its folder is opened first, and all
/// later steps use that descriptor, so that the folder that was checked is the one that is used. *Errors* of all
/// functions: as in box/support/private_file.hpp. Every function blocks.
class OwnedFile {
 public:
  /// Whether the user's own group may write to the folder. Many systems make such a group for each user, and use the
  /// umask 0002. It is allowed for lists and journals, but not for tokens and secrets.
  enum class OwnGroup { mayNotWrite, mayWrite };

  explicit OwnedFile(std::string path, OwnGroup ownGroup = OwnGroup::mayNotWrite);

  const std::string& path() const noexcept { return path_; }
  /// The file whose path has `suffix` appended.
  OwnedFile with(std::string_view suffix) const { return OwnedFile(path_ + std::string(suffix), ownGroup_); }

  /// Reads a private file of at most `limit` bytes.
  Secret read(std::size_t limit) const;
  /// Reads a private file to which the path may lead by symbolic links. The folder is not checked.
  Secret readWhereLinksLead(std::size_t limit) const;
  enum class Access : std::uint8_t { read, append };  // append: reading, too
  /// Opens an existing private file.
  Descriptor open(Access access) const;
  /// Makes the file, or replaces it, in one step; a crash after it does not bring back the old content. If it fails,
  /// the whole old content stays, or, where only the folder cannot be written to the disk, the whole new content is
  /// there and a crash may bring back the old one.
  void replace(std::string_view content, Readers readers = Readers::owner) const;
  /// Writes to the path, if it is a pipe that another process reads, or a device. False: it is neither.
  bool writeToSpecialFile(std::string_view content) const;
  /// Makes a private file, wholly or not at all, and opens it for appending, locked. If the path exists already,
  /// cause() is EEXIST.
  Descriptor create(std::string_view content) const;
  /// Removes the file, and what removeLeftover() removes. Does nothing if neither exists.
  void remove() const;
  /// Removes the file that a killed replace() may have left, unless another process is writing it now. If it cannot be
  /// removed, nothing is reported here; the next replace() reports the reason.
  void removeLeftover() const noexcept;
  /// Makes an empty private file if it is missing, and locks it until the returned descriptor is closed. The descriptor
  /// is closed already if another process has the lock.
  Descriptor tryLock() const;

  /// Locks an open file, which open() or create() has returned.
  void lock(Descriptor& open) const;  ///< cause() is EWOULDBLOCK if another process holds the lock
  /// These throw the error for a file that cannot be used. `remedy` must begin with a verb.
  [[noreturn]] void refuse(std::string_view reason) const;
  [[noreturn]] void fail(std::string_view what, int error, std::string_view remedy = {}) const;

 private:
  class Folder;
  class NewFile;

  /// Divides the path into the folder and the name.
  void split();
  /// Refuses a file that is not regular, does not belong to this user or root, or is not private.
  void requirePrivate(const Descriptor& file) const;
  Secret readAll(const Descriptor& file, std::size_t limit) const;
  /// Refuses a path that is a link, a pipe or a folder. It is there by mistake and must not be removed; a link, for
  /// example, may lead to the real content.
  void requireReplaceable(const Folder& folder) const;
  /// Opens or makes a private file with that name, and locks it. The descriptor is closed if another process has the
  /// lock.
  Descriptor openLocked(const Folder& folder, const std::string& name) const;
  /// The name of a new file until its content is complete. Each file has only one such name, so that killed processes
  /// leave at most one such file.
  std::string newName() const;

  std::string path_;
  std::string folder_, name_;  // the two parts of the path
  OwnGroup ownGroup_;
};

}  // namespace box::inline v0_1
