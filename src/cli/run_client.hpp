#pragma once

#include <optional>

#include <boost/asio/io_context.hpp>

#include <box/client.hpp>
#include <box/network/session.hpp>

#include "cli/arguments.hpp"
#include "cli/bulk_account.hpp"
#include "cli/console.hpp"
#include "cli/credentials.hpp"

namespace box::cli {

/// The clients of a run, and the account of their credentials once Box was asked for it.
class RunClient {
 public:
  /// Sends nothing. *Errors*: UsageError, BoxSdkError.
  RunClient(const TerminateArguments& arguments, const NetworkSession& session, Asker asker);

  asio::io_context& context() noexcept { return context_; }
  /// In whose name the credentials are.
  const BoxClient& owner() const noexcept { return owner_; }
  /// For calls that end sessions: as --as-user says, with or without mails from Box.
  const BoxClient& client() const noexcept { return client_; }

  /// Asks Box for the user of the credentials. False: interrupted.
  bool askForAccount(const Console& console) { return findIdentity(account_, context_, owner_, console); }
  const BulkAccount& account() const noexcept { return account_; }
  /// The same for the user of --as-user; without that option there is nothing to ask.
  bool askForActor(const Console& console) { return !actor_ || findIdentity(*actor_, context_, client_, console); }
  const BulkAccount& actor() const noexcept { return actor_ ? *actor_ : account_; }

 private:
  asio::io_context context_{1};
  BoxClient owner_, client_;
  BulkAccount account_;
  std::optional<BulkAccount> actor_;
};

}  // namespace box::cli
