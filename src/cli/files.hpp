#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

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

/// Writes to a descriptor at once and wholly; owns nothing.
class Output {
 public:
  explicit Output(int descriptor) noexcept : descriptor_(descriptor) {}
  /// *Errors*: OutputLost.
  void write(std::string_view text) const;

 private:
  int descriptor_;
};

/// A file, or standard input where the path is "-", for reading.
class Input {
 public:
  /// *Errors*: FileError.
  explicit Input(const std::string& path);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// For messages.
  const std::string& name() const noexcept { return name_; }
  int descriptor() const noexcept { return descriptor_; }
  bool isTerminal() const noexcept;
  /// Reads some bytes; 0 at the end. *Errors*: FileError.
  std::size_t read(std::span<char> buffer);
  /// *Errors*: FileError where others than the owner may read or change it, though it holds a `secret` (its name,
  /// for messages). Pipes, and what was open already, are let be.
  void requirePrivate(std::string_view secret) const;

 private:
  std::string name_;
  int descriptor_;
  bool owned_;
};

/// Whether the path is standard input, or a descriptor that was open when the program started: <(...).
bool isInherited(const std::string& path);

/// The whole of a file of at most `limit` bytes. *Errors*: FileError.
std::string readWholeFile(const std::string& path, std::size_t limit);

/// Replaces a file by one step, so that nobody ever sees half of it; what is no regular file (a pipe, a
/// device) is just written to. `mode`: the permissions of the file. *Errors*: FileError.
void replaceFile(const std::string& path, std::string_view content, unsigned mode);

/// Creates a file of an unused name in the directory for
/// temporary files and gives its path. *Errors*: FileError.
std::string makeTemporaryFile(std::string_view prefix, std::string_view suffix, std::string_view content);

}  // namespace box::cli
