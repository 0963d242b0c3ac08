#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>

#include <boost/asio/steady_timer.hpp>

#include "async/handler_memory.hpp"
#include "box/support/asio.hpp"

namespace box {

class Waiter;

/// Ends I/O whose time is up, and everything when the client closes.
///
/// One coarse tick looks at the deadlines of all connections, so that a request arms and disarms by an atomic store and no
/// timer is ever set for it. What is late is ended by shutdown(2) on its descriptor: unlike every operation of an Asio
/// socket this is safe while another thread is inside one, and it completes whatever operation is pending there.
/// The tick starts with the first deadline and stops at the first look that finds none: it holds io_context::run() for
/// at most one `period` after the last call.
class Watchdog : public std::enable_shared_from_this<Watchdog> {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds period{20};

  class Guard;

  /// Wakes `waiter` when the client closes, as long as this object lives.
  class Attendance;

  explicit Watchdog(const asio::any_io_executor& executor) : timer_(executor) {}

  /// Ends all that is guarded now or later.
  void close() noexcept;
  bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }

 private:
  template <class T>
  struct List {
    T* head = nullptr;
    void insert(T& node) noexcept;
    void remove(T& node) noexcept;
  };

  void start();
  void schedule();
  void tick();
  bool look(Clock::time_point now) noexcept;

  std::mutex mutex_;  // guards the lists, the descriptors in the guards, and the timer
  List<Guard> guards_;
  List<Attendance> attendances_;
  asio::steady_timer timer_;
  // Of the tick, which must not end for want of it; it may outlive the watchdog.
  const std::shared_ptr<HandlerMemory> memory_ = std::make_shared<HandlerMemory>();
  std::atomic<bool> ticking_{false};
  std::atomic<bool> closed_{false};
};

class Watchdog::Guard {
 public:
  explicit Guard(std::shared_ptr<Watchdog> watchdog);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  /// Watches this descriptor from now on. detach() must come before it is closed: its number could be another's by then.
  void attach(int descriptor) noexcept;
  void detach() noexcept;

  /// Ends the descriptor's operations at `at`, unless armed anew or disarmed before.
  void arm(Clock::time_point at);
  /// True where the guard has struck: the descriptor is of no use any more.
  bool disarm() noexcept;
  bool fired() const noexcept { return deadline_.load(std::memory_order_acquire) == firedMark; }

 private:
  friend class Watchdog;
  using Ticks = Clock::rep;
  static constexpr Ticks none = Clock::duration::max().count();
  static constexpr Ticks firedMark = Clock::duration::min().count();

  void strike() noexcept;

  std::shared_ptr<Watchdog> watchdog_;
  std::atomic<Ticks> deadline_{none};
  int descriptor_ = -1;
  Guard* previous = nullptr;
  Guard* next = nullptr;
};

class Watchdog::Attendance {
 public:
  Attendance(std::shared_ptr<Watchdog> watchdog, Waiter& waiter);
  ~Attendance();
  Attendance(const Attendance&) = delete;
  Attendance& operator=(const Attendance&) = delete;

 private:
  friend class Watchdog;
  std::shared_ptr<Watchdog> watchdog_;
  Waiter& waiter_;
  Attendance* previous = nullptr;
  Attendance* next = nullptr;
};

}  // namespace box
