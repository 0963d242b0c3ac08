#pragma once

#include <cstdint>
#include <optional>

namespace box::soak {

/// The memory of the process, in bytes. A figure has no value where this build cannot measure it.
struct Memory {
  std::int64_t resident = 0;
  std::optional<std::int64_t> heap;  ///< allocated and not yet freed
  /// The part of the heap that the client's threads have allocated, minus what they have freed.
  std::optional<std::int64_t> client;

  static Memory now();
};

/// Says for which side the calling thread works, and all threads that it starts from now on. The side is stored in the
/// thread's name, which new threads inherit, even those that a library starts. At first all threads work for the
/// server.
enum class Side { server, client };
void workFor(Side side);

}  // namespace box::soak
