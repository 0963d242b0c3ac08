#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace box::inline v0_1 {

/// A number that differs in each process that descends from the first one by fork(3); the first one's is 0. A process
/// that was made by a direct clone(2) is not noticed.
std::uint64_t processGeneration() noexcept;

/// Held by a thread of the library while it changes what the caller's threads share with it. fork() waits for it, so
/// that a child, which has no such thread, finds no mutex locked for ever. Taken before every other mutex, and never by
/// a thread of the caller, which may be the one that forks.
std::unique_lock<std::mutex> forkBarrier();

/// Guards objects that a process has once and every thread may use, while a list is read or changed. fork() waits for
/// it. No other lock of the library is taken under it, and no code of the caller runs.
std::unique_lock<std::mutex> processLock();

/// Keeps a connection, or a locked file, to the process that opened it, as long as this object lives.
///
/// A fork copies the descriptor, and the TLS session with its keys and numbers: two processes would write on one
/// connection, and each would take the other's answer for its own. In the child the descriptor's number therefore leads
/// to a socket without a peer from the start. The parent's connection is not ended, nothing is sent on it, and its
/// place in an epoll set that both processes have is left alone; in the child each read and write on it fails at once.
///
/// *Lifetime*: must be destroyed before the descriptor is closed, because its number may be reused then. *Threads*:
/// any.
class UnsharedDescriptor {
 public:
  UnsharedDescriptor() noexcept;
  /// *Errors*: std::bad_alloc.
  explicit UnsharedDescriptor(int descriptor);
  /// Keeps the descriptor that `open` returns, with no fork in between; a negative one is not kept, and errno has the
  /// reason. `open` only opens: see processLock(). *Errors*: std::bad_alloc, before `open` is called.
  template <class Open>
  static UnsharedDescriptor opened(Open&& open) {
    return UnsharedDescriptor(std::make_unique<Entry>(), std::forward<Open>(open));
  }
  ~UnsharedDescriptor();
  UnsharedDescriptor(UnsharedDescriptor&&) noexcept;
  UnsharedDescriptor& operator=(UnsharedDescriptor&&) noexcept;

  bool isSet() const noexcept { return entry_ != nullptr; }
  int descriptor() const noexcept { return entry_ ? entry_->descriptor : -1; }

 private:
  struct Entry {
    int descriptor = -1;
    Entry* previous = nullptr;
    Entry* next = nullptr;
  };

  template <class Open>
  UnsharedDescriptor(std::unique_ptr<Entry> entry, Open&& open) {
    const std::unique_lock lock = processLock();
    entry->descriptor = std::forward<Open>(open)();
    if (entry->descriptor < 0) return;
    entry_ = std::move(entry);
    insert();
  }
  void insert() noexcept;  // under processLock()

  std::unique_ptr<Entry> entry_;
  friend class ForkHandlers;
};

}  // namespace box::inline v0_1
