#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "box/network/headers.hpp"
#include "box/network/operation.hpp"
#include "box/policy/retry.hpp"
#include "box/support/deadline.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// A request that the caller describes, for BoxClient::makeRequest(). The names are those of Box's SDKs.
class BOX_API FetchOptions {
 public:
  FetchOptions() {}

  std::string method = "GET";  ///< as it is sent: "POST" or any other method except CONNECT and TRACE
  /// A path after the base URL, with or without a query ("/2.0/users/me?fields=id,role"), or the whole URL.
  std::string url;
  /// Names and values that are added to the query, percent-encoded: `{{"fields", "id,role"}, {"limit", "1000"}}`.
  std::vector<std::pair<std::string, std::string>> params;
  HttpHeaders headers;  ///< in addition to those of the client and of the library; User-Agent and Accept replace theirs
  std::string body;     ///< as it is sent; empty: no body
  std::string contentType;        ///< the type of the body; empty: application/json if there is a body, else none
  ExpectedStatus expectedStatus;  ///< default: any from 200 to 299
  /// Whether the request may be sent again where its fate is in doubt. Unset: idempotencyOf(method), so a POST is
  /// retried only where Box cannot have carried it out.
  std::optional<Idempotency> idempotency;
  std::string operation;  ///< the name that observers, policies and errors give it; empty: "makeRequest"
  /// A text of the caller's own by which this call is recognised in events, interceptors and errors. It is not sent. At
  /// most 128 characters of printable ASCII; empty: none. *Errors*: the call fails with Errc::invalidRequest for any
  /// other text.
  std::string tag;
  Deadline deadline;                               ///< when the call must have ended; unset: TimeoutOptions::call
  std::shared_ptr<const RetryPolicy> retryPolicy;  ///< which failures are retried; null: the session's policy
};

/// A response whose status was an expected one.
class BOX_API FetchResponse {
 public:
  FetchResponse() {}

  /// Header box-request-id, by which Box's support finds the request; empty: the response had none.
  std::string_view boxRequestId() const noexcept { return headers.get("box-request-id").value_or(std::string_view()); }

  int statusCode = 0;  ///< the HTTP status
  /// How many attempts the call took, the successful one included: its AttemptRecord::number; 0: not known.
  unsigned attempts = 0;
  std::uint64_t call = 0;              ///< the call's number, the same as in its events; 0: it has none
  std::chrono::nanoseconds elapsed{};  ///< the time from the start of the call to its end; interceptors see zero
  HttpHeaders headers;                 ///< the headers of the response
  std::string body;                    ///< the body without its transfer coding; empty if it was dropped
  /// False if, after a complete header, the connection broke, a limit was exceeded, or the body was in a coding that
  /// was not asked for: the status is valid (TLS protects its bytes), and the body is dropped.
  bool bodyIntact = true;
};

}  // namespace box::inline v0_1
