#pragma once

#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include <box/bulk/file_journal.hpp>
#include <box/client.hpp>
#include <box/error.hpp>

#include "cli/bulk_job.hpp"
#include "cli/console.hpp"
#include "cli/credentials.hpp"
#include "cli/identity.hpp"

namespace box::cli {

/// How well a journal's account and that of the credentials are known to be the same.
enum class AccountCheck {
  same,          ///< both are known, and they are the same
  unknownThen,   ///< Box did not say whose credentials began the journal, and these may be of somebody else
  unknownToday,  ///< Box does not say whose these credentials are, and they may be of somebody else
};

/// The account in whose name a run acts: the credentials as the arguments say, and the user whom Box names for
/// them, where it does. A journal belongs to it.
struct BulkAccount {
  std::string subject;                   ///< see Asker::subject
  std::optional<Identity> identity;      ///< none: Box could not be asked, or did not allow it
  std::optional<BoxSdkError> failure{};  ///< why there is no identity

  /// Notes it in the header of a new journal, also that it is not known.
  void note(JournalHeader& header) const;
  /// Compares it with the account that began a journal. Two users that Box named are compared by their ids and
  /// enterprises, whatever the credentials; otherwise the credentials are compared. *Errors*: JournalError where it is
  /// another one.
  AccountCheck check(const std::string& journal, const JournalContents& contents) const;
};

/// Asks Box for the user of the credentials, and keeps why it did not say. False: interrupted.
bool findIdentity(BulkAccount& account, asio::io_context& context, const BoxClient& client, const Console& console);

/// Whether no call can be better off than the question for the account. To try again would be one more wrong password.
bool isHopeless(const BoxSdkError& error);

/// Whether a journal may be continued by this account. Where that cannot be known, the operator has to answer for it.
/// *Errors*: JournalError where it is another account.
bool mayResume(const BulkJob& job, const BulkAccount& account, const Console& console);

}  // namespace box::cli
