#pragma once

#include <string>

#include "cli/entries.hpp"

namespace box::cli {

/// The folder of the journals that the operator gave no place: $XDG_STATE_HOME/box-sessions, otherwise
/// ~/.local/state/box-sessions. *Errors*: FileError where neither is known.
std::string journalFolder();

/// A name of that folder that no journal has, with the date: "users-2026-11-29-051234-9f3c21ab.journal". Makes the folder, for its
/// owner alone, where it is not there. *Errors*: FileError.
std::string newJournalPath(Target target);

}  // namespace box::cli
