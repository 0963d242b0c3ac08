#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "box/auth/refreshing_authentication.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Gets tokens from a source of your own: a vault, a sidecar, another service of your organisation.
///
/// Requests to the source follow the same rules as token requests to Box: one request is in progress at a time
/// (Authentication names two exceptions), whatever the number of calls that wait for it; a token is renewed before it
/// expires, and after Box has refused it.
class BOX_API CallbackAuth : public RefreshingAuthentication {
 public:
  /// Gives a token, which is used from then on. Where AccessToken::expiresAt() is not set, it is used until Box refuses
  /// it. `context` has the session, and a network client for your own requests: make a NetworkRequest whose `session`
  /// is `context.session.withCustomBaseUrls(…)` and whose `auth` is null, and give it to `context.client->fetch()`.
  /// Only https URLs are possible, and the proxy and the TlsOptions of the session are used; so a private CA of the
  /// source must be in TlsOptions::caFile, together with the CAs that Box needs, because that file replaces the
  /// system's store. *Errors*: a BoxSdkError ends the waiting calls, which fail with its code. If its code is a
  /// temporary one (ErrorCondition::network, proxy, timeout or response, Errc::rateLimited, serverError or
  /// poolExhausted) and the old token has not expired yet, the old token stays in use, and the renewal is tried again
  /// later. After any other exception the waiting calls fail with Errc::extensionFailed. *Threads*: the function is
  /// called on the executor of one of the calls that wait. It is not called again before it has ended, unless it takes
  /// longer than TimeoutOptions::call of the client of that call, or the process is a forked child and its parent
  /// called it.
  using Source = std::function<asio::awaitable<AccessToken>(TokenContext context)>;

  /// `refreshMargin`: how long before its expiry a token is renewed, but at most a quarter of the time that the token
  /// has left when the library gets it; 0 to 24 h, by default 60 s; 0: it is renewed after it has expired. `storage`:
  /// where the token is kept; null: in memory.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration for an empty function or a margin outside its range.
  explicit CallbackAuth(Source source, std::chrono::nanoseconds refreshMargin = defaultRefreshMargin,
                        std::shared_ptr<TokenStorage> storage = nullptr);
};

}  // namespace box::inline v0_1
