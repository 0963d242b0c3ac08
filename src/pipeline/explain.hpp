#pragma once

#include <chrono>
#include <exception>
#include <string>

#include "box/error.hpp"
#include "box/network/fetch.hpp"
#include "box/network/request.hpp"
#include "box/observe/data_sanitizer.hpp"
#include "box/support/secret.hpp"
#include "pipeline/attempt.hpp"
#include "pipeline/redactor.hpp"

namespace box::inline v0_1 {

/// What the response of a failed attempt says, without the secrets that it may repeat. `now` is for a Retry-After that
/// is a date.
ApiErrorInfo describeApiError(const FetchResponse& response, std::chrono::system_clock::time_point now,
                              const Redactor& redact = Redactor());

/// The same in one line for what(): "403 Forbidden, code access_denied_insufficient_permissions: …, box-request-id …".
/// `body`: the response's, of which the title of a page in HTML is shown. `expected`: the status that was expected
/// where another success came, else empty.
std::string summarize(const ApiErrorInfo& info, const std::string& body, const DataSanitizer& sanitizer,
                      const std::string& expected = std::string());

/// Puts the reason of a failed attempt into words, with what the response said where there is one. `token`: the one
/// that was sent with the request; null: none.
void explain(Attempt& attempt, const NetworkRequest& request, const Secret* token);

/// Removes the token from the response's headers and body, where the server has repeated it.
void redactAnswer(FetchResponse& response, const Secret& token);

/// Describes an attempt that an exception has ended: of ours, of Asio's, or of the caller's own code. `cancelled`: the
/// caller has cancelled the call. Rethrows std::bad_alloc.
void explainException(Attempt& attempt, const std::exception_ptr& exception, bool cancelled,
                      const DataSanitizer& sanitizer);

}  // namespace box::inline v0_1
