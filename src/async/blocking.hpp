#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "async/signal.hpp"
#include "async/waiter.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Work that blocks and cannot be interrupted: a lookup, a disk. Two share it: the coroutine that waits for it, which
/// may stop waiting or be destroyed at any time, and a thread, which cannot stop. So this object owns what the work
/// needs and what it finds.
class BlockingTask {
 public:
  class EndSubscription;

  BlockingTask() = default;
  virtual ~BlockingTask() = default;
  BlockingTask(const BlockingTask&) = delete;
  BlockingTask& operator=(const BlockingTask&) = delete;

  /// Only when this is true may code other than run() read what run() leaves in the object.
  bool ended() const noexcept { return ended_.isSet(); }

 private:
  friend class BlockingThreads;
  /// In one of the threads, once, without a lock.
  virtual void run() noexcept = 0;
  void runToItsEnd() noexcept;

  Signal ended_;
};

/// Wakes `waiter` when the task ends, as long as this object lives.
class BlockingTask::EndSubscription : public Signal::Subscription {
 public:
  EndSubscription(const std::shared_ptr<BlockingTask>& task, Waiter& waiter)
      : Subscription(std::shared_ptr<Signal>(task, &task->ended_), waiter) {}
};

/// A function as a task. It must own everything that it uses.
template <class T>
class BlockingCall final : public BlockingTask {
 public:
  explicit BlockingCall(std::function<T()> function) : function_(std::move(function)) {}

  /// Returns what the function returned, or throws what it threw. Call it once, after the end. It moves an exception to
  /// the caller, because the thread, which may release this object later, must not free the exception's text.
  T take() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if constexpr (!std::is_void_v<T>) return std::move(*result_);
  }

 private:
  void run() noexcept override {
    try {
      if constexpr (std::is_void_v<T>) {
        function_();
      } else {
        result_.emplace(function_());
      }
    } catch (...) {
      failure_ = std::current_exception();
    }
    function_ = nullptr;  // frees what it owned before others can see that it has ended
  }

  std::function<T()> function_;
  std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> result_;
  std::exception_ptr failure_;
};

/// A limited number of threads for blocking tasks, which end when there is nothing to do. Nothing waits for their end.
/// Tasks begin in the order in which they came; a task for which no coroutine waits any more is not begun. A forked
/// process starts threads anew; a task that had begun before the fork ends in the parent only.
class BlockingThreads : public std::enable_shared_from_this<BlockingThreads> {
 public:
  explicit BlockingThreads(unsigned most) : most_(most) {}

  /// *Errors*: std::system_error where no thread can be started and none is running; the task is not begun then.
  void submit(std::shared_ptr<BlockingTask> task);

 private:
  void work() noexcept;

  const unsigned most_;
  std::mutex mutex_;  // guards the members after it
  std::deque<std::shared_ptr<BlockingTask>> queue_;
  unsigned running_ = 0;
  std::uint64_t generation_ = 0;  // of the process to which these threads belong
};

/// Runs a task on a thread and waits until it has ended (true) or the time is up (false).
/// *Errors*: Errc::localResource where it cannot be begun. *Cancellation*: operation_aborted. In that case, and where
/// the time is up, the task ends by itself, or is not begun.
asio::awaitable<bool> awaitBlocking(std::shared_ptr<BlockingThreads> threads, std::shared_ptr<BlockingTask> task,
                                    std::chrono::steady_clock::time_point until);

/// Runs a call on a thread and returns what it returned, or throws what it threw. *Errors*, *Cancellation*: as
/// awaitBlocking().
template <class T>
asio::awaitable<T> perform(std::shared_ptr<BlockingThreads> threads, std::shared_ptr<BlockingCall<T>> call) {
  co_await awaitBlocking(std::move(threads), call, std::chrono::steady_clock::time_point::max());
  co_return call->take();
}

/// The process's threads for work that takes a processor a millisecond or more: a signature, a large body, a long list.
/// The caller's event loop must not wait for it.
const std::shared_ptr<BlockingThreads>& computingThreads();

/// Runs `work`, which must own everything that it uses, on one of them. Otherwise as perform().
template <class T>
asio::awaitable<T> compute(std::function<T()> work) {
  return perform<T>(computingThreads(), std::make_shared<BlockingCall<T>>(std::move(work)));
}

}  // namespace box::inline v0_1
