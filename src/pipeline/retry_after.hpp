#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "box/network/headers.hpp"

namespace box::inline v0_1 {

/// An HTTP date in any of the three forms of RFC 9110 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94
/// 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. `now` decides the century of the second form. The weekday's name is not
/// checked against the date: a server that has it wrong means the date.
std::optional<std::chrono::sys_seconds> parseHttpDate(std::string_view text, std::chrono::sys_seconds now) noexcept;

/// How long a response's Retry-After asks to wait: seconds or a date, which counts from the response's own Date where
/// it has one (so that our clock's error does not matter), else from `now`. A date that has passed means zero; of
/// several headers the longest wait counts; a number that is too large is a very long time. Anything else (signs,
/// fractions, words) is ignored.
std::optional<std::chrono::nanoseconds> parseRetryAfter(const HttpHeaders& headers,
                                                        std::chrono::system_clock::time_point now) noexcept;

}  // namespace box::inline v0_1
