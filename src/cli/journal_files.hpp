#pragma once

#include <string>

#include <box/bulk/file_journal.hpp>

#include "cli/console.hpp"
#include "cli/entries.hpp"

namespace box::cli {

/// What a file is that is certainly no journal, such as "an empty file"; empty: it may be one, or cannot be read.
std::string otherThanAJournal(const std::string& path);

/// Reads a journal that only its owner can have changed. *Errors*: JournalError. Where the file is no journal the error
/// says what the file is, and not that its mode is wrong.
JournalContents readJournal(const std::string& path);

/// Reads a journal to show it. A copy from a ticket or from another machine is accepted with a warning, although other
/// users may be able to change it. *Errors*: as above.
JournalContents readJournalToShow(const std::string& path, const Console& console);

/// The folder of the journals for which the operators named no file. *Errors*: FileError where it is not known.
std::string journalFolder();

/// The path for the journal of a run for which the operator named none. Its name has the date:
/// "$XDG_STATE_HOME/box-sessions/users-2026-11-29-051234-9f3c21ab.journal", with ~/.local/state in place of a missing
/// variable. Creates the folder, for its owner only, where it is missing. *Errors*: FileError, also where neither
/// folder is known.
std::string newJournalPath(Target target);

}  // namespace box::cli
