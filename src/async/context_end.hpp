#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Notices the beginning of an execution context's end, before anything of the context is destroyed.
///
/// Asio shuts its timers down without their lock, because it assumes that no other thread uses them by then. But a
/// thread that wakes a coroutine may belong to another context, or be one that nothing joins: see before(). And a timer
/// or a socket that is destroyed after its context uses freed memory: see Member. Services are shut down in the
/// opposite order of their creation. This one is created after a timer, so it is shut down before the timers' own
/// service.
class ContextEnd {
 public:
  class Member;

  /// Of the context of `executor`, on which a timer has been made already.
  static std::shared_ptr<ContextEnd> of(const asio::any_io_executor& executor);

  /// Calls `action`, during which the end does not begin, unless it has begun.
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
  Member* first_ = nullptr;
};

/// Owns timers or sockets of a context and may live longer than the context.
///
/// *Threads*: as with Asio's own objects, it must not be destroyed by one thread while another destroys the context.
class ContextEnd::Member {
 public:
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

 protected:
  Member() = default;
  ~Member() { leave(); }

  /// From now on contextEnds() is called at the end of the executor's context. An empty executor has no context.
  void join(const asio::any_io_executor& executor);
  /// Must be called first in the destructor of a class that overrides contextEnds().
  void leave() noexcept;

 private:
  friend class ContextEnd;

  /// Destroys everything that belongs to the context, on the thread that destroys the context.
  virtual void contextEnds() noexcept = 0;

  std::shared_ptr<ContextEnd> end_;
  Member* previous_ = nullptr;
  Member* next_ = nullptr;
};

}  // namespace box::inline v0_1
