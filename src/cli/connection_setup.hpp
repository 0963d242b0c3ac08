#pragma once

#include <memory>
#include <string_view>

#include <boost/asio/io_context.hpp>

#include <box/client.hpp>
#include <box/network/session.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace box::cli {

/// The settings that the arguments name. Reads the proxy's password, but not for a run that does not call Box.
/// *Errors*: UsageError, FileError, BoxSdkError where a setting cannot be used.
NetworkSession makeSession(const CallArguments& arguments, const Console& console);
NetworkSession makeSession(const TerminateArguments& arguments, const Console& console);

/// A client with these settings. *Errors*: UsageError where those of --ca cannot be used, BoxSdkError where the
/// system's cannot.
BoxClient makeClient(const ConnectionArguments& arguments, asio::io_context& context, NetworkSession session,
                     std::shared_ptr<Authentication> authentication);

/// The host, and the port if given, of a base URL that the library has accepted.
std::string_view hostOf(std::string_view baseUrl);

}  // namespace box::cli
