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

/// The data in the response to a failed attempt, without the secrets that the response may repeat. `now`: the wait
/// until a date in Retry-After is counted from it, if the response has no Date.
ApiErrorInfo describeApiError(const FetchResponse& response, std::chrono::system_clock::time_point now,
                              const Redactor& redact = Redactor());

/// The same data as one line for what(): "403 Forbidden, code access_denied_insufficient_permissions: …, box-request-id
/// …". `body`: the body of the response; if it is a page in HTML, its title is shown. `expected`: the status that was
/// expected if the response has another status below 400, else empty.
std::string summarize(const ApiErrorInfo& info, const std::string& body, const DataSanitizer& sanitizer,
                      const std::string& expected = std::string());

/// Describes in words why the attempt failed, with the data of the response if there is one. `token`: the token that
/// was sent with the request; null: no token was sent.
void explain(Attempt& attempt, const NetworkRequest& request, const Secret* token);

/// Removes the token from the response's headers and body if the server has repeated it there.
void redactAnswer(FetchResponse& response, const Secret& token);

/// Describes an attempt that was ended by an exception of the library, of Asio, or of the caller's own code.
/// `cancelled`: whether the caller has cancelled the call. Rethrows std::bad_alloc.
void explainException(Attempt& attempt, const std::exception_ptr& exception, bool cancelled,
                      const DataSanitizer& sanitizer);

}  // namespace box::inline v0_1
