#pragma once

#include <string>

#include <box/bulk/file_journal.hpp>

#include "cli/console.hpp"

namespace box::cli {

/// Reads a journal that only its owner can have changed. *Errors*: JournalError. Where the file is no journal the error
/// says what the file is, and not that its mode is wrong.
JournalContents readJournal(const std::string& path);

/// Reads a journal to show it. A copy from a ticket or from another machine is accepted with a warning, although other
/// users may be able to change it. *Errors*: as above.
JournalContents readJournalToShow(const std::string& path, const Console& console);

}  // namespace box::cli
