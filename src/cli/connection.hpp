#pragma once

#include <box/network/session.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace box::cli {

/// How much the operator is told of what happens on the network.
enum class Narration { none, waits, everything };

/// The settings that the arguments name. Reads the proxy's password. *Errors*: UsageError, FileError, BoxSdkError where one is
/// unusable.
NetworkSession makeSession(const ConnectionArguments& arguments, Narration narration, const Console& console);

}  // namespace box::cli
