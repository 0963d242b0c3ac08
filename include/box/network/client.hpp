#pragma once

#include "box/network/fetch.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box {

/// Sends a request and gives the response: the seam behind which everything of HTTP stands. The library's own client does
/// connections, attempts, tokens and time limits; write another to put these calls onto a stack of your own, or for tests.
///
/// *Errors*: BoxSdkError, BoxApiError. *Executor*: completes on the awaiting coroutine's executor.
class BOX_API NetworkClient {
 public:
  virtual ~NetworkClient() = default;
  /// Gives a response with FetchOptions::expectedStatus, or throws. What it needs of `options` it keeps until it ends.
  virtual asio::awaitable<FetchResponse> fetch(FetchOptions options) = 0;
  /// Ends what is under way with Errc::clientClosed and refuses more. Called from any thread.
  virtual void close() noexcept {}
};

}  // namespace box
