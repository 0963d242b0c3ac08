#pragma once

#include <chrono>
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

/// Whether the account that began a journal is known to be that of the credentials.
enum class AccountCheck {
  same,          ///< Box names both users, or the credentials name the account (ccg, jwt), and they are the same
  unknownThen,   ///< Box did not say whose credentials began the journal; they may be another account's
  unknownToday,  ///< Box does not say whose these credentials are; they may be another account's
};

/// The account in whose name a run acts: its credentials as the arguments name them, and the user to whom they belong,
/// where Box says it. A journal records the account and can be continued by it only.
struct BulkAccount {
  std::string subject;                   ///< see Asker::subject
  std::optional<Identity> identity;      ///< not set: Box could not be asked, or refused to say
  std::optional<BoxSdkError> failure{};  ///< why `identity` is not set
  std::chrono::nanoseconds took{};       ///< how long Box was asked

  /// Writes the account into the header of a new journal, or why it is not known.
  void note(JournalHeader& header) const;
  /// Compares this account with the one that began a journal. Where Box has named both users, their ids and enterprises
  /// are compared, even if the credentials differ; otherwise the credentials are compared. *Errors*: JournalError where
  /// the accounts differ.
  AccountCheck check(const std::string& journal, const JournalContents& contents) const;
};

/// Whether a command can do its work without knowing to which account the credentials belong.
enum class AccountNeed { wanted, required };
/// How long Box is asked for an account at most. `timeout`: the time of the whole run; unset: it has no limit.
std::chrono::nanoseconds longestQuestion(AccountNeed need, std::optional<std::chrono::nanoseconds> timeout) noexcept;

/// Asks Box whose the credentials are, at most for `limit`, and stores the answer or the failure. False: the operator
/// interrupted it.
bool findIdentity(BulkAccount& account, asio::io_context& context, const BoxClient& client, const Console& console,
                  std::chrono::nanoseconds limit);

/// Why the account is not known.
std::string noAccountText(const BoxSdkError& error);
/// Says that Box does not name the account, why, and what to do where Box was not reached. Gives this advice.
std::string tellNoAccount(const BoxSdkError& error, const Console& console);

/// Whether every further call would fail as this one did. Another try might count as one more wrong password.
bool isHopeless(const BoxSdkError& error);

/// Whether the journal can be continued only where Box says to whom these credentials belong.
AccountNeed needToResume(const BulkJob& job, const std::string& subject);
/// Whether this account may continue the journal. Where that cannot be known, --unchecked-account has to allow it.
/// *Errors*: JournalError where another account began it.
bool mayResume(const BulkJob& job, const BulkAccount& account, const Console& console);

}  // namespace box::cli
