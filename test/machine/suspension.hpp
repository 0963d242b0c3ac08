#pragma once

#include <chrono>

namespace box::test {

/// Has the steady clock, which stands still while a machine is suspended, go on from an earlier moment. The program has
/// a clock_gettime() of its own in front of the C library's.
void resumeAt(std::chrono::steady_clock::time_point moment);

}  // namespace box::test
