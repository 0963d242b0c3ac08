#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "async/flight.hpp"
#include "async/watchdog.hpp"
#include "box/auth/authentication.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"
#include "support/as_box_error.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {

/// The token requests of one Authentication. Only one request is in progress at a time, and all calls that need a token
/// wait for it.
///
/// The mutex protects decisions only: while it is held, no function of the Authentication is called.
class TokenRequests {
 public:
  using Token = std::shared_ptr<const AccessToken>;
  using TimePoint = AccessToken::TimePoint;

  /// How long a call waits for a new token while the old one is still valid.
  static constexpr std::chrono::seconds patience{5};

  virtual ~TokenRequests() = default;

  /// Gets a token for a call: the current one, or a requested one. `refused`: the token that Box has refused, or null.
  /// `watchdog`: the watchdog of the client; if the client is closed, the wait ends; may be null. Throws BoxSdkError,
  /// and the exceptions of the caller's own Authentication.
  static asio::awaitable<Token> obtain(std::shared_ptr<Authentication> auth, Token refused, TokenContext context,
                                       std::shared_ptr<Watchdog> watchdog);

  /// Whether a request is in progress.
  bool inProgress() const;

 protected:
  /// A token that is still valid although it should be renewed; null: no such token.
  virtual Token fallback(const AccessToken* refused, TimePoint now) const noexcept;
  /// Called when the fallback is used because the request takes too long. The next renewal is then due after a pause.
  virtual void postpone(TimePoint now) noexcept;

 private:
  using TokenFlight = Flight<Token>;
  struct Turn;

  static asio::awaitable<Token> ask(std::shared_ptr<Authentication> auth, Token refused, TokenContext context);
  Turn take(const std::shared_ptr<Authentication>& auth, const Token& refused, const TokenContext& context,
            const asio::any_io_executor& executor);
  std::shared_ptr<TokenFlight> flight() const;

  mutable std::mutex mutex_;  // protects the members after it
  std::shared_ptr<TokenFlight> flight_;
  Token refusedBefore_;  // the refused token that the flight replaces; null: there was none
};

/// Makes the deadline a point in time, so that all steps of a token operation have the same one. Unset:
/// TimeoutOptions::call of the session, from now.
void fixDeadline(TokenContext& context) noexcept;

/// Whether a token that is still valid stays in use after this failure of its renewal: after a temporary failure, and
/// where a proxy has refused the request, because Box has not refused the credentials then.
bool isPassing(const error_code& code) noexcept;

/// The error for a failed wait for a token. `context`: what the call was doing.
BoxSdkError tokenError(error_code code, std::string context);

/// What the error says for an exception that has ended a token operation which the caller has called directly: for
/// asBoxError().
std::optional<ErrorDetails> tokenOperationDetails(const Thrown& thrown);

}  // namespace box::inline v0_1
