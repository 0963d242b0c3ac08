#pragma once

#include <chrono>
#include <string>

#include "box/error.hpp"
#include "box/network/fetch.hpp"
#include "box/observe/data_sanitizer.hpp"
#include "pipeline/redactor.hpp"

namespace box::inline v0_1 {

/// The data in the response to a failed attempt, without the secrets that the response may repeat. `now`: the present
/// time. If Retry-After is a date, the wait is that date minus the response's Date, or minus `now` if there is no Date.
ApiErrorInfo describeApiError(const FetchResponse& response, std::chrono::system_clock::time_point now,
                              const Redactor& redact = Redactor());

/// The same data as one line for what(): "403 Forbidden, code access_denied_insufficient_permissions: …, box-request-id
/// …". `body`: the body of the response; if it is a page in HTML, its title is shown. `expected`: the status that was
/// expected if the response has another status below 400, else empty.
std::string summarize(const ApiErrorInfo& info, const std::string& body, const DataSanitizer& sanitizer,
                      const std::string& expected = std::string());

}  // namespace box::inline v0_1
