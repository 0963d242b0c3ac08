#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "box/support/export.hpp"
#include "box/support/secret.hpp"

/// Files that no other user may have made, changed or read. FileTokenStorage, FileJournal, JwtConfig and the program
/// keep to these rules; they are public for storages and journals of your own.
///
/// *Errors* of all: BoxSdkError with Errc::invalidConfiguration, or localResource without descriptors or memory. The
/// text begins with the path in quotes and ends with the remedy; cause() is the system's own error where there is one
/// (ENOENT). They block on the disk, and never on a pipe.
namespace box::inline v0_1 {

/// What to do if a path names a symbolic link.
enum class Links : std::uint8_t {
  follow,  ///< the file to which it leads is read
  refuse,  ///< it is an error, and the folder is checked
};

/// The content of a regular file of at most `limit` bytes that belongs to this process's user or to root, and that
/// nobody but its owner may use (no bit of mode 077). Where links are refused, no other user may be able to replace the
/// file in its folder: the folder belongs to this user or root, and others may not write to it, or it has the sticky
/// bit. When this returns, only the Secret has the content; no other buffer has a copy.
BOX_API Secret readPrivateFile(const std::string& path, std::size_t limit, Links links);

/// Who may read a file that is written.
enum class Readers : std::uint8_t {
  owner,      ///< mode 0600
  everybody,  ///< mode 0644
};

/// Makes a file with this content, or replaces one, in one step that a crash does not undo. The mode is 0600 or 0644.
///
/// If `path` exists, it must be a regular file of this user or root, not a symbolic link, pipe or device. For
/// Readers::owner no other user may be able to replace the file in its folder. The user's own group may write to the
/// folder, as where the umask is 0002; its own group is the one whose number is the user's and which has no further
/// members. For Readers::everybody a pipe with a reader and a device are written to; they must belong to this user or
/// root as well. While it is written, the content is in a file of the same name with ".box-sessions-new" appended; if
/// this process is killed, the next call replaces that file.
BOX_API void replaceFile(const std::string& path, std::string_view content, Readers readers);

}  // namespace box::inline v0_1
