#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "box/network/headers.hpp"

namespace box::inline v0_1 {

/// An HTTP date in any of the three forms of RFC 9110 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94
/// 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. `now` decides the century of the second form. It is not checked whether
/// the name of the weekday fits the date.
std::optional<std::chrono::sys_seconds> parseHttpDate(std::string_view text, std::chrono::sys_seconds now) noexcept;

/// How long the Retry-After of a response asks to wait. Its value is in seconds or is a date; the wait until a date is
/// counted from the Date of the response if there is one, so that an error of this machine's clock does not matter,
/// else from `now`. A date in the past means zero; of several headers the longest wait is used; a number that is too
/// large means about 31 years. Any other value (with a sign, a fraction or words) is ignored.
std::optional<std::chrono::nanoseconds> parseRetryAfter(const HttpHeaders& headers,
                                                        std::chrono::system_clock::time_point now) noexcept;

}  // namespace box::inline v0_1
