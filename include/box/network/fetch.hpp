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

/// A request of the caller's own, for BoxClient::makeRequest(). The names are those of Box's SDKs.
class BOX_API FetchOptions {
 public:
  FetchOptions() {}

  std::string method = "GET";  ///< "POST" or any other but CONNECT and TRACE, as it goes out
  /// A path after the base URL, with or without a query ("/2.0/users/me?fields=id,role"), or the whole URL.
  std::string url;
  /// Names and values that are added to the query, percent-encoded: `{{"fields", "id,role"}, {"limit", "1000"}}`.
  std::vector<std::pair<std::string, std::string>> params;
  HttpHeaders headers;            ///< in addition to those of the client and of the library
  std::string body;               ///< as it goes out; empty: none
  std::string contentType;        ///< of the body; empty: application/json where there is a body, else none
  ExpectedStatus expectedStatus;  ///< default: any from 200 to 299
  /// Whether the request may be sent again where its fate is in doubt. Unset: idempotencyOf(method), so a POST is
  /// retried only where Box cannot have carried it out.
  std::optional<Idempotency> idempotency;
  std::string operation;  ///< the name that observers, policies and errors give it; empty: "makeRequest"
  /// A text of yours that events, interceptors and errors of this call have, so that it can be found among others. It
  /// is not sent. At most 128 characters of printable ASCII; empty: none. *Errors*: Errc::invalidRequest for another.
  std::string tag;
  Deadline deadline;                               ///< when the call has to be over; unset: TimeoutOptions::call
  std::shared_ptr<const RetryPolicy> retryPolicy;  ///< which failures are retried; null: the session's policy
};

/// A response whose status was an expected one.
class BOX_API FetchResponse {
 public:
  FetchResponse() {}

  /// Header box-request-id, by which Box's support finds the request; empty: none.
  std::string_view boxRequestId() const noexcept { return headers.get("box-request-id").value_or(std::string_view()); }

  int statusCode = 0;  ///< the status of HTTP
  /// How many attempts the call took, the successful one included, as AttemptRecord::number counts; 0: not known.
  unsigned attempts = 0;
  std::uint64_t call = 0;              ///< the call's number, as events have it; 0: it has none
  std::chrono::nanoseconds elapsed{};  ///< from the start of the call to its end; zero until then
  HttpHeaders headers;                 ///< as the response had them
  std::string body;                    ///< decoded from its chunks; empty where it was dropped
  /// False where the connection broke, or a limit was exceeded, after a complete header: the status is valid (TLS
  /// vouches for its bytes), the body is dropped.
  bool bodyIntact = true;
};

}  // namespace box::inline v0_1
