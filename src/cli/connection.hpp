#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include <box/client.hpp>
#include <box/network/session.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace box::cli {

/// How much the operator is told of what happens on the network.
enum class Narration { none, waits, everything };

/// The settings that the arguments name. Reads the proxy's password. *Errors*: UsageError, FileError, BoxSdkError where
/// one is unusable.
NetworkSession makeSession(const ConnectionArguments& arguments, Narration narration, const Console& console);

/// The client with these settings. *Errors*: UsageError where the certificates cannot be used.
BoxClient makeClient(const ConnectionArguments& arguments, asio::io_context& context, NetworkSession session,
                     std::shared_ptr<Authentication> authentication);

}  // namespace box::cli
