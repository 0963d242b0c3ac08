#include "system/fork.hpp"

#include <atomic>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

namespace box::inline v0_1 {

/// The functions that fork() calls, and the data that they use.
class ForkHandlers {
 public:
  using Entry = UnsharedDescriptor::Entry;

  static void install() noexcept {
    // It fails only if there is no memory, and then fork() itself fails too.
    static_cast<void>(::pthread_atfork(&prepare, &parent, &child));
  }

  static void insert(Entry& entry) noexcept { descriptors.pushFront(entry); }

  static void remove(Entry& entry) noexcept {
    const std::lock_guard lock(process);
    descriptors.remove(entry);
  }

  static inline std::atomic<std::uint64_t> generation{0};
  static inline std::mutex barrier;
  // The destructors of this mutex and of the list do nothing, because static objects that use them may be destroyed
  // later.
  static inline std::mutex process;

 private:
  static void prepare() {
    barrier.lock();
    process.lock();
  }

  static void parent() {
    process.unlock();
    barrier.unlock();
  }

  /// This function may do only what a signal handler may do, because another thread may have held the lock of the heap
  /// at the fork.
  static void child() {
    const std::uint64_t forks = (generation.load(std::memory_order_relaxed) >> 32U) + 1;
    generation.store(forks << 32U | static_cast<std::uint32_t>(::getpid()), std::memory_order_relaxed);
    int dead = -1;
    for (const Entry& entry : descriptors) {
      const int descriptor = static_cast<int>(entry.descriptor);
      if (dead < 0) dead = socketWithoutPeer();
      if (dead < 0) {  // no descriptor is free, so one is closed
        ::close(descriptor);
        dead = socketWithoutPeer();
        // Without such a socket the child would read and write on the connections of its parent.
        if (dead < 0) std::abort();
      }
      if (dead == descriptor) continue;
      // This fails only if the limit of descriptors was lowered below this number. Then no new descriptor gets the
      // number, so closing it is enough.
      if (::dup3(dead, descriptor, O_CLOEXEC) < 0) ::close(descriptor);
    }
    if (dead >= 0 && !isListed(dead)) ::close(dead);
    process.unlock();
    barrier.unlock();
  }

  static int socketWithoutPeer() noexcept { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

  static bool isListed(int descriptor) noexcept {
    for (const Entry& entry : descriptors) {
      if (entry.descriptor == descriptor) return true;
    }
    return false;
  }

  static inline constinit LinkedList<Entry> descriptors;
};

namespace {

/// The handlers are installed when the library is loaded, because a process may fork before it calls
/// processGeneration() for the first time.
[[maybe_unused]] const bool handlersInstalled = (ForkHandlers::install(), true);

}  // namespace

std::uint64_t processGeneration() noexcept { return ForkHandlers::generation.load(std::memory_order_relaxed); }

std::unique_lock<std::mutex> forkBarrier() { return std::unique_lock(ForkHandlers::barrier); }

std::unique_lock<std::mutex> processLock() { return std::unique_lock(ForkHandlers::process); }

UnsharedDescriptor::UnsharedDescriptor(Number descriptor)
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
