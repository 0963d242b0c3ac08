#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "async/context_end.hpp"
#include "async/handler_memory.hpp"
#include "async/signal.hpp"
#include "async/waiter.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Ends I/O whose time is up, and everything when the client closes.
///
/// One coarse tick checks the deadlines of all connections, so that a request arms and disarms by an atomic store and
/// needs no timer. Late I/O is ended by shutdown(2) on its descriptor: unlike every operation of an Asio socket this is
/// safe while another thread is inside one, and it completes whatever operation is pending there. The tick starts with
/// the first deadline and stops at the first check that finds none; rest() makes it check at once, so that it does not
/// keep io_context::run() from returning after the last call. The watchdog closes when the io_context ends.
class Watchdog final : public std::enable_shared_from_this<Watchdog>, private ContextEnd::Member {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds period{20};

  class Guard;

  /// Wakes `waiter` when the client closes, as long as this object lives.
  class CloseSubscription;

  explicit Watchdog(const asio::any_io_executor& executor);
  ~Watchdog() { leave(); }

  /// Ends everything that is guarded now or later.
  void close() noexcept;
  bool closed() const noexcept { return closed_.isSet(); }

  /// To be called when no connection is in use: unless the handler that is running begins something new, the tick stops
  /// after that handler.
  void rest() noexcept;

 private:
  void contextEnds() noexcept override;
  void start();
  void schedule();
  void tick();
  bool stop(Clock::time_point now) noexcept;
  void stopAtRest() noexcept;
  bool look(Clock::time_point now) noexcept;

  std::mutex mutex_;  // guards the list and the timer
  Guard* guards_ = nullptr;
  std::optional<asio::steady_timer> timer_;  // as long as its context lives
  // For the tick, which must not end because memory is missing; made with the first deadline, and may outlive the
  // watchdog.
  std::shared_ptr<HandlerMemory> memory_;
  std::atomic<bool> ticking_{false};
  bool resting_ = false;  // a check is about to come
  Signal closed_;
};

class Watchdog::Guard {
 public:
  /// Watches this descriptor, which must be closed after the guard is destroyed: a closed descriptor's number may be
  /// reused for another one. Negative: there is nothing to end.
  explicit Guard(std::shared_ptr<Watchdog> watchdog, int descriptor = -1);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  /// Ends the descriptor's operations at `at`, unless armed anew or disarmed before.
  void arm(Clock::time_point at);
  /// True if the guard has ended the operations: the descriptor cannot be used any more.
  bool disarm() noexcept;
  bool fired() const noexcept { return deadline_.load(std::memory_order_acquire) == firedMark; }

 private:
  friend class Watchdog;
  using Ticks = Clock::rep;
  static constexpr Ticks none = Clock::duration::max().count();
  static constexpr Ticks firedMark = Clock::duration::min().count();

  void shutDown() noexcept;

  std::shared_ptr<Watchdog> watchdog_;
  std::atomic<Ticks> deadline_{none};
  const int descriptor_;
  Guard* previous_ = nullptr;
  Guard* next_ = nullptr;
};

class Watchdog::CloseSubscription : public Signal::Subscription {
 public:
  CloseSubscription(const std::shared_ptr<Watchdog>& watchdog, Waiter& waiter)
      : Subscription(std::shared_ptr<Signal>(watchdog, &watchdog->closed_), waiter) {}
};

}  // namespace box::inline v0_1
