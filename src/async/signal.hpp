#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include "async/waiter.hpp"
#include "support/linked_list.hpp"

namespace box::inline v0_1 {

/// An event that happens on any thread and wakes all coroutines that wait for it. This is the only way in which
/// coroutines wait for other threads.
///
/// A Signal is a member of the object that sets it. Each waiting coroutine keeps that object alive. A coroutine that
/// begins to wait after the Signal was set is woken at once.
/// *Threads*: any.
class Signal {
 public:
  class Subscription;

  Signal() = default;
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  bool isSet() const noexcept { return set_.load(std::memory_order_acquire); }

  void set();

  /// Resets the signal, so that the next set() wakes again.
  void clear() noexcept { set_.store(false, std::memory_order_release); }

 private:
  std::mutex mutex_;  // protects the list; locked before the mutex of a Waiter
  LinkedList<Subscription> subscriptions_;
  std::atomic<bool> set_{false};
};

/// Wakes `waiter` when the signal is set, as long as this object lives.
class Signal::Subscription : public ListNode<Subscription> {
 public:
  Subscription(std::shared_ptr<Signal> signal, Waiter& waiter) : signal_(std::move(signal)), waiter_(waiter) {
    const std::lock_guard lock(signal_->mutex_);
    signal_->subscriptions_.pushFront(*this);
    if (signal_->isSet()) waiter_.wake();
  }
  ~Subscription() {
    const std::lock_guard lock(signal_->mutex_);
    signal_->subscriptions_.remove(*this);
  }

 private:
  friend class Signal;
  std::shared_ptr<Signal> signal_;
  Waiter& waiter_;
};

inline void Signal::set() {
  const std::lock_guard lock(mutex_);
  set_.store(true, std::memory_order_release);
  for (const Subscription& subscription : subscriptions_) subscription.waiter_.wake();
}

}  // namespace box::inline v0_1
