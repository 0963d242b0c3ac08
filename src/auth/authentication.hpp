#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/flight.hpp"
#include "async/watchdog.hpp"
#include "box/auth/authentication.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// The requests for tokens of one Authentication: one is in progress at a time, and all calls that need a token wait
/// for that one.
///
/// The mutex covers decisions only; nothing of the Authentication is called under it.
class TokenRequests {
 public:
  using Token = std::shared_ptr<const AccessToken>;
  using TimePoint = AccessToken::TimePoint;

  /// How long a call waits for a new token while the old one is still valid.
  static constexpr std::chrono::seconds patience{5};

  virtual ~TokenRequests() = default;

  /// A token for a call: the current one, or a requested one. `refused`: null, or the token that Box has refused.
  /// `watchdog`: of a client, whose end ends the wait; may be null. Throws BoxSdkError, and what the caller's own
  /// Authentication throws.
  static asio::awaitable<Token> obtain(std::shared_ptr<Authentication> auth, Token refused, TokenContext context,
                                       std::shared_ptr<Watchdog> watchdog);

  /// A request is in progress.
  bool inProgress() const;

 protected:
  /// A token that is still valid although a renewal is due; null: none.
  virtual Token fallback(const AccessToken* refused, TimePoint now) const noexcept;
  /// The fallback is used, because the request takes too long: the next renewal is not due at once.
  virtual void postpone(TimePoint now) noexcept;

 private:
  using TokenFlight = Flight<Token>;
  struct Turn;

  static asio::awaitable<Token> ask(std::shared_ptr<Authentication> auth, Token refused, TokenContext context);
  Turn take(const std::shared_ptr<Authentication>& auth, const Token& refused, const TokenContext& context,
            const asio::any_io_executor& executor);
  std::shared_ptr<TokenFlight> flight() const;

  mutable std::mutex mutex_;  // guards the members after it
  std::shared_ptr<TokenFlight> flight_;
  Token refusedBefore_;  // the token that the flight replaces; null: it began without one
};

/// Whether the failure is temporary: a later request may succeed.
bool isPassing(const error_code& code) noexcept;

/// A failure of the wait for a token. `context`: what was done.
BoxSdkError tokenError(error_code code, std::string context);

/// Throws what has ended a token request as BoxSdkError. `cancelled`: the caller has cancelled. Rethrows
/// std::bad_alloc.
[[noreturn]] void raiseAsBoxError(std::exception_ptr exception, bool cancelled);

/// A call about tokens that the caller makes directly. As in all calls, every failure is thrown as BoxSdkError, also
/// Asio's exception for a cancellation and exceptions of the caller's own code. Only std::bad_alloc is thrown
/// unchanged.
template <class T>
asio::awaitable<T> asBoxError(asio::awaitable<T> work) {
  std::exception_ptr thrown;
  try {
    co_return co_await std::move(work);
  } catch (...) {
    thrown = std::current_exception();
  }
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  raiseAsBoxError(thrown, state.cancelled() != asio::cancellation_type::none);
}

}  // namespace box::inline v0_1
