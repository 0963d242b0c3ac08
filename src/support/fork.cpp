#include "support/fork.hpp"

#include <atomic>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

namespace box::inline v0_1 {

/// The functions that fork() calls, and their data.
class ForkHandlers {
 public:
  using Entry = UnsharedDescriptor::Entry;

  static void install() noexcept {
    // It fails only where memory is missing, and fork() itself needs more.
    static_cast<void>(::pthread_atfork(&prepare, &parent, &child));
  }

  static void insert(Entry& entry) noexcept {
    entry.next = descriptors;
    if (descriptors != nullptr) descriptors->previous = &entry;
    descriptors = &entry;
  }

  static void remove(Entry& entry) noexcept {
    const std::lock_guard lock(process);
    if (entry.next != nullptr) entry.next->previous = entry.previous;
    (entry.previous != nullptr ? entry.previous->next : descriptors) = entry.next;
  }

  static inline std::atomic<std::uint64_t> generation{0};
  static inline std::mutex barrier;
  static inline std::mutex
      process;  // with a trivial destructor, as the list: static objects that use it may be destroyed later

 private:
  static void prepare() {
    barrier.lock();
    process.lock();
  }

  static void parent() {
    process.unlock();
    barrier.unlock();
  }

  /// Only what a signal handler may do is allowed here: other threads may have held the heap's lock.
  static void child() {
    const std::uint64_t forks = (generation.load(std::memory_order_relaxed) >> 32U) + 1;
    generation.store(forks << 32U | static_cast<std::uint32_t>(::getpid()), std::memory_order_relaxed);
    int dead = -1;
    for (const Entry* entry = descriptors; entry != nullptr; entry = entry->next) {
      if (dead < 0) dead = socketWithoutPeer();
      if (dead < 0) {  // no descriptor is free: free one
        ::close(entry->descriptor);
        dead = socketWithoutPeer();
        // Without it the child would read and write on its parent's connections.
        if (dead < 0) std::abort();
      }
      if (dead == entry->descriptor) continue;
      // This fails only for a number above a limit that was lowered, and such numbers are not given out any more.
      if (::dup3(dead, entry->descriptor, O_CLOEXEC) < 0) ::close(entry->descriptor);
    }
    if (dead >= 0 && !isListed(dead)) ::close(dead);
    process.unlock();
    barrier.unlock();
  }

  static int socketWithoutPeer() noexcept { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

  static bool isListed(int descriptor) noexcept {
    for (const Entry* entry = descriptors; entry != nullptr; entry = entry->next) {
      if (entry->descriptor == descriptor) return true;
    }
    return false;
  }

  static inline Entry* descriptors = nullptr;
};

namespace {

/// When the library is loaded: a process may fork before it asks for its generation the first time.
[[maybe_unused]] const bool handlersInstalled = (ForkHandlers::install(), true);

}  // namespace

std::uint64_t processGeneration() noexcept { return ForkHandlers::generation.load(std::memory_order_relaxed); }

std::unique_lock<std::mutex> forkBarrier() { return std::unique_lock(ForkHandlers::barrier); }

std::unique_lock<std::mutex> processLock() { return std::unique_lock(ForkHandlers::process); }

UnsharedDescriptor::UnsharedDescriptor(int descriptor)
    : UnsharedDescriptor(std::make_unique<Entry>(), [descriptor] { return descriptor; }) {}

void UnsharedDescriptor::insert() noexcept { ForkHandlers::insert(*entry_); }

UnsharedDescriptor::UnsharedDescriptor() noexcept = default;
UnsharedDescriptor::UnsharedDescriptor(UnsharedDescriptor&&) noexcept = default;

UnsharedDescriptor& UnsharedDescriptor::operator=(UnsharedDescriptor&& other) noexcept {
  if (entry_) ForkHandlers::remove(*entry_);
  entry_ = std::move(other.entry_);
  return *this;
}

UnsharedDescriptor::~UnsharedDescriptor() {
  if (entry_) ForkHandlers::remove(*entry_);
}

}  // namespace box::inline v0_1
