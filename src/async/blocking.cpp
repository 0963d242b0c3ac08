#include "async/blocking.hpp"

#include <system_error>

#include <boost/asio/this_coro.hpp>

#include "async/wait.hpp"
#include "async/waiter.hpp"
#include "box/error.hpp"
#include "support/thrown.hpp"
#include "system/fork.hpp"
#include "system/thread.hpp"

namespace box::inline v0_1 {

void BlockingTask::runToItsEnd() noexcept {
  run();
  const std::unique_lock barrier = forkBarrier();
  ended_.set();
}

void BlockingThreads::submit(const std::shared_ptr<BlockingTask>& task) {
  const std::lock_guard lock(mutex_);
  if (const std::uint64_t now = processGeneration(); now != generation_) {
    generation_ = now;
    running_ = 0;  // a forked process has only the thread that called fork()
  }
  queue_.push_back(task);
  if (running_ == most_) return;
  try {
    startThread([self = shared_from_this()] { self->work(); });
    ++running_;
  } catch (...) {
    if (running_ != 0) return;  // a running thread will run the task
    queue_.pop_back();
    throw;
  }
}

void BlockingThreads::work() noexcept {
  for (;;) {
    std::shared_ptr<BlockingTask> task;
    {
      const std::unique_lock barrier = forkBarrier();
      const std::lock_guard lock(mutex_);
      if (queue_.empty()) {
        --running_;
        return;
      }
      task = queue_.front().lock();
      queue_.pop_front();
    }
    // Without a reference no coroutine waits for the task any more, and none can join it.
    if (task) task->runToItsEnd();
  }
}

asio::awaitable<bool> awaitBlocking(std::shared_ptr<BlockingThreads> threads, std::shared_ptr<BlockingTask> task,
                                    std::chrono::steady_clock::time_point until, asio::cancellation_type endedBy) {
  Waiter waiter(co_await asio::this_coro::executor, until);
  const BlockingTask::EndSubscription subscription(task, waiter);
  try {
    threads->submit(task);
  } catch (const std::system_error& failure) {
    ErrorDetails details;
    details.context = "no thread can be started";
    details.cause = error_code(failure.code().value(), boost::system::system_category());
    throw BoxSdkError(Errc::localResource, details);
  }
  for (;;) {
    const asio::cancellation_type cancelled = co_await waitForCancellation(waiter);
    // It counts also if the task has ended just before it: what the task has made goes with the task.
    if ((cancelled & endedBy) != asio::cancellation_type::none) throw Cancellation();
    if (task->ended()) co_return true;
    if (cancelled == asio::cancellation_type::none) co_return false;
  }
}

const std::shared_ptr<BlockingThreads>& computingThreads() {
  static const auto threads = std::make_shared<BlockingThreads>(2U);
  return threads;
}

}  // namespace box::inline v0_1
