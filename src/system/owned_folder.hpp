#pragma once

#include <memory>
#include <string>

#include "system/file_descriptor.hpp"
#include "system/owned_file.hpp"

namespace box::inline v0_1 {

/// The folder of an OwnedFile. It is opened first, and all later steps use what was opened, so that the folder that was
/// checked is the one that is used. Functions that return false say in errno what has failed; all others throw the
/// error of the file.
class OwnedFile::Folder {
 public:
  explicit Folder(const OwnedFile& file);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// Refuses a folder in which other users could replace the file.
  void requireSafe() const;
  /// Refuses a path that is a link, a pipe or a folder. It is there by mistake and must not be removed; a link, for
  /// example, may lead to the real content.
  void requireReplaceable() const;
  /// Whether there is something with that name. A symbolic link counts, wherever it leads.
  bool has(const std::string& name) const;
  Descriptor open(Access access) const;
  /// Opens or makes a private file with that name, and locks it. The descriptor is closed if another process has the
  /// lock.
  Descriptor openLocked(const std::string& name) const;
  /// A file that does not exist counts as removed.
  bool remove(const std::string& name) const;
  enum class Place { any, free };  // free: no file may have the new name; otherwise errno is EEXIST
  bool rename(const std::string& from, const std::string& to, Place place) const;
  /// Makes the names in the folder durable.
  void sync() const;

 private:
  struct Opened;

  std::string quoted() const { return "its folder " + quotedPath(file_.folder_); }

  const OwnedFile& file_;
  std::unique_ptr<const Opened> opened_;
};

/// False: errno says why not.
bool letEverybodyRead(const Descriptor& file) noexcept;

}  // namespace box::inline v0_1
