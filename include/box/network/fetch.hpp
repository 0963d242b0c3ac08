#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "box/network/session.hpp"
#include "box/policy/retry.hpp"
#include "box/support/deadline.hpp"
#include "box/support/export.hpp"
#include "box/views.hpp"

namespace box {

class Authentication;

/// A request as a NetworkClient takes it. Interceptors may change it before each attempt.
class BOX_API FetchOptions {
 public:
  FetchOptions() {}
  /// With these settings from the start: those of a default session would be built only to be replaced.
  explicit FetchOptions(NetworkSession settings) : session(std::move(settings)) {}

  std::string operation;  ///< for observers and errors: "terminateUsersSessions"
  std::string method = "POST";
  std::string url;      ///< base URL and path, absolute, https, without query and fragment
  HttpHeaders headers;  ///< in addition to those of the session and of the library
  std::string body;
  std::string contentType;               ///< of the body; empty: application/json where there is a body, else none
  std::shared_ptr<Authentication> auth;  ///< null: no Authorization header, no As-User
  NetworkSession session;
  Deadline deadline;                               ///< unset: TimeoutOptions::call
  std::shared_ptr<const RetryPolicy> retryPolicy;  ///< null: the session's
  int expectedStatus = 202;                        ///< the one status that is success
};

/// A response whose status was the expected one.
class BOX_API FetchResponse {
 public:
  FetchResponse() {}

  int statusCode = 0;
  HttpHeaders headers;
  std::string body;
  /// False where the connection broke, or a limit was passed, behind a complete header: the status holds (TLS vouches for
  /// its bytes), the body is dropped.
  bool bodyIntact = true;
};

}  // namespace box
