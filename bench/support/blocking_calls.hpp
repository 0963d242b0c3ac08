#pragma once

#include <cstdint>

namespace box::bench {

/// How often the thread that runs main() has opened or renamed a file, waited for a disk or looked a name up. Always 0
/// in a program that has blocking_calls.cpp not linked in, as under a sanitizer.
std::uint64_t blockingCalls() noexcept;

}  // namespace box::bench
