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

/// The server's time, from the header Date; nothing if there is no such header, if it is not a date, or if its year is
/// before 1970 or after 2199. A date in the year 9999 is valid, but too large for the clock's nanoseconds, and a clock
/// that is so wrong is of no use.
std::optional<std::chrono::system_clock::time_point> dateIn(const HttpHeaders& headers,
                                                            std::chrono::system_clock::time_point now) noexcept;

}  // namespace box::inline v0_1
