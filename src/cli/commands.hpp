#pragma once

#include <box/support/secret.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace box::cli {

/// `box-sessions users` and `groups`. `environmentToken`: used where the arguments name no other; may be
/// empty. *Errors*: UsageError, FileError, BoxSdkError (a setting is unusable): nothing was sent then.
Exit runTerminate(const TerminateArguments& arguments, Secret environmentToken, const Console& console);

/// `box-sessions emulator`: serves until a signal. *Errors*: FileError, OutputLost, std::system_error.
Exit runEmulator(const EmulatorArguments& arguments, const Console& console);

}  // namespace box::cli
