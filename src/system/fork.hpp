#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "support/linked_list.hpp"

namespace box::inline v0_1 {

/// A number that is different in each process that comes from the first process by fork(3). In the first process it is
/// 0. A process that was made by a direct call of clone(2) has the number of its parent.
std::uint64_t processGeneration() noexcept;

/// A thread of the library holds this lock while it changes data that it shares with the caller's threads. fork() waits
/// for the lock, because a child does not have that thread, and would find a mutex locked forever. It is locked before
/// every other mutex, and never by a thread of the caller, which may be the one that forks.
std::unique_lock<std::mutex> forkBarrier();

/// Protects lists that exist once per process and that every thread may use, while they are read or changed. fork()
/// waits for the lock. While it is held, no other lock of the library is taken, and no code of the caller runs.
std::unique_lock<std::mutex> processLock();

/// As long as this object lives, a forked child cannot use a connection or a locked file of its parent.
///
/// A fork copies the descriptor, and the TLS session with its keys and sequence numbers. Then two processes would write
/// on one connection, and each could read the answer to the other's request. So in the child the number of the
/// descriptor refers to a socket without a peer from the start, and each read and write on it fails at once. The fork
/// does not end the parent's connection, sends nothing on it, and does not change an epoll set that both processes
/// share.
///
/// *Lifetime*: the object must be destroyed before the descriptor is closed, because the number may be reused after
/// that. *Threads*: any.
class UnsharedDescriptor {
 public:
  /// A descriptor of a file or of a socket.
  using Number = std::intptr_t;

  UnsharedDescriptor() noexcept;
  /// *Errors*: std::bad_alloc.
  explicit UnsharedDescriptor(Number descriptor);
  /// Calls `open` and keeps the descriptor that it returns; no fork can happen in between. If `open` returns a negative
  /// number, the object is unset, and errno has the reason. `open` must only open a descriptor: see processLock().
  /// *Errors*: std::bad_alloc, before `open` is called.
  template <class Open>
  static UnsharedDescriptor opened(Open&& open) {
    return UnsharedDescriptor(std::make_unique<Entry>(), std::forward<Open>(open));
  }
  ~UnsharedDescriptor();
  UnsharedDescriptor(UnsharedDescriptor&&) noexcept;
  UnsharedDescriptor& operator=(UnsharedDescriptor&&) noexcept;

  bool isSet() const noexcept { return entry_ != nullptr; }
  Number descriptor() const noexcept { return entry_ ? entry_->descriptor : -1; }

 private:
  struct Entry : ListNode<Entry> {
    Number descriptor = -1;
  };

  template <class Open>
  UnsharedDescriptor(std::unique_ptr<Entry> entry, Open&& open) {
    const std::unique_lock lock = processLock();
    entry->descriptor = static_cast<Number>(std::forward<Open>(open)());
    if (entry->descriptor < 0) return;
    entry_ = std::move(entry);
    insert();
  }
  void insert() noexcept;  // must be called with processLock() held

  std::unique_ptr<Entry> entry_;
  friend class ForkHandlers;
};

}  // namespace box::inline v0_1
