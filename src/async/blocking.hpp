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
#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Work that blocks and cannot be interrupted, such as a name lookup or the use of a disk. It is shared by the
/// coroutine that waits for it, which may stop waiting or be destroyed at any time, and by a thread, which cannot stop.
/// So this object owns everything that the work needs, and its results.
class BlockingTask {
 public:
  class EndSubscription;

  BlockingTask() = default;
  virtual ~BlockingTask() = default;
  BlockingTask(const BlockingTask&) = delete;
  BlockingTask& operator=(const BlockingTask&) = delete;

  /// Whether the task has ended. Only then may code other than run() read the results that run() leaves in the object.
  bool ended() const noexcept { return ended_.isSet(); }

 private:
  friend class BlockingThreads;
  /// Called once, on one of the threads, without a lock.
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

  /// Runs the function on the calling thread, if no thread could be started for it.
  void runHere() noexcept { run(); }

  /// Returns the result of the function, or throws its exception. It must be called once, after the task has ended. It
  /// moves the exception to the caller, because the thread may release this object later, and must not free the text of
  /// the exception then.
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
    function_ = nullptr;  // frees the objects that it owns before other threads can see that it has ended
  }

  std::function<T()> function_;
  std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> result_;
  std::exception_ptr failure_;
};

/// A limited number of threads for blocking tasks. A thread ends when there is no task for it, and nothing waits for
/// its end. Tasks begin in the order in which they were submitted; a task for which no coroutine waits any more is not
/// begun. A forked child starts its own threads; a task that had begun before the fork ends in the parent only.
class BlockingThreads : public std::enable_shared_from_this<BlockingThreads> {
 public:
  explicit BlockingThreads(unsigned most) : most_(most) {}

  /// *Errors*: std::system_error if no thread can be started and no thread is running; then the task is not begun.
  void submit(const std::shared_ptr<BlockingTask>& task);

 private:
  void work() noexcept;

  const unsigned most_;
  std::mutex mutex_;  // protects the members after it
  std::deque<std::weak_ptr<BlockingTask>> queue_;
  unsigned running_ = 0;
  std::uint64_t generation_ = 0;  // the generation of the process to which the threads belong
};

/// Runs a task on a thread and waits until the task has ended (true) or `until` is reached (false).
/// *Errors*: BoxSdkError with Errc::localResource if the task cannot be begun. *Cancellation*: by the types `endedBy`;
/// it throws Cancellation. Where other types may come, the coroutine must have
/// switched throw_if_cancelled off. After a cancellation, and after `until`, the task continues to its end, or is not
/// begun.
asio::awaitable<bool> awaitBlocking(std::shared_ptr<BlockingThreads> threads, std::shared_ptr<BlockingTask> task,
                                    std::chrono::steady_clock::time_point until,
                                    asio::cancellation_type endedBy = asio::cancellation_type::all);

/// Runs a call on a thread and returns its result, or throws its exception. *Errors*, *Cancellation*: as for
/// awaitBlocking().
template <class T>
asio::awaitable<T> perform(std::shared_ptr<BlockingThreads> threads, std::shared_ptr<BlockingCall<T>> call) {
  co_await awaitBlocking(std::move(threads), call, std::chrono::steady_clock::time_point::max());
  co_return call->take();
}

/// The threads of the process for work that needs a millisecond of processor time or more: a signature, a large body, a
/// long list. The caller's event loop must not wait for such work.
const std::shared_ptr<BlockingThreads>& computingThreads();

/// Runs `work`, which must own everything that it uses, on one of these threads. If no thread can be started, the
/// caller's thread runs it, and the event loop has to wait. Everything else is as for perform().
template <class T>
asio::awaitable<T> compute(std::function<T()> work, asio::cancellation_type endedBy = asio::cancellation_type::all) {
  const auto call = std::make_shared<BlockingCall<T>>(std::move(work));
  try {
    co_await awaitBlocking(computingThreads(), call, std::chrono::steady_clock::time_point::max(), endedBy);
  } catch (const BoxSdkError& error) {
    if (error.code() != Errc::localResource) throw;
    call->runHere();
  }
  co_return call->take();
}

}  // namespace box::inline v0_1
