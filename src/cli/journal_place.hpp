#pragma once

#include <string>

#include "cli/entries.hpp"

namespace box::cli {

/// A path for the journal of a run that was given none, with the date in its name:
/// "$XDG_STATE_HOME/box-sessions/users-2026-11-29-051234-9f3c21ab.journal", otherwise below ~/.local/state. Makes the
/// folder, for its owner alone, where it is not there. *Errors*: FileError, also where neither place is known.
std::string newJournalPath(Target target);

}  // namespace box::cli
