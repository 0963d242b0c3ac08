#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "box/support/asio.hpp"
#include "box/support/deadline.hpp"
#include "box/support/export.hpp"
#include "box/support/secret.hpp"

namespace box {

class NetworkClient;
class NetworkSession;

/// A token that opens Box's door, and until when. Shared and immutable.
class BOX_API AccessToken {
 public:
  /// *Errors*: BoxSdkError with Errc::tokenUnavailable where `value` is empty, longer than 8 KiB or has characters that no
  /// bearer token has. One line break at its end is taken off: tokens are read from files.
  explicit AccessToken(Secret value, std::optional<std::chrono::system_clock::time_point> expiresAt = std::nullopt);

  const Secret& value() const noexcept { return value_; }
  /// Unset: not known.
  const std::optional<std::chrono::system_clock::time_point>& expiresAt() const noexcept { return expiresAt_; }

 private:
  Secret value_;
  std::optional<std::chrono::system_clock::time_point> expiresAt_;
};

/// What an Authentication may use to get a token. Never kept beyond the call that it is given to.
class BOX_API TokenContext {
 public:
  TokenContext(NetworkClient& networkClient, const NetworkSession& networkSession, Deadline callDeadline) noexcept
      : client(&networkClient), session(&networkSession), deadline(callDeadline) {}

  NetworkClient* client;          ///< requests without auth go through the same pool, proxy and retry rules
  const NetworkSession* session;  ///< its additional headers are for calls, not for token requests
  Deadline deadline;              ///< of the call that waits; absolute
};

/// A way to get access tokens. Clients that share one share its token.
/// *Threads*: called from any thread, several at once. *Errors*: BoxSdkError with Errc::tokenUnavailable, or what a token
/// request failed with.
class BOX_API Authentication {
 public:
  virtual ~Authentication() = default;

  /// The token to use now, if one is at hand that is worth trying; null: ask retrieveToken(). Does not block.
  virtual std::shared_ptr<const AccessToken> currentToken() const noexcept = 0;

  /// A token to use now; requests one where there is none.
  virtual asio::awaitable<std::shared_ptr<const AccessToken>> retrieveToken(TokenContext context) = 0;

  /// A token other than `refused`, which Box has refused with 401. Where a newer one is there already, that is the answer.
  virtual asio::awaitable<std::shared_ptr<const AccessToken>> refreshToken(std::shared_ptr<const AccessToken> refused,
                                                                          TokenContext context) = 0;
};

}  // namespace box
