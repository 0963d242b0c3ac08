#pragma once

#include <memory>
#include <utility>

#include "box/auth/access_token.hpp"
#include "box/network/session.hpp"
#include "box/support/asio.hpp"
#include "box/support/deadline.hpp"
#include "box/support/export.hpp"

namespace box {

class NetworkClient;
class TokenRequests;

/// What an Authentication may use to get a token. BoxClient::tokenContext() makes one.
class BOX_API TokenContext {
 public:
  /// Its members in one go. `networkClient` must not be null.
  TokenContext(std::shared_ptr<NetworkClient> networkClient, NetworkSession networkSession, Deadline callDeadline)
      : client(std::move(networkClient)), session(std::move(networkSession)), deadline(callDeadline) {}

  std::shared_ptr<NetworkClient> client;  ///< requests without auth go through the same pool, proxy and retry rules
  NetworkSession session;  ///< its additional headers and interceptors are for calls, not for token requests
  Deadline deadline;       ///< of the call that waits; unset: none
};

/// A way to get access tokens. Clients that share one share its token.
///
/// One request for a token is in progress at a time, whatever the number of calls that wait for it, on any clients; all
/// get its result. It continues while one of them waits; when the last one leaves it is cancelled, and what it still
/// needs after that it must own. A call that its deadline, its caller or BoxClient::close() ends while it waits is over
/// at once. A request that takes longer than TimeoutOptions::call of the client that began it, whose io_context may
/// have been stopped, and in a forked child one that the parent began, is joined by no further call: the next one
/// begins another.
///
/// To write one: give the token at hand in currentToken(), and request one in requestToken().
/// *Threads*: called from any thread, several at once. *Errors*: BoxSdkError with Errc::tokenUnavailable, or what a
/// token request failed with; the call ends with them, and is not retried: retrying token requests is the
/// Authentication's. Other exceptions, and operation_aborted where no call was cancelled, end all calls that wait with
/// Errc::extensionFailed.
class BOX_API Authentication : public std::enable_shared_from_this<Authentication> {
 public:
  using Token = std::shared_ptr<const AccessToken>;  ///< a token that calls share

  virtual ~Authentication();
  Authentication(const Authentication&) = delete;
  Authentication& operator=(const Authentication&) = delete;

  /// The token to use at `now`, if one is at hand that is worth trying; null: one must be requested. Does not block.
  virtual Token currentToken(AccessToken::TimePoint now) const noexcept = 0;

  /// A token to use now: the one at hand, else that of the request in progress, else that of a new request. Never null:
  /// where requestToken() gives null, it fails with Errc::tokenUnavailable.
  asio::awaitable<Token> retrieveToken(TokenContext context);

  /// The same for a token other than `refused`, which Box has refused with 401. Where a newer one is at hand already,
  /// that is the answer.
  asio::awaitable<Token> refreshToken(Token refused, TokenContext context);

 protected:
  Authentication();

  /// Requests a token. `refused` is the token that Box has refused with 401; it is null where no token was used before.
  /// One request is in progress at a time. It serves all calls that wait, so the deadline of `context` is unset and the
  /// limits of the session apply.
  virtual asio::awaitable<Token> requestToken(Token refused, TokenContext context) = 0;

 private:
  friend class TokenRequests;
  friend class RefreshingAuthentication;
  explicit Authentication(std::shared_ptr<TokenRequests> requests) noexcept;
  asio::awaitable<Token> obtain(Token refused, TokenContext context);

  const std::shared_ptr<TokenRequests> requests_;
};

}  // namespace box
