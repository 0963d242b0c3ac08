#pragma once

#include <chrono>

namespace box::inline v0_1 {

/// "No limit", in every option that is a duration. Such options are in nanoseconds, to which any duration converts:
/// `10s`, `250ms`.
inline constexpr std::chrono::nanoseconds unlimited = std::chrono::nanoseconds::max();

}  // namespace box::inline v0_1
