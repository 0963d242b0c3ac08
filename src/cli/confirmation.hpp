#pragma once

#include <string>

#include "cli/arguments.hpp"

namespace box::cli {

/// Whether the operator has to confirm the run. *Errors*: UsageError where standard input is not a terminal, so that
/// nobody can be asked.
bool mustAsk(const TerminateArguments& arguments);
/// Asks at the terminal. Gives the line that was typed after the question, or the part of it before the end of input.
/// *Errors*: FileError where the program has no terminal.
std::string answerTo(const std::string& question);

}  // namespace box::cli
