#pragma once

#include <memory>

#include "box/network/fetch.hpp"
#include "box/network/request.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box {

/// Sends a request and gives the response: everything of HTTP is on the other side of this seam. The library's own
/// client does connections, attempts, tokens, interceptors, events and time limits; write another to put these calls
/// onto a stack of your own, or for tests, and it does all of that.
///
/// *Errors*: BoxSdkError, BoxApiError; other exceptions end the call with Errc::extensionFailed and Fate::inDoubt.
/// *Executor*: completes on the awaiting coroutine's executor. *Lifetime*: the library keeps the object until what
/// fetch() has returned has ended; who else calls fetch() must do the same.
class BOX_API NetworkClient {
 public:
  virtual ~NetworkClient() = default;
  /// Gives a response with a status that the operation expects, or throws. Another status is never taken for success:
  /// the callers check it, and throw BoxSdkError with Errc::unexpectedResponse and Fate::inDoubt. What it needs of
  /// `request` it keeps until it ends.
  virtual asio::awaitable<FetchResponse> fetch(NetworkRequest request) = 0;
  /// Resolves the way to the base URL of `session`, which its requests then carry: what is unusable is found here,
  /// before the first of them. BoxClient calls it for each new client and each with…() copy. Null: there is nothing to
  /// prepare. *Errors*: BoxSdkError with Errc::invalidConfiguration. It may block on files of certificates.
  virtual std::shared_ptr<const Route> prepare(const NetworkSession& session);
  /// Ends calls in progress with Errc::clientClosed and refuses more. Called from any thread.
  virtual void close() noexcept {}
};

}  // namespace box
