#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <box/support/private_file.hpp>

namespace box::cli {

/// A file cannot be used as asked; what() names it and says why.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What was to be said could not be written: a full disk, a reader that went away.
class OutputLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A path for a message, in quotes.
std::string shownPath(const std::string& path);

/// Writes to a descriptor at once and wholly; owns nothing.
class Output {
 public:
  explicit Output(int descriptor) noexcept : descriptor_(descriptor) {}
  /// *Errors*: OutputLost.
  void write(std::string_view text) const;

 private:
  int descriptor_;
};

/// Whether a named pipe will do where a file is read.
enum class Pipes { refuse, read };

/// A file, or standard input where the path is "-", for reading. What was open when the program started may always be a
/// pipe, such as <(...).
class Input {
 public:
  /// A named pipe that nobody writes to is given a few seconds for its writer to come. *Errors*: FileError.
  explicit Input(const std::string& path, Pipes pipes = Pipes::refuse);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// For messages.
  const std::string& name() const noexcept { return name_; }
  int descriptor() const noexcept { return descriptor_; }
  bool isTerminal() const noexcept;
  /// Reads some bytes; 0 at the end. *Errors*: FileError.
  std::size_t read(std::span<char> buffer);

 private:
  void awaitWriter(const std::string& path);

  std::string name_;
  int descriptor_;
  bool owned_;
  std::optional<char> first_;  // was read to find out whether a pipe has a writer
};

/// The descriptor that was open when the program started and that the path means, as <(...) and >(...) do, or standard
/// input; -1 where the path means a file.
int inheritedDescriptor(const std::string& path);
bool isInherited(const std::string& path);

/// The whole of a file of at most `limit` bytes. *Errors*: FileError.
std::string readWholeFile(const std::string& path, std::size_t limit);

/// Replaces a file in one step, so that nobody ever sees half of it: box::replaceFile() has the rules. A descriptor
/// that was open when the program started, >(...), is written to. *Errors*: FileError.
void writeFile(const std::string& path, std::string_view content, Readers readers);

/// For a file that is rewritten from run to run: refuses one that is there already and that no earlier run has written,
/// which begins with one of `beginnings`, or is empty. *Errors*: FileError.
void requireReplaceable(const std::string& path, std::span<const std::string_view> beginnings);

/// Whether two paths lead to one file.
bool isSameFile(const std::string& one, const std::string& other) noexcept;

/// Tries whether a file for its owner alone could be written there, and leaves nothing. *Errors*: FileError.
void requireWritable(const std::string& path);

/// Creates a file of an unused name in the directory for
/// temporary files and gives its path. *Errors*: FileError.
std::string makeTemporaryFile(std::string_view prefix, std::string_view suffix, std::string_view content);

}  // namespace box::cli
