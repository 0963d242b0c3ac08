#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include <box/client.hpp>
#include <box/network/session.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace box::cli {

/// Which network events the operator is told.
enum class Narration { none, waits, everything };
/// What --quiet and --verbose ask for.
Narration narrationFor(bool quiet, bool verbose) noexcept;

/// The settings that the arguments name. Reads the proxy's password. *Errors*: UsageError, FileError, BoxSdkError where
/// a setting cannot be used.
NetworkSession makeSession(const ConnectionArguments& arguments, Narration narration, const Console& console);

/// A client with these settings. *Errors*: UsageError where the certificates cannot be used.
BoxClient makeClient(const ConnectionArguments& arguments, asio::io_context& context, NetworkSession session,
                     std::shared_ptr<Authentication> authentication);

}  // namespace box::cli
