#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/context_end.hpp"
#include "async/handler_memory.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// An object with which one coroutine waits until a thread wakes it, a point in time is reached, or the wait is
/// cancelled.
///
/// The handler is stored in a timer of the coroutine's own io_context and nowhere else, so destroying that io_context
/// destroys the waiting coroutine. A handler that is stored elsewhere would live longer than the io_context. The mutex
/// ensures that the wait is not started and woken at the same time. wake() sets an expiry in the past, which also ends
/// a wait that starts later, so no wake-up is lost.
/// *Lifetime*: before the waiter is destroyed, its subscriptions must have ended, so that no code calls wake() any
/// more.
class Waiter {
 public:
  using Clock = std::chrono::steady_clock;

  Waiter(const asio::any_io_executor& executor, Clock::time_point until)
      : timer_(executor, until), end_(ContextEnd::of(executor)) {}
  /// Waits until the thread that starts the wait has released the mutex. A timer that has already expired may resume
  /// the coroutine on another thread, and so destroy this object, before the starting thread has left asyncWait().
  ~Waiter() { const std::lock_guard lock(mutex_); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  void wake() {
    end_->before([this] {
      const std::lock_guard lock(mutex_);
      if (woken_) return;
      woken_ = true;
      timer_.expires_at(Clock::time_point::min());
    });
  }

  bool woken() const {
    const std::lock_guard lock(mutex_);
    return woken_;
  }

  /// Completes with an error code that has no meaning: check woken() and the clock, and hear cancellations as wait.hpp
  /// does.
  template <class Token>
  auto asyncWait(Token&& token) {
    auto bound = asio::bind_allocator(memory_.allocator(), std::forward<Token>(token));
    return asio::async_initiate<decltype(bound), void(boost::system::error_code)>(Start(*this), bound);
  }

 private:
  class Start {
   public:
    explicit Start(Waiter& waiter) noexcept : waiter_(&waiter) {}
    template <class Handler>
    void operator()(Handler&& handler) const {
      const std::lock_guard lock(waiter_->mutex_);
      waiter_->timer_.async_wait(std::forward<Handler>(handler));
    }

   private:
    Waiter* waiter_;
  };

  mutable std::mutex mutex_;
  HandlerMemory memory_;
  asio::steady_timer timer_;
  const std::shared_ptr<ContextEnd> end_;
  bool woken_ = false;
};

}  // namespace box::inline v0_1
