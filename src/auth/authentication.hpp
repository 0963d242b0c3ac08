#pragma once

#include <memory>
#include <mutex>

#include "async/flight.hpp"
#include "async/watchdog.hpp"
#include "box/auth/authentication.hpp"
#include "box/error.hpp"

namespace box {

/// The requests for tokens of one Authentication: one is in progress at a time, and all who need a token wait for that one.
///
/// The mutex covers decisions only; nothing of the Authentication is called under it.
class TokenRequests {
 public:
  using Token = std::shared_ptr<const AccessToken>;
  using TimePoint = AccessToken::TimePoint;

  /// How long a call waits for a new token while the old one is still good.
  static constexpr std::chrono::seconds patience{5};

  virtual ~TokenRequests() = default;

  /// A token for a call: at hand, or requested. `refused`: null, or the token that Box has refused. `watchdog`: that of a client,
  /// whose end ends the waiting; may be null. Throws BoxSdkError, and what the caller's own Authentication throws.
  static asio::awaitable<Token> obtain(std::shared_ptr<Authentication> auth, Token refused, TokenContext context,
                                       std::shared_ptr<Watchdog> watchdog);

  /// A request is in progress.
  bool inProgress() const;

 protected:
  /// A token that is still good although another is due; null: none.
  virtual Token fallback(const AccessToken* refused, TimePoint now) const noexcept;
  /// The fallback is used, because the request takes too long: another is not due again at once.
  virtual void postpone(TimePoint now) noexcept;

 private:
  using TokenFlight = Flight<Token>;
  struct Turn;

  static asio::awaitable<Token> ask(std::shared_ptr<Authentication> auth, Token refused, TokenContext context);
  Turn take(const std::shared_ptr<Authentication>& auth, const Token& refused, const TokenContext& context,
            const asio::any_io_executor& executor);
  std::shared_ptr<TokenFlight> flight() const;

  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<TokenFlight> flight_;
};

/// The reason passes: to ask again later may help.
bool isPassing(const error_code& code) noexcept;

}  // namespace box
