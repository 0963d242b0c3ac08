#pragma once

#include <chrono>
#include <memory>
#include <mutex>

#include "async/exclusion.hpp"
#include "async/flight.hpp"
#include "async/watchdog.hpp"
#include "box/auth/authentication.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// The token requests of one Authentication. One request is in progress at a time, and all calls that need a token wait
/// for it; Authentication names two exceptions.
///
/// The mutex protects decisions only: while it is held, no function of the Authentication is called.
class TokenRequests {
 public:
  using Token = std::shared_ptr<const AccessToken>;
  using TimePoint = AccessToken::TimePoint;

  /// How long a call waits at most for a new token while the old one is still valid.
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
  /// The turn for an operation that may change the token: one is performed after the other. Each request has it,
  /// because a request that was cancelled may still run when the next one begins. With it, a renewal cannot overwrite
  /// the token of a sign-in, and cannot bring back a token that was revoked. `longest`: see Exclusion::take().
  static asio::awaitable<Exclusion::Turn> takeTurn(std::shared_ptr<TokenRequests> self, Deadline deadline,
                                                   std::chrono::nanoseconds longest);

 private:
  using TokenFlight = Flight<Token>;
  struct Choice;

  static asio::awaitable<Token> ask(std::shared_ptr<Authentication> auth, Token refused, TokenContext context);
  Choice take(const std::shared_ptr<Authentication>& auth, const Token& refused, const TokenContext& context,
              const asio::any_io_executor& executor);
  std::shared_ptr<TokenFlight> flight() const;

  const std::shared_ptr<Exclusion> turns_ = std::make_shared<Exclusion>();
  mutable std::mutex mutex_;  // protects the members after it
  std::shared_ptr<TokenFlight> flight_;
  Token refusedBefore_;  // the refused token that the flight replaces; null: there was none
};

}  // namespace box::inline v0_1
