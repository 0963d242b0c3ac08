// Does a known number of atomic operations: four in each round that read and write, and others that only do one of the
// two.
//
//   box_cost_atomic_operations <rounds>
#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace {
std::atomic<std::uint64_t> value{0};
std::atomic<std::uint8_t> byte{0};
}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t rounds = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    value.fetch_add(round);
    std::uint64_t expected = value.load();
    value.compare_exchange_strong(expected, round);
    byte.exchange(static_cast<std::uint8_t>(round));
    value.fetch_or(1, std::memory_order_relaxed);
    value.store(round, std::memory_order_release);
  }
}
