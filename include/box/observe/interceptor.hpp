#pragma once

#include <string>
#include <string_view>

#include "box/network/fetch.hpp"
#include "box/network/headers.hpp"
#include "box/support/export.hpp"

namespace box {

/// What an interceptor sees of a request. Each member may be changed, for this attempt only.
class BOX_API InterceptedRequest {
 public:
  explicit InterceptedRequest(std::string_view operationName) noexcept : operation_(operationName) {}

  /// The name of the operation: "terminateUsersSessions".
  std::string_view operation() const noexcept { return operation_; }

  std::string method;
  std::string url;      ///< with the query; must stay at the scheme, host and port that it has
  HttpHeaders headers;  ///< those of the call; one of the session that is named here too gives way
  std::string body;
  std::string contentType;  ///< empty: application/json where there is a body, else none

 private:
  std::string_view operation_;
};

/// Sees each attempt's request before it goes out and each response that came back, and may change both.
/// The Authorization header is added after it: an interceptor never sees a token, and token requests never pass it.
/// *Threads*: called by the coroutine of the call; calls on several threads meet in it. It must not block.
/// *Errors*: what it throws ends the call, with BoxSdkError::fate() and the exception nested in the error; after a response
/// whose status means success it is ignored.
class BOX_API Interceptor {
 public:
  virtual ~Interceptor() = default;
  /// Called before each attempt with the call's own request, so what was changed for one attempt is gone for the next.
  /// The request is validated after it: Errc::invalidRequest for a header that may not go out or a URL of another origin.
  virtual void beforeRequest(InterceptedRequest& request) { static_cast<void>(request); }
  /// Called for each complete response, whatever its status, before it is judged. A changed status is what is judged, but a
  /// response that was a success stays one, with its status.
  virtual void afterRequest(FetchResponse& response) { static_cast<void>(response); }
};

}  // namespace box
