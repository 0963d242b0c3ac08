#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

/// Files, pipes and terminals by their descriptors. A shell, a job runner or ssh may have made an inherited descriptor
/// non-blocking and shares that setting with us, so we do not change it: we wait where a descriptor is not ready.
namespace box::cli {

/// Reads at least one byte; gives 0 at the end. *Errors*: std::system_error.
std::size_t readSome(int descriptor, std::span<char> buffer);

/// Reads at a position of a file, until the buffer is full or the file ends. *Errors*: std::system_error.
std::size_t readAt(int descriptor, std::span<char> buffer, std::uint64_t position);

/// Reads what a pipe has. 0: no process can write to it. No value: it is empty, or reading has failed.
std::optional<std::size_t> readNow(int descriptor, std::span<char> buffer) noexcept;

/// Writes the whole text. *Errors*: std::system_error.
void writeAll(int descriptor, std::string_view text);

/// Why a file or the output could not be written, with a remedy where one is known.
std::string whyNotWritten(const std::error_code& error);

/// Opens a file, never waiting for a pipe's writer. -1: errno says why not.
int openToRead(const std::string& path) noexcept;

/// Whether this user may read the file. A pipe of POSIX is not opened, because its writer would take that for a reader.
/// False: errno says why not.
bool mayRead(const std::string& path) noexcept;

/// Whether two paths name the same file, also where it is a pipe or a device.
bool isSameFile(const std::string& one, const std::string& other) noexcept;

/// Opens a file for appending, also reading it, or makes one for its owner only. A symbolic link is not followed. -1:
/// errno says why not.
int openToAppend(const std::string& path) noexcept;

/// Makes a file for its owner only, with a name that no file has: `path` with its XXXXXX before `suffix` replaced. -1:
/// errno says why not.
int makeTemporary(std::string& path, std::string_view suffix) noexcept;

void closeDescriptor(int descriptor) noexcept;

enum class FileKind : std::uint8_t { regular, pipe, other };
FileKind kindOf(int descriptor) noexcept;

/// The size of a file; no value where the system does not say.
std::optional<std::uint64_t> sizeOf(int descriptor) noexcept;

bool isTerminal(int descriptor) noexcept;

/// Who can have written an open file.
struct Writers {
  enum class Owner : std::uint8_t { thisUser, system, another };  // system: root, or Windows' administrators
  Owner owner = Owner::another;
  bool others = true;  ///< whether others than its owner may write to it
};
Writers writersOf(int descriptor) noexcept;

/// How others are kept from writing to a file, for an operator: "chmod go-w 'file'". The path is printable.
std::string remedyForWriters(const std::string& path);

/// The descriptor that a path names, as with <(...), >(...) and standard input: it was open when the program started.
/// -1 where the path names a file.
int inheritedDescriptor(const std::string& path);

/// Opens an existing file, not a link, to lock it. -1: errno says why not.
int openToLock(const std::string& path) noexcept;

/// Locks the file against others who call this, until the descriptor is closed; locks of the library do not count.
/// False: errno says why not, EWOULDBLOCK where another has locked it.
bool lockForFollowing(int descriptor) noexcept;

}  // namespace box::cli
