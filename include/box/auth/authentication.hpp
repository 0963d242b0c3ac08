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

/// What an Authentication may use to get a token. BoxClient::tokenContext() makes one.
class BOX_API TokenContext {
 public:
  TokenContext(std::shared_ptr<NetworkClient> networkClient, NetworkSession networkSession, Deadline callDeadline)
      : client(std::move(networkClient)), session(std::move(networkSession)), deadline(callDeadline) {}

  std::shared_ptr<NetworkClient> client;  ///< requests without auth go through the same pool, proxy and retry rules
  NetworkSession session;  ///< its additional headers and interceptors are for calls, not for token requests
  Deadline deadline;       ///< of the call that waits
};

/// A way to get access tokens. Clients that share one share its token.
///
/// A call that its deadline, its caller or BoxClient::close() ends while it waits here is over at once; the coroutine that
/// it waited for is cancelled, and what that still needs it must own.
/// *Threads*: called from any thread, several at once. *Errors*: BoxSdkError with Errc::tokenUnavailable, or what a token
/// request failed with; the call ends with them, and is not repeated: repeating token requests is the Authentication's.
class BOX_API Authentication {
 public:
  virtual ~Authentication() = default;

  /// The token to use at `now`, if one is at hand that is worth trying; null: ask retrieveToken(). Does not block.
  virtual std::shared_ptr<const AccessToken> currentToken(AccessToken::TimePoint now) const noexcept = 0;

  /// A token to use now; requests one where there is none.
  virtual asio::awaitable<std::shared_ptr<const AccessToken>> retrieveToken(TokenContext context) = 0;

  /// A token other than `refused`, which Box has refused with 401. Where a newer one is there already, that is the answer.
  virtual asio::awaitable<std::shared_ptr<const AccessToken>> refreshToken(std::shared_ptr<const AccessToken> refused,
                                                                           TokenContext context) = 0;
};

}  // namespace box
