#pragma once

#include <memory>

#include "box/network/fetch.hpp"
#include "box/network/request.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Sends a request and gives the response: the interface between the calls and HTTP. The library's own client is
/// responsible for connections, attempts, tokens, interceptors, events and time limits. If you write another client, to
/// use your own HTTP stack or for tests, it is responsible for all of these that you need.
///
/// *Errors*: BoxSdkError, BoxApiError; other exceptions end the call with Errc::extensionFailed and Fate::inDoubt.
/// *Executor*: completes on the awaiting coroutine's executor. *Lifetime*: the library keeps the object until the
/// awaitable that fetch() returned has ended; other callers of fetch() must do the same.
class BOX_API NetworkClient {
 public:
  virtual ~NetworkClient() = default;
  /// Gives a response with a status that the operation expects, or throws. A response with another status is never
  /// accepted as success: the callers check it, and throw BoxSdkError with Errc::unexpectedResponse and Fate::inDoubt.
  /// The awaitable keeps what it needs of `request` until it ends.
  virtual asio::awaitable<FetchResponse> fetch(NetworkRequest request) = 0;
  /// Prepares the Route for the base URL of `session`; a request to that URL then has it in NetworkRequest::route. So
  /// an unusable URL or proxy is reported here, before the first request. BoxClient calls it once for each new client
  /// and once for each with…() copy. Null, the default: there is nothing to prepare. *Errors*: BoxSdkError with
  /// Errc::invalidConfiguration. It may block while it reads files of certificates.
  virtual std::shared_ptr<const Route> prepare(const NetworkSession& session);
  /// Ends calls in progress with Errc::clientClosed and refuses further calls. May be called from any thread. By
  /// default it does nothing.
  virtual void close() noexcept {}
};

}  // namespace box::inline v0_1
