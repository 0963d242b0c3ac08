#pragma once

#include <optional>
#include <string>

#include <box/bulk/journal.hpp>

#include "cli/console.hpp"
#include "cli/credentials.hpp"
#include "cli/identity.hpp"

namespace box::cli {

/// The account in whose name a run with a journal acts: the credentials as the arguments say, and the user whom Box names for
/// them, where it does. A journal belongs to it.
struct BulkAccount {
  std::string subject;               ///< see Asker::subject
  std::optional<Identity> identity;  ///< none: Box could not be asked, or did not allow it

  /// Notes it in the header of a new journal.
  void note(JournalHeader& header) const;
  /// Requires that a journal was begun with it, and returns the subject to open the journal with. Two users that Box named
  /// are compared by their ids, whatever the credentials; otherwise the credentials are compared. *Errors*: JournalError.
  std::string subjectIn(const std::string& journal, const JournalContents& contents) const;
  /// Whether the credentials are the same for all accounts, and Box named the user for one run at most.
  bool isUncertain(const JournalContents& contents) const;
};

}  // namespace box::cli
