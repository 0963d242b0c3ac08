#include "box/support/random.hpp"

#include <atomic>
#include <cstdint>
#include <random>

#include "system/fork.hpp"

namespace box::inline v0_1 {
namespace {

/// SplitMix64. Its state is a counter, so that threads can share it with one atomic addition.
class SplitMix final : public Random {
 public:
  explicit SplitMix(std::uint64_t seed) noexcept : state_(seed) {}

  double uniform() const noexcept override {
    std::uint64_t z = state_.fetch_add(0x9e3779b97f4a7c15U, std::memory_order_relaxed);
    // Forked processes have the same counter. Without this line they would all wait for the same time.
    z += processGeneration() * 0xd1342543de82ef95U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    z ^= z >> 31U;
    return static_cast<double>(z >> 11U) * 0x1.0p-53;
  }

 private:
  mutable std::atomic<std::uint64_t> state_;
};

}  // namespace

std::shared_ptr<const Random> systemRandom() {
  std::random_device device;
  return std::make_shared<const SplitMix>((std::uint64_t{device()} << 32U) | device());
}

}  // namespace box::inline v0_1
