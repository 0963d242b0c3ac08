#pragma once

#include <chrono>

namespace box::inline v0_1 {

/// "No limit", in every option that is a duration. Options are nanoseconds, so that any duration converts: `10s`,
/// `250ms`.
inline constexpr std::chrono::nanoseconds unlimited = std::chrono::nanoseconds::max();

}  // namespace box::inline v0_1
