#pragma once

#include <string_view>

#include <box/client.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

/// The client of a command that ends sessions.
namespace box::cli {

NetworkSession makeSession(const TerminateArguments& arguments, const Console& console);
/// A client for calls that end sessions, with the user as whom it acts and whether Box sends notifications.
BoxClient withCallSettings(const TerminateArguments& arguments, BoxClient client);

/// The host, and the port if given, of a base URL that the library has accepted.
std::string_view hostOf(std::string_view baseUrl);

}  // namespace box::cli
