#pragma once

#include <chrono>

namespace box::test {

/// Sets the steady clock back, as it is after a suspension, during which it stands still. The program's clock_gettime()
/// replaces that of the C library.
void resumeAt(std::chrono::steady_clock::time_point moment);

}  // namespace box::test
