#pragma once

#include <memory>
#include <utility>

#include "box/auth/access_token.hpp"
#include "box/network/session.hpp"
#include "box/support/asio.hpp"
#include "box/support/deadline.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

class NetworkClient;
class TokenRequests;

/// What an Authentication may use to get a token. BoxClient::tokenContext() makes one.
class BOX_API TokenContext {
 public:
  /// Sets all members. `networkClient` must not be null.
  TokenContext(std::shared_ptr<NetworkClient> networkClient, NetworkSession networkSession, Deadline callDeadline)
      : client(std::move(networkClient)), session(std::move(networkSession)), deadline(callDeadline) {}

  /// Sends requests without auth through the same pool and proxy, with the same retry rules.
  std::shared_ptr<NetworkClient> client;
  NetworkSession session;  ///< its additional headers and interceptors are for calls, not for token requests
  Deadline deadline;       ///< of the call that waits; unset: none
};

/// A way to get access tokens. Clients that share one share its token.
///
/// One request for a token is in progress at a time, whatever the number of calls that wait for it, on any clients; all
/// get its result. It continues while one of them waits. When the last call stops waiting, the request is cancelled;
/// the coroutine must own everything that it uses after that. A call whose deadline, caller or BoxClient::close() ends
/// it while it waits is over at once. Further calls do not wait for a request that takes longer than
/// TimeoutOptions::call of the client that began it (its io_context may have been stopped), nor, in a forked child, for
/// one that the parent began: the next call begins another request.
///
/// To write one: return the token that you have in currentToken(), and request one in requestToken().
/// *Threads*: called from any thread, several at once. *Errors*: BoxSdkError with Errc::tokenUnavailable, or the error
/// of the token request. The call ends with that error and is not retried, because to retry a token request is the task
/// of the Authentication. Other exceptions, and operation_aborted where no call was cancelled, end all calls that wait
/// with Errc::extensionFailed.
class BOX_API Authentication : public std::enable_shared_from_this<Authentication> {
 public:
  using Token = std::shared_ptr<const AccessToken>;  ///< a token that calls share

  virtual ~Authentication();
  Authentication(const Authentication&) = delete;
  Authentication& operator=(const Authentication&) = delete;

  /// The token to use at `now`, if there is one that Box may still accept; null: one must be requested. Does not block.
  virtual Token currentToken(AccessToken::TimePoint now) const noexcept = 0;

  /// A token to use now: the current one, else that of the request in progress, else that of a new request. Never null:
  /// where requestToken() gives null, it fails with Errc::tokenUnavailable.
  asio::awaitable<Token> retrieveToken(TokenContext context);

  /// The same for a token other than `refused`, which Box has refused with 401. Where there is a newer one already, it
  /// gives that one.
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

}  // namespace box::inline v0_1
