#pragma once

#include <chrono>
#include <optional>

#include <boost/asio/io_context.hpp>

#include <box/client.hpp>
#include <box/network/session.hpp>

#include "cli/arguments.hpp"
#include "cli/bulk_account.hpp"
#include "cli/connection_setup.hpp"
#include "cli/console.hpp"
#include "cli/credentials.hpp"

namespace box::cli {

/// The clients of a command, and the account of their credentials after Box was asked for it.
class RunClient {
 public:
  /// Makes the clients; sends nothing. *Errors*: UsageError, BoxSdkError.
  RunClient(const CallArguments& arguments, NetworkSession session, Asker asker);
  RunClient(const TerminateArguments& arguments, NetworkSession session, Asker asker);
  /// As above, with the session and the credentials that the arguments name. *Errors*: also FileError.
  template <class Arguments>
  RunClient(const Arguments& arguments, const Environment& environment, const Console& console)
      : RunClient(arguments, makeSession(arguments, console), makeAsker(arguments.credentials, environment)) {}

  asio::io_context& context() noexcept { return context_; }
  /// Acts as the owner of the credentials.
  const BoxClient& owner() const noexcept { return owner_; }
  /// Makes the calls of a run that end sessions: as the user of --as-user, and with or without notifications by Box.
  const BoxClient& client() const noexcept { return client_; }

  /// Asks Box to which user the credentials belong. False: the operator interrupted it.
  bool askForAccount(const Console& console, AccountNeed need = AccountNeed::wanted) {
    return findIdentity(account_, context_, owner_, console, longestQuestion(need, timeLeft()));
  }
  const BulkAccount& account() const noexcept { return account_; }
  /// Asks Box for the user of --as-user; without that option does nothing. False: the operator interrupted it.
  bool askForActor(const Console& console, AccountNeed need = AccountNeed::wanted) {
    return !actor_ || findIdentity(*actor_, context_, client_, console, longestQuestion(need, timeLeft()));
  }
  const BulkAccount& actor() const noexcept { return actor_ ? *actor_ : account_; }
  /// What the questions about accounts have left of the time for a run; unset: its time has no limit.
  std::optional<std::chrono::nanoseconds> timeLeft() const noexcept {
    if (!timeout_) return std::nullopt;
    return *timeout_ - account_.took - (actor_ ? actor_->took : std::chrono::nanoseconds(0));
  }

 private:
  asio::io_context context_{1};
  BoxClient owner_, client_;
  BulkAccount account_;
  std::optional<BulkAccount> actor_;
  std::optional<std::chrono::nanoseconds> timeout_;  // of the whole run
};

}  // namespace box::cli
