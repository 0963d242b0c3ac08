#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/files.hpp"

namespace box::cli {

/// The terminal at which the program was started, even if its standard streams are redirected.
class Terminal {
 public:
  /// *Errors*: FileError where the program has no terminal.
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Drops what was typed before.
  void dropInput() const noexcept;
  /// *Errors*: OutputLost.
  void write(std::string_view text) const;
  /// Reads at least one byte; gives 0 at the end. *Errors*: std::system_error.
  std::size_t read(std::span<char> room) const;

 private:
  int in_, out_;
};

/// Shows the prompt at the terminal and reads a line into `room` without showing it. Gives the number of bytes, with
/// the end of the line if it was read. A signal first restores the terminal's settings. An operator who stops the
/// program (Ctrl-Z) and continues it is asked again. 0: there was no answer. No value: the terminal cannot hide what is
/// typed. *Errors*: FileError where there is no terminal.
std::optional<std::size_t> readHiddenLine(std::string_view prompt, std::span<char> room);

/// Whether standard error is a terminal that can show a line anew.
bool canShowStatus() noexcept;
/// How many characters a line of status can have there.
std::size_t statusColumns() noexcept;

/// Whether standard input is a terminal.
bool inputIsTerminal() noexcept;

/// How an operator ends what is typed: "Ctrl-D at the beginning of a line".
std::string_view endOfTyping() noexcept;

}  // namespace box::cli
