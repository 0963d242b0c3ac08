#pragma once

#include <string>
#include <string_view>

#include <box/client.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

/// What every way to end sessions needs before it begins.
namespace box::cli {

/// Whether somebody has to say yes. *Errors*: UsageError where there is nobody to be asked.
bool mustAsk(const TerminateArguments& arguments);
/// Asks at the terminal; the line that was typed after the question, or what there was of it at the end of the input.
/// *Errors*: FileError where there is no terminal.
std::string answerTo(const std::string& question);

NetworkSession makeSession(const TerminateArguments& arguments, const Console& console);
/// The client with the arguments' settings for calls that end sessions: as whom it acts, and whether Box sends mails.
BoxClient withCallSettings(const TerminateArguments& arguments, BoxClient client);

/// The host, and the port where one is given, of a base URL that the library has found good.
std::string_view hostOf(std::string_view baseUrl);

}  // namespace box::cli
