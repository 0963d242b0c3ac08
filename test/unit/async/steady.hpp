#pragma once

#include <chrono>

namespace box {

using Steady = std::chrono::steady_clock;

/// The limit of a wait that has none.
inline constexpr auto never = Steady::time_point::max();

}  // namespace box
