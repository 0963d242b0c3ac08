#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/handler_memory.hpp"
#include "box/support/asio.hpp"

namespace box {

/// Lets other threads wake what waits on an io_context until that begins to end.
///
/// Asio shuts its timers down without their lock, taking for granted that nobody else has to do with them by then; but who
/// wakes may be on a thread of another context, or on one that nobody joins. Services are shut down in the opposite order of
/// their making, and this one is made behind a Waiter's timer, so behind the timers' own: it is told first.
class WakeGate {
 public:
  /// Of the context behind `executor`, on which there is a timer already.
  static std::shared_ptr<WakeGate> of(const asio::any_io_executor& executor) {
    return asio::use_service<Service>(asio::query(executor, asio::execution::context)).gate;
  }

  /// Calls `wake`, unless the context has begun to end; it does not begin meanwhile.
  template <class Wake>
  void pass(Wake&& wake) {
    const std::lock_guard lock(mutex_);
    if (!over_) std::forward<Wake>(wake)();
  }

 private:
  class Service : public asio::execution_context::service {
   public:
    inline static asio::execution_context::id id;

    explicit Service(asio::execution_context& context) : service(context) {}
    const std::shared_ptr<WakeGate> gate = std::make_shared<WakeGate>();

   private:
    void shutdown() override {
      const std::lock_guard lock(gate->mutex_);
      gate->over_ = true;
    }
  };

  std::mutex mutex_;  // taken before a Waiter's, behind that of whoever wakes
  bool over_ = false;
};

/// A place where one coroutine waits until it is woken from any thread, a point in time passes, or the wait is cancelled.
///
/// The handler rests in a timer of the coroutine's own io_context and nowhere else, so destroying that io_context destroys
/// the waiting coroutine; a handler of our own keeping would outlive it. The mutex makes starting the wait and waking it
/// one after the other: an expiry in the past set by wake() also ends a wait that starts later, so no wake-up is lost.
/// *Lifetime*: whoever may call wake() must have been told before the waiter goes.
class Waiter {
 public:
  using Clock = std::chrono::steady_clock;

  Waiter(const asio::any_io_executor& executor, Clock::time_point until)
      : timer_(executor, until), gate_(WakeGate::of(executor)) {}
  /// Waits for the one who starts the wait to let go of the mutex: a timer that has expired already may resume the coroutine on
  /// another thread, and so end this object, before the starting thread is out of asyncWait().
  ~Waiter() { const std::lock_guard lock(mutex_); }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  void wake() {
    gate_->pass([this] {
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

  /// Completes with an error code that says nothing: ask woken(), then the clock; neither means cancelled.
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
  const std::shared_ptr<WakeGate> gate_;
  bool woken_ = false;
};

}  // namespace box
