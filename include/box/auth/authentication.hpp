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
class Route;
class TokenRequests;

/// What an Authentication may use to get a token. BoxClient::tokenContext() makes one. To send a token request with
/// other settings, make another one from `client` and the changed `session`.
class BOX_API TokenContext {
 public:
  /// Sets all members. `networkClient` must not be null.
  TokenContext(std::shared_ptr<NetworkClient> networkClient, NetworkSession networkSession, Deadline callDeadline,
               std::shared_ptr<const Route> preparedRoute = nullptr)
      : client(std::move(networkClient)),
        session(std::move(networkSession)),
        route(std::move(preparedRoute)),
        deadline(callDeadline) {}

  /// The client that sends token requests: through the same pool and proxy as calls and with the same retry rules, but
  /// without a token.
  const std::shared_ptr<NetworkClient> client;
  /// The settings; its additional headers and interceptors apply to calls, not to token requests.
  const NetworkSession session;
  /// The result of NetworkClient::prepare() of `client` for `session`; null: it is prepared for each token request.
  const std::shared_ptr<const Route> route;
  Deadline deadline;  ///< when the call that waits must have ended; unset: TimeoutOptions::call of `session`
};

/// A source of access tokens. Clients that share an Authentication share its token. They must have the same base URL: a
/// token that is bound to one (AccessToken::binding()) is not sent to another, and the call fails with
/// Errc::tokenUnavailable.
///
/// One request for a token is in progress at a time, however many calls of any clients wait for it; all of them get its
/// result. The request continues while at least one call waits. When the last call stops waiting, the request is
/// cancelled. The coroutine of requestToken() may still run after that call has ended, so it must own everything that
/// it uses; the next request waits for the end of that coroutine. A call that waits completes at once when its deadline
/// passes or its caller cancels it, and a call of a BoxClient also when BoxClient::close() is called. In two cases a
/// further call does not wait for the request in progress but begins another one: the request takes longer than
/// TimeoutOptions::call of the client that began it (the io_context of that client may have been stopped), or the
/// process is a forked child and its parent began the request.
///
/// To write an Authentication of your own, return the token that you have in currentToken(), and request one in
/// requestToken(). *Threads*: the functions are called from any thread, and from several at once. *Errors*: BoxSdkError
/// with Errc::tokenUnavailable, or the error of the token request. The call ends with that error and is not retried,
/// because only the Authentication retries token requests. In one case this is different: where Box has refused a token
/// with 401, and requesting another one fails with Errc::tokenUnavailable, the attempt keeps Errc::unauthorized and its
/// response, the error's text has both reasons, and the retry policy decides. If requestToken() throws anything that is
/// not a BoxSdkError, or operation_aborted although no call was cancelled, all waiting calls fail with
/// Errc::extensionFailed.
class BOX_API Authentication : public std::enable_shared_from_this<Authentication> {
 public:
  using Token = std::shared_ptr<const AccessToken>;  ///< a token that calls share

  virtual ~Authentication();
  Authentication(const Authentication&) = delete;
  Authentication& operator=(const Authentication&) = delete;

  /// The token to use at `now`, if there is a token that Box may still accept; null: a token must be requested. It must
  /// not block.
  virtual Token currentToken(AccessToken::TimePoint now) const noexcept = 0;

  /// Gives a token to use now: the current token; else the result of the request in progress; else the result of a new
  /// request. Never null: if requestToken() gives null, this fails with Errc::tokenUnavailable.
  asio::awaitable<Token> retrieveToken(TokenContext context);

  /// Gives a token other than `refused`, which Box has refused with 401: the current token if it is a newer one, else
  /// the result of a request. If your code calls retrieveToken() or refreshToken() itself, BoxClient::close() ends that
  /// wait only if two things are true: this call began the token request, rather than joining one in progress, and the
  /// request is sent through the client that is closed.
  asio::awaitable<Token> refreshToken(Token refused, TokenContext context);

 protected:
  Authentication();

  /// Requests a token. `refused` is the token that Box has refused with 401; it is null where Box has refused none. One
  /// request is in progress at a time, except in the two cases that the class names: then this function may be called
  /// again before the first call has ended. A request serves all calls that wait, so the deadline of `context` is unset
  /// and the limits of the session apply.
  virtual asio::awaitable<Token> requestToken(Token refused, TokenContext context) = 0;

 private:
  friend class TokenRequests;
  friend class RefreshingAuthentication;
  explicit Authentication(std::shared_ptr<TokenRequests> requests) noexcept;
  asio::awaitable<Token> obtain(Token refused, TokenContext context);

  const std::shared_ptr<TokenRequests> requests_;
};

}  // namespace box::inline v0_1
