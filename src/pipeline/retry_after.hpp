#pragma once

#include <chrono>
#include <optional>

#include "box/network/headers.hpp"

namespace box::inline v0_1 {

/// How long the Retry-After of a response asks to wait. Its value is in seconds or is a date; the wait until a date is
/// counted from the Date of the response if there is one, so that an error of this machine's clock does not matter,
/// else from `now`. A date in the past means zero; of several headers the longest wait is used; a number that is too
/// large means about 31 years. Any other value (with a sign, a fraction or words) is ignored.
std::optional<std::chrono::nanoseconds> parseRetryAfter(const HttpHeaders& headers,
                                                        std::chrono::system_clock::time_point now) noexcept;

}  // namespace box::inline v0_1
