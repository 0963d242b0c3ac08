#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "system/file_descriptor.hpp"
#include "system/owned_file.hpp"

namespace box::inline v0_1 {

/// What the system knows about a file.
struct FileStatus {
  enum class Kind : std::uint8_t { regular, link, other };
  Kind kind = Kind::other;
  bool isOurs = false;     ///< whether it belongs to this process's user, or to one who may do everything anyway
  bool isPrivate = false;  ///< whether only its owner may use it
  bool isAsMade = false;   ///< whether it is private and its owner may use it; true if the rights cannot be set
  std::uint64_t names = 1;
  std::pair<std::uint64_t, std::uint64_t> id{};  ///< equal for two names of one file
};

/// The status of an open file; unset: errno says why not.
std::optional<FileStatus> statusOf(const Descriptor& file) noexcept;
/// Lets only the owner use the file. False: errno says why not.
bool makePrivate(const Descriptor& file);
/// What others may do with a file that is not private, and the remedy, for an error about the file at `path`.
std::string othersMayUse(const Descriptor& file, const std::string& path);

/// The folder of an OwnedFile. It is opened first, and all later steps use what was opened, so that the folder that was
/// checked is the one that is used. Functions that return false or a closed descriptor say in errno what has failed;
/// all others throw the error of the file.
class OwnedFile::Folder {
 public:
  explicit Folder(const OwnedFile& file);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// Refuses a folder in which other users could replace the file.
  void requireSafe() const;
  /// The status of the file with that name. A symbolic link is not followed. Unset: there is no such file.
  std::optional<FileStatus> look(const std::string& name) const;
  /// Opens the file. A symbolic link is not followed, and a pipe is not waited for.
  Descriptor open(const std::string& name, Access access) const;
  /// Opens the file for reading and appending. If it does not exist, a private file is made.
  Descriptor openOrMake(const std::string& name) const;
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
bool letEverybodyRead(const Descriptor& file);

}  // namespace box::inline v0_1
