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
#include "support/linked_list.hpp"
#include "system/socket.hpp"

namespace box::inline v0_1 {

/// Ends I/O whose deadline has passed, and all I/O when the client is closed.
///
/// One coarse tick checks the deadlines of all connections, so that a request sets and removes a deadline by an atomic
/// store and needs no timer. Late I/O is ended by shutDown() on its socket. Unlike the operations of an Asio
/// socket, this is safe while another thread uses the socket, and it completes every operation that is pending on it.
/// The tick starts with the first deadline and stops at the first check that finds none; rest() makes it check at once,
/// so that the tick does not keep io_context::run() from returning after the last call. The watchdog is closed when the
/// io_context is destroyed.
class Watchdog final : public std::enable_shared_from_this<Watchdog>, private ContextEnd::Member {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds period{20};

  class Guard;

  /// Wakes `waiter` when the client is closed, as long as this object lives.
  class CloseSubscription;

  explicit Watchdog(const asio::any_io_executor& executor);
  ~Watchdog() { leave(); }

  /// Ends the I/O of all guards that exist or are made later.
  void close() noexcept;
  bool closed() const noexcept { return closed_.isSet(); }

  /// Must be called when no connection is in use. The tick then stops after the running handler, unless that handler
  /// sets a new deadline.
  void rest() noexcept;

 private:
  void contextEnds() noexcept override;
  void start();
  void schedule();
  void tick();
  bool stop(Clock::time_point now) noexcept;
  void stopAtRest() noexcept;
  bool look(Clock::time_point now) noexcept;

  std::mutex mutex_;  // protects the list and the timer
  LinkedList<Guard> guards_;
  std::optional<asio::steady_timer> timer_;  // set as long as its context exists
  // For the tick, which must not end for lack of memory. It is allocated at the first deadline, and may live longer
  // than the watchdog.
  std::shared_ptr<HandlerMemory> memory_;
  std::atomic<bool> ticking_{false};
  bool resting_ = false;  // whether a check was posted that has not run yet
  Signal closed_;
};

class Watchdog::Guard : public ListNode<Guard> {
 public:
  /// Watches this socket. The guard must be destroyed, or contextEnds() called, before the socket is closed, because
  /// the number may be reused after that.
  explicit Guard(std::shared_ptr<Watchdog> watchdog, NativeSocket socket = noSocket);
  ~Guard() { leave(); }

  /// Makes the watchdog end the socket's operations at `at`, unless arm() or disarm() is called before.
  void arm(Clock::time_point at);
  /// Removes the deadline. True: the guard has already ended the operations, and the socket cannot be used any
  /// more.
  bool disarm() noexcept;
  /// The context of the socket is destroyed: closes the watchdog, and no longer watches the socket.
  void contextEnds() noexcept;
  bool fired() const noexcept { return deadline_.load(std::memory_order_acquire) == firedMark; }

 private:
  friend class Watchdog;
  using Ticks = Clock::rep;
  static constexpr Ticks none = Clock::duration::max().count();
  static constexpr Ticks firedMark = Clock::duration::min().count();

  void shutDown() noexcept;
  void leave() noexcept;

  std::shared_ptr<Watchdog> watchdog_;
  std::atomic<Ticks> deadline_{none};
  const NativeSocket socket_;
};

class Watchdog::CloseSubscription : public Signal::Subscription {
 public:
  CloseSubscription(const std::shared_ptr<Watchdog>& watchdog, Waiter& waiter)
      : Subscription(std::shared_ptr<Signal>(watchdog, &watchdog->closed_), waiter) {}
};

}  // namespace box::inline v0_1
