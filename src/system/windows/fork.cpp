#include "system/fork.hpp"

#include <utility>

// Windows has no fork(): a process has one generation, nothing waits for a fork, and no descriptor is shared.
namespace box::inline v0_1 {

std::uint64_t processGeneration() noexcept { return 0; }

std::unique_lock<std::mutex> forkBarrier() { return {}; }

std::unique_lock<std::mutex> processLock() {
  static std::mutex mutex;
  return std::unique_lock(mutex);
}

UnsharedDescriptor::UnsharedDescriptor(Number descriptor)
    : UnsharedDescriptor(std::make_unique<Entry>(), [descriptor] { return descriptor; }) {}

void UnsharedDescriptor::insert() noexcept {}

UnsharedDescriptor::UnsharedDescriptor() noexcept = default;
UnsharedDescriptor::UnsharedDescriptor(UnsharedDescriptor&&) noexcept = default;
UnsharedDescriptor& UnsharedDescriptor::operator=(UnsharedDescriptor&&) noexcept = default;
UnsharedDescriptor::~UnsharedDescriptor() = default;

}  // namespace box::inline v0_1
