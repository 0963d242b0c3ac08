#pragma once

#include <string_view>

#include "box/policy/retry.hpp"
#include "box/support/deadline.hpp"
#include "box/views.hpp"

namespace box::inline v0_1 {

/// The headers of one call.
struct CallHeadersView {
  /// Additional headers of this call; one with the name of a header of the client replaces that.
  HeaderListView extraHeaders{};
};

/// The options of one call:
/// `{.headers = {.extraHeaders = {{"X-Trace", "1"}}}, .deadline = 30s, .retryPolicy = policy}`
struct CallOptionalsView {
  CallHeadersView headers{};      ///< headers that only this call sends
  Deadline deadline{};            ///< when the call must have ended; unset: TimeoutOptions::call
  RetryPolicyView retryPolicy{};  ///< which failures are retried; unset: the session's policy
  /// A text of the caller's own by which this call is recognised in events, interceptors and errors. It is not sent. At
  /// most 128 characters of printable ASCII; empty: none. *Errors*: the call fails with Errc::invalidRequest for any
  /// other text.
  std::string_view tag{};
};

}  // namespace box::inline v0_1
