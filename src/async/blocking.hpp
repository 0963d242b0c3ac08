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

namespace box {

/// Work that blocks and cannot be interrupted: a lookup, a disk. It is shared by the coroutine that waits for it, which
/// may leave or be destroyed at any time, and a thread, which cannot: what the work needs and what it finds is in here.
class BlockingTask {
 public:
  class EndSubscription;

  BlockingTask() = default;
  virtual ~BlockingTask() = default;
  BlockingTask(const BlockingTask&) = delete;
  BlockingTask& operator=(const BlockingTask&) = delete;

  /// Not before this is true may anyone but run() look at what run() leaves in the object.
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

/// A function as a task. It must own all that it uses.
template <class T>
class BlockingCall final : public BlockingTask {
 public:
  explicit BlockingCall(std::function<T()> function) : function_(std::move(function)) {}

  /// What it returned or threw. To be asked once, when it has ended. An exception goes with the one who asks: its text
  /// must not be freed by the thread, whose last touch of this object may come later.
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
    function_ = nullptr;  // what it owned is let go of before anyone sees that it has ended
  }

  std::function<T()> function_;
  std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> result_;
  std::exception_ptr failure_;
};

/// Threads for blocking tasks, so many at most, which end when there is nothing to do. Nobody waits for their end.
/// Tasks are begun in the order in which they came; one that nobody waits for any more is not begun. A forked process
/// starts threads anew; a task that had begun before the fork ends in the parent only.
class BlockingThreads : public std::enable_shared_from_this<BlockingThreads> {
 public:
  explicit BlockingThreads(unsigned most) : most_(most) {}

  /// *Errors*: std::system_error where no thread can be had and none is running; the task is not begun then.
  void submit(std::shared_ptr<BlockingTask> task);

 private:
  void work() noexcept;

  const unsigned most_;
  std::mutex mutex_;  // guards what follows
  std::deque<std::shared_ptr<BlockingTask>> queue_;
  unsigned running_ = 0;
  std::uint64_t generation_ = 0;  // of the process whose threads these are
};

/// Has a task done and waits until it has ended (true) or the time is up (false).
/// *Errors*: Errc::localResource where it cannot be begun. *Cancellation*: operation_aborted. In that case, and where
/// the time is up, it ends by itself, or is not begun.
asio::awaitable<bool> awaitBlocking(std::shared_ptr<BlockingThreads> threads, std::shared_ptr<BlockingTask> task,
                                    std::chrono::steady_clock::time_point until);

/// Has a call done and gives what it returned, or throws what it threw. *Errors*, *Cancellation*: as awaitBlocking().
template <class T>
asio::awaitable<T> perform(std::shared_ptr<BlockingThreads> threads, std::shared_ptr<BlockingCall<T>> call) {
  co_await awaitBlocking(std::move(threads), call, std::chrono::steady_clock::time_point::max());
  co_return call->take();
}

/// The process's threads for work that takes a processor a millisecond or more: a signature, a large body, a long list.
/// The caller's event loop must not wait for it.
const std::shared_ptr<BlockingThreads>& computingThreads();

/// Has one of them do `work`, which must own all that it uses. In all else as perform().
template <class T>
asio::awaitable<T> compute(std::function<T()> work) {
  return perform<T>(computingThreads(), std::make_shared<BlockingCall<T>>(std::move(work)));
}

}  // namespace box
