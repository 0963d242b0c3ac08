#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "box/auth/refreshing_authentication.hpp"
#include "box/support/export.hpp"

namespace box {

/// Tokens from a source of the caller's own: a vault, a sidecar, another service of the firm.
///
/// The source is asked as the other ways of authentication ask Box: one request is in progress at a time, whatever the
/// number of calls that wait for it; a token is renewed before it expires, and after Box has refused it.
class BOX_API CallbackAuth : public RefreshingAuthentication {
 public:
  /// Gives a token to use from now on. Where AccessToken::expiresAt() is not set, it is used until Box refuses it.
  /// `context` has a client for requests of your own and the session. *Errors*: a BoxSdkError ends the calls that wait
  /// with its code; one that may pass (ErrorCondition::network, timeout) leaves a token that is still good in use.
  /// *Threads*: called on the executor of one of the calls that wait, once at a time.
  using Source = std::function<asio::awaitable<AccessToken>(TokenContext context)>;

  /// `refreshMargin`: before its expiry, a token is renewed by so much; 0 to 24 h. `storage` null: in memory.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration for an empty function or such a margin.
  explicit CallbackAuth(Source source, std::chrono::nanoseconds refreshMargin = defaultRefreshMargin,
                        std::shared_ptr<TokenStorage> storage = nullptr);
};

}  // namespace box
