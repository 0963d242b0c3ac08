#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "box/support/asio.hpp"
#include "support/linked_list.hpp"

namespace box::inline v0_1 {

/// Learns that the destruction of an execution context begins, before anything of the context is destroyed.
///
/// Asio shuts down its timers without locking them, because it assumes that no other thread uses them then. But a
/// thread that wakes a coroutine may belong to another context, or may be a thread that nothing joins: see before().
/// And a timer or a socket that is destroyed after its context uses freed memory: see Member. Services are shut down in
/// the opposite order of their creation. The service of this class is created after a timer and a socket, so it is shut
/// down before their services: the members have released their sockets before Asio closes any.
class ContextEnd {
 public:
  class Member;

  /// The object for the context of `executor`.
  static std::shared_ptr<ContextEnd> of(const asio::any_io_executor& executor);

  /// Calls `action`, unless the end has begun. The end cannot begin while `action` runs.
  template <class Action>
  void before(Action&& action) {
    const std::lock_guard lock(mutex_);
    if (!begun_) std::forward<Action>(action)();
  }

 private:
  class Service;
  void begin();

  std::mutex mutex_;  // lock order: the mutex of the waking object, this one, a Waiter's
  bool begun_ = false;
  LinkedList<Member> members_;
};

/// A base of classes that own timers or sockets of a context and may live longer than the context.
///
/// *Threads*: as with Asio's own objects, it must not be destroyed by one thread while another destroys the context.
class ContextEnd::Member : public ListNode<Member> {
 protected:
  Member() = default;
  ~Member() { leave(); }

  /// From now on contextEnds() is called when the context of the executor is destroyed. Does nothing for an empty
  /// executor.
  void join(const asio::any_io_executor& executor);
  /// Must be called first in the destructor of a class that overrides contextEnds().
  void leave() noexcept;

 private:
  friend class ContextEnd;

  /// Destroys everything that belongs to the context, on the thread that destroys the context.
  virtual void contextEnds() noexcept = 0;

  std::shared_ptr<ContextEnd> end_;
};

}  // namespace box::inline v0_1
