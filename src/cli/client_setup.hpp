#pragma once

#include <string>
#include <string_view>

#include <box/client.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

/// What each command that ends sessions prepares before its first call.
namespace box::cli {

/// Whether the operator has to confirm the run. *Errors*: UsageError where standard input is not a terminal, so that
/// nobody can be asked.
bool mustAsk(const TerminateArguments& arguments);
/// Asks at the terminal. Gives the line that was typed after the question, or the part of it before the end of input.
/// *Errors*: FileError where the program has no terminal.
std::string answerTo(const std::string& question);

NetworkSession makeSession(const TerminateArguments& arguments, const Console& console);
/// A client for calls that end sessions, with the user as whom it acts and whether Box sends notifications.
BoxClient withCallSettings(const TerminateArguments& arguments, BoxClient client);

/// The host, and the port if given, of a base URL that the library has accepted.
std::string_view hostOf(std::string_view baseUrl);

}  // namespace box::cli
