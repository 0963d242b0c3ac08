#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "box/support/export.hpp"
#include "box/support/secret.hpp"

/// Files that nobody else may have made, changed or read. FileTokenStorage, FileJournal, JwtConfig and the program keep
/// to these rules; they are public for storages and journals of your own.
///
/// *Errors* of all: BoxSdkError with Errc::invalidConfiguration, or localResource without descriptors or memory. The
/// text begins with the path in quotes and ends with the remedy; cause() is the system's own error where there is one
/// (ENOENT). They block on the disk, and never on a pipe.
namespace box {

/// What to do where a path names a symbolic link.
enum class Links : std::uint8_t {
  follow,  ///< the file to which it leads is read
  refuse,  ///< it is an error, and the folder is checked
};

/// The content of a regular file of at most `limit` bytes that belongs to this process's user or to root, and that
/// nobody but its owner may use (no bit of mode 077). Where links are refused, its folder is one in which nobody else
/// can replace it: it belongs to this user or root, and others may not write to it, or it has the sticky bit. The
/// content is in no buffer but the Secret's when this returns.
BOX_API Secret readPrivateFile(const std::string& path, std::size_t limit, Links links);

/// Who may read a file that is written.
enum class Readers : std::uint8_t {
  owner,      ///< mode 0600
  everybody,  ///< mode 0644
};

/// Makes a file with this content, or replaces it, in one step that a crash does not undo. The mode is 0600 or 0644.
///
/// Whatever stands at `path` must be a regular file of this user's or root's: no symbolic link, pipe or device. For
/// Readers::owner the folder must be one in which nobody else can replace the file; the user's own group may write to
/// it, as where the umask is 0002: its number is the user's and it has no further members. For Readers::everybody a
/// pipe with a reader and a device are written to; they must belong to this user or root as well. While it is written,
/// the content is in a file of the same name with ".box-sessions-new" after it, which the next call replaces where this
/// process is killed.
BOX_API void replaceFile(const std::string& path, std::string_view content, Readers readers);

}  // namespace box
