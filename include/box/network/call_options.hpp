#pragma once

#include <string_view>

#include "box/policy/retry.hpp"
#include "box/support/deadline.hpp"
#include "box/views.hpp"

namespace box::inline v0_1 {

/// The headers of one call.
struct CallHeadersView {
  HeaderListView extraHeaders{};  ///< for this call, in addition to the client's
};

/// What may be set for one call:
/// `{.headers = {.extraHeaders = {{"X-Trace", "1"}}}, .deadline = 30s, .retryPolicy = policy}`
struct CallOptionalsView {
  CallHeadersView headers{};      ///< headers that only this call sends
  Deadline deadline{};            ///< unset: TimeoutOptions::call
  RetryPolicyView retryPolicy{};  ///< unset: the session's
  /// A text of yours that events, interceptors and errors of this call have, so that it can be found among others. It
  /// is not sent. At most 128 characters of printable ASCII; empty: none. *Errors*: Errc::invalidRequest for another.
  std::string_view tag{};
};

}  // namespace box::inline v0_1
