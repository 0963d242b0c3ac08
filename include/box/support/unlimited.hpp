#pragma once

#include <chrono>

namespace box::inline v0_1 {

/// "No limit", in options that are time limits or ages; options with a documented maximum, such as those of
/// RateOptions, refuse it. Such options are in nanoseconds, to which any duration converts: `10s`, `250ms`.
inline constexpr std::chrono::nanoseconds unlimited = std::chrono::nanoseconds::max();

}  // namespace box::inline v0_1
