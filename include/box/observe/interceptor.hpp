#pragma once

#include "box/network/fetch.hpp"
#include "box/support/export.hpp"

namespace box {

/// Sees each attempt's request before it goes out and each response that came back, and may change both.
/// The Authorization header is added behind it: an interceptor never sees a token.
/// *Threads*: called by the coroutine of the call; calls on several threads meet in it. *Errors*: what it throws ends the
/// call. It must not block.
class BOX_API Interceptor {
 public:
  virtual ~Interceptor() = default;
  /// Called before each attempt with the call's own request, so what was changed for one attempt is gone for the next.
  /// Headers are validated after it.
  virtual void beforeRequest(FetchOptions& request) { static_cast<void>(request); }
  /// Called for each complete response, whatever its status, before it is judged. A changed status is what is judged, but a
  /// 202 stays accepted.
  virtual void afterRequest(FetchResponse& response) { static_cast<void>(response); }
};

}  // namespace box
