#pragma once

#include <string>

#include "cli/entries.hpp"

namespace box::cli {

/// The folder of the journals for which the operators named no file. *Errors*: FileError where it is not known.
std::string journalFolder();

/// The path for the journal of a run for which the operator named none. Its name has the date:
/// "$XDG_STATE_HOME/box-sessions/users-2026-11-29-051234-9f3c21ab.journal", with ~/.local/state in place of a missing
/// variable. Creates the folder, for its owner only, where it is missing. *Errors*: FileError, also where neither
/// folder is known.
std::string newJournalPath(Target target);

}  // namespace box::cli
