#pragma once

#include <cstddef>
#include <string>

namespace box::inline v0_1 {

/// `bytes` random bytes from the system's source as hex digits, two for each byte. Throws BoxSdkError with
/// Errc::localResource if that source fails.
std::string randomHex(std::size_t bytes);

}  // namespace box::inline v0_1
