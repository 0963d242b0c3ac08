#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "box/support/export.hpp"
#include "box/support/secret.hpp"

/// Files that no other user can have made, changed or read. FileJournal and JwtConfig keep these rules, and
/// FileTokenStorage keeps stricter ones; the functions are public for storages, journals and other files of your own.
///
/// *Errors* of all functions: BoxSdkError with Errc::invalidConfiguration, or with Errc::localResource where the system
/// has no descriptors or memory. The text begins with the path in quotes, and ends with the remedy where one is known;
/// cause() is the system's own error where there is one (ENOENT). The functions block while they access the disk; they
/// do not block on a pipe, except for replaceFile(), which waits for the reader of a full pipe.
///
/// On Windows paths are in UTF-8, and rights take the place of modes: a private file is one that nobody but this user,
/// the administrators and the system has a right to use, and a folder is safe if nobody else may add or remove files in
/// it. A file for its owner gets rights for this user only, whatever the folder would pass on.
namespace box::inline v0_1 {

/// What to do if a path names a symbolic link.
enum class Links : std::uint8_t {
  follow,  ///< the file to which the link leads is read
  refuse,  ///< a link is an error, and the folder is checked
};

/// Reads a regular file of at most `limit` bytes that belongs to this process's user or to root, and that nobody but
/// its owner may use (no bit of mode 077). Where links are refused, no other user may be able to replace the file in
/// its folder: the folder must belong to this user or root, and others may not write to it, unless it has the sticky
/// bit; the user's own group (its gid equals the uid, and it has no other members) may write to it. When this returns,
/// only the Secret has the content; no other buffer has a copy.
BOX_API Secret readPrivateFile(const std::string& path, std::size_t limit, Links links);

/// Who may read a file that replaceFile() writes.
enum class Readers : std::uint8_t {
  owner,      ///< mode 0600
  everybody,  ///< mode 0644
};

/// Makes a file with this content, or replaces a file, in one step; a crash after it does not bring back the old file.
/// The mode is 0600 or 0644.
///
/// If `path` exists, it must be a regular file of this user or root, not a symbolic link, pipe or device. For
/// Readers::owner no other user may be able to replace the file in its folder. The user's own group may write to the
/// folder, which happens where the umask is 0002. A group is the user's own if it has the same number as the user and
/// no further members. For Readers::everybody `path` may also be a device, or a pipe that another process reads; these
/// must belong to this user or root as well. If the pipe's reader ends, or takes nothing for 30 s when the pipe is
/// full, the function fails, and the reader has only a part of the content; no SIGPIPE is raised. While a file is
/// written, the content is in a file of the same name with ".box-sessions-new" appended; if this process is killed, the
/// next call replaces that file.
BOX_API void replaceFile(const std::string& path, std::string_view content, Readers readers);

}  // namespace box::inline v0_1
