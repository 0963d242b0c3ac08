#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/files.hpp"

namespace box::cli {

/// Whether the terminal shows what is typed.
enum class Typing { shown, hidden };

/// Shows the prompt at the terminal at which the program was started, even if its standard streams are redirected, and
/// reads a line into `room`. What was typed before is dropped. Gives the number of bytes, with the end of the line if
/// it was read. A signal first restores the terminal's settings; while a secret is typed it then ends the program. An
/// operator who stops the program (Ctrl-Z) and continues it is asked again. 0: there was no answer. No value: the
/// terminal cannot hide what is typed. *Errors*: FileError where there is no terminal, OutputLost.
std::optional<std::size_t> readTypedLine(std::string_view prompt, std::span<char> room, Typing typing);

/// Whether standard error is a terminal that can show a line anew.
bool canShowStatus() noexcept;
/// How many characters a line of status can have there.
std::size_t statusColumns() noexcept;

/// Whether standard input is a terminal.
bool inputIsTerminal() noexcept;

/// How an operator ends what is typed: "Ctrl-D at the beginning of a line".
std::string_view endOfTyping() noexcept;

}  // namespace box::cli
