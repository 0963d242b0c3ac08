#pragma once

#include <cstdint>

namespace box::bench {

/// How often the main thread has opened or renamed a file, waited for a disk or looked a name up. Always 0 in a program
/// without blocking_calls.cpp, such as one under a sanitizer.
std::uint64_t blockingCalls() noexcept;

}  // namespace box::bench
