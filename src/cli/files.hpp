#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <box/support/private_file.hpp>

namespace box::cli {

/// A file cannot be used as the operator asked; what() names the file and the reason.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Output could not be written, for instance because the disk is full or its reader has ended.
class OutputLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A path in quotes, for a message.
std::string shownPath(const std::string& path);

/// Writes text to a descriptor completely and without buffering. Does not own the descriptor.
class Output {
 public:
  explicit Output(int descriptor) noexcept : descriptor_(descriptor) {}
  /// *Errors*: OutputLost.
  void write(std::string_view text) const;

 private:
  int descriptor_;
};

/// Whether a path may name a pipe where a file is to be read.
enum class Pipes { refuse, read };

/// Reads a file, or standard input where the path is "-". A descriptor that was open when the program started, such as
/// <(...), may always be a pipe.
class Input {
 public:
  /// Opens the file. A named pipe without a writer gets a few seconds for a writer to open it. *Errors*: FileError.
  explicit Input(const std::string& path, Pipes pipes = Pipes::refuse);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// The input's name for messages.
  const std::string& name() const noexcept { return name_; }
  int descriptor() const noexcept { return descriptor_; }
  bool isTerminal() const noexcept;
  /// Reads some bytes; gives 0 at the end. *Errors*: FileError.
  std::size_t read(std::span<char> buffer);

 private:
  void awaitWriter(const std::string& path);

  std::string name_;
  int descriptor_;
  bool owned_;
  std::optional<char> first_;  // the byte that was read to see whether a pipe has a writer
};

/// A path in the form of the standard library. The program's own paths are in UTF-8, also on Windows.
std::filesystem::path filePath(const std::string& path);
/// The absolute form of a path, in UTF-8.
std::string absolutePath(const std::string& path);
/// Whether a file is there, if only a link that leads nowhere.
bool exists(const std::string& path);
bool isRegularFile(const std::string& path);
void removeFile(const std::string& path) noexcept;

/// Whether the path names a descriptor that was open when the program started; see inheritedDescriptor().
bool isInherited(const std::string& path);

/// Reads a whole file of at most `limit` bytes. *Errors*: FileError.
std::string readWholeFile(const std::string& path, std::size_t limit);

/// Replaces a file in one step, so that nobody sees a part of it; box::replaceFile() has the rules. Where the path is a
/// descriptor that was open when the program started, such as >(...), writes to that. *Errors*: FileError.
void writeFile(const std::string& path, std::string_view content, Readers readers);

/// Writes to the end of a regular file, which must be there. *Errors*: FileError.
void appendToFile(const std::string& path, std::string_view content);

/// Whether the disk of a file has room for so many bytes more. True where the system does not say.
bool hasRoom(const std::string& path, std::uint64_t bytes);

/// Refuses to overwrite a file that this program has not written. An existing file must be empty or begin with one of
/// `beginnings`, as files of earlier runs do. *Errors*: FileError.
void requireReplaceable(const std::string& path, std::span<const std::string_view> beginnings);

/// Checks that a file readable by its owner only can be written there, and that the disk has room for the beginning of
/// one, and leaves no file. *Errors*: FileError.
void requireWritable(const std::string& path);

/// Creates a file with an unused name in the directory for temporary files and gives its path. *Errors*: FileError.
std::string makeTemporaryFile(std::string_view prefix, std::string_view suffix, std::string_view content);

}  // namespace box::cli
