#pragma once

#include <optional>

#include "box/error.hpp"
#include "box/network/fetch.hpp"
#include "box/observe/data_sanitizer.hpp"
#include "box/policy/retry.hpp"
#include "transport/failure.hpp"

namespace box {

/// What a complete response means, apart from what may be done about it.
struct Verdict {
  bool success = false;
  Errc code = Errc::unexpectedResponse;
  FailureKind kind = FailureKind::permanent;
  Fate fate = Fate::rejected;
};

/// `expected`: the one status that is success. A page in HTML is no answer of Box's, whatever its status says.
Verdict judgeResponse(const FetchResponse& response, int expected);

/// How a failed attempt without a response counts. `reused`: its connection had carried a request before; `begun`: a byte of
/// a response came.
FailureKind judgeFailure(const Failure& failure, bool reused, bool begun);

/// What the response of a failed attempt says. `now` is for a Retry-After that is a date.
ApiErrorInfo describeApiError(const FetchResponse& response, std::chrono::system_clock::time_point now);

/// The same in one line for what(): "403 Forbidden, code access_denied_insufficient_permissions: …, box-request-id …".
std::string summarize(const ApiErrorInfo& info, const std::string& body, const DataSanitizer& sanitizer);

}  // namespace box
