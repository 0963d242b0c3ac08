#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace box::inline v0_1 {

/// A wait that a server has asked for, lengthened by up to a tenth and at most a second. So it is never shorter than
/// asked, and not all clients send again at the same moment. `random`: in [0, 1).
inline std::chrono::nanoseconds withJitter(std::chrono::nanoseconds asked, double random) {
  const auto most = std::min<std::chrono::nanoseconds>(std::chrono::seconds(1), asked / 10);
  return asked + std::chrono::nanoseconds(static_cast<std::int64_t>(random * static_cast<double>(most.count())));
}

}  // namespace box::inline v0_1
