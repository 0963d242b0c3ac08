#pragma once

#include <cstdint>
#include <optional>

namespace box::soak {

/// What the process holds of memory, in bytes. What this build cannot tell is unset.
struct Memory {
  std::int64_t resident = 0;
  std::optional<std::int64_t> heap;    ///< allocated and not freed
  std::optional<std::int64_t> client;  ///< of the heap, what the client's threads have allocated more than freed

  static Memory now();
};

/// Whose work the threads do that the calling thread starts from now on, and it itself. Threads inherit their name,
/// which is what tells: so it holds also for those that a library starts by itself. At first all are the server's.
enum class Side { server, client };
void workFor(Side side);

}  // namespace box::soak
