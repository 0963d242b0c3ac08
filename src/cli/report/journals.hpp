#pragma once

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace box::cli {

/// Shows the journals in the folder where runs keep theirs if the operator names no other, the newest first. *Errors*:
/// FileError where this folder is not known or cannot be read.
Exit showJournals(bool json, const Console& console);

}  // namespace box::cli
