#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "support/linked_list.hpp"

namespace box::inline v0_1 {

/// Decides which call gets which connection. It has no I/O, no clock and no lock; its user provides all three.
///
/// Invariants: idle + in use + being opened <= maxConnections. While a call waits, no connection is idle, so that a
/// later call cannot overtake it. Waiters are served first in, first out, and are given a connection (or a permit to
/// open one) directly; idle connections are used last in, first out, so that connections that are not needed expire and
/// are closed.
template <class Item>
class PoolCore {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Limits {
    std::size_t maxConnections, maxIdle, maxWaiters;
  };

  enum class Decision : std::uint8_t { useIdle, dial, wait, full };

  /// A place in the queue. It belongs to the waiting coroutine, which must call leave() before it is destroyed.
  class Place : public ListNode<Place> {
   public:
    enum class Grant : std::uint8_t { none, item, dial };
    Grant grant() const noexcept { return grant_; }
    /// Takes the granted connection out of the place.
    Item take() noexcept {
      grant_ = Grant::none;
      return std::move(item_);
    }
    /// The granted connection; null: none was granted.
    const Item* item() const noexcept { return grant_ == Grant::item ? &item_ : nullptr; }
    /// Takes the permit to open a connection out of the place.
    void takeDial() noexcept { grant_ = Grant::none; }

   private:
    friend class PoolCore;
    Item item_{};
    Grant grant_ = Grant::none;
  };

  explicit PoolCore(Limits limits) : limits_(limits) {
    // Memory for all connections that may be idle at once, so that giving back needs no memory and cannot fail.
    idle_.reserve(std::min(limits.maxIdle, limits.maxConnections) + 1);
  }

  /// Takes the newest idle connection. The caller has to check that it is still usable, and to call discard() if it is
  /// not.
  bool takeIdle(Item& item) noexcept {
    if (idle_.empty()) return false;
    item = std::move(idle_.back().item);
    idle_.pop_back();
    return true;
  }

  /// Takes the oldest of the idle connections that have expired; it is no longer counted. A younger connection may
  /// expire before an older one: each peer says how long it keeps a connection.
  bool takeExpired(TimePoint now, Item& item) noexcept {
    const auto expired =
        std::find_if(idle_.begin(), idle_.end(), [now](const Idle& idle) { return idle.expires <= now; });
    if (expired == idle_.end()) return false;
    pop(expired, item);
    return true;
  }

  /// Decides what the caller does. useIdle: it uses `item`. dial: it opens a connection and then calls release() or
  /// discard(); `item`, if set, is an idle connection that must be closed to make room. wait: it must call enqueue().
  /// full: too many calls wait. `fresh`: no idle connection is used.
  Decision acquire(bool fresh, Item& item) noexcept {
    if (!fresh && takeIdle(item)) return Decision::useIdle;
    if (count_ < limits_.maxConnections || !idle_.empty()) {
      if (count_ == limits_.maxConnections) popOldest(item);
      ++count_;
      return Decision::dial;
    }
    return waiting_ < limits_.maxWaiters ? Decision::wait : Decision::full;
  }

  void enqueue(Place& place) noexcept {
    queue_.pushBack(place);
    ++waiting_;
  }

  /// A connection is given back and may be used again until `expires`. Returns the place of the waiter that was given
  /// it and must be woken, or null. `surplus`, if set, exceeds maxIdle and is no longer counted.
  Place* release(Item item, TimePoint expires, Item& surplus) noexcept {
    if (Place* place = dequeue()) {
      place->item_ = std::move(item);
      place->grant_ = Place::Grant::item;
      return place;
    }
    idle_.push_back(Idle{std::move(item), expires});
    if (idle_.size() > limits_.maxIdle) popOldest(surplus);
    return nullptr;
  }

  /// A connection was closed, or could not be opened. Returns the place of the waiter that may open one instead and
  /// must be woken, or null.
  Place* discard() noexcept {
    --count_;
    Place* place = dequeue();
    if (place != nullptr) {
      ++count_;
      place->grant_ = Place::Grant::dial;
    }
    return place;
  }

  /// The waiter leaves. A grant that it has not taken passes to the next waiter. Returns the place of that waiter,
  /// which must be woken, or null.
  Place* leave(Place& place, TimePoint expires, Item& surplus) noexcept {
    if (place.isListed()) {
      unlink(place);
      return nullptr;
    }
    switch (std::exchange(place.grant_, Place::Grant::none)) {
      case Place::Grant::item: return release(std::move(place.item_), expires, surplus);
      case Place::Grant::dial: return discard();
      case Place::Grant::none: break;
    }
    return nullptr;
  }

  /// The idle connection whose buffers may be released: it is just older than the newest few, and so will not be needed
  /// soon. Null: there is no such connection.
  Item* idleWithSpareBuffers() noexcept { return idle_.size() > kept ? &idle_[idle_.size() - 1 - kept].item : nullptr; }

  /// Whether there is an idle connection that may be used again.
  bool keeps(TimePoint now) const noexcept {
    return std::any_of(idle_.begin(), idle_.end(), [now](const Idle& idle) { return idle.expires > now; });
  }

  std::size_t count() const noexcept { return count_; }
  std::size_t idle() const noexcept { return idle_.size(); }

 private:
  struct Idle {
    Item item;
    TimePoint expires;
  };

  void popOldest(Item& item) noexcept { pop(idle_.begin(), item); }

  void pop(typename std::vector<Idle>::iterator idle, Item& item) noexcept {
    item = std::move(idle->item);
    idle_.erase(idle);
    --count_;
  }

  Place* dequeue() noexcept {
    Place* place = queue_.first();
    if (place != nullptr) unlink(*place);
    return place;
  }

  void unlink(Place& place) noexcept {
    queue_.remove(place);
    --waiting_;
  }

  // How many of the newest connections keep their buffers: successive calls use these again and again.
  static constexpr std::size_t kept = 2;

  const Limits limits_;
  std::size_t count_ = 0;  // idle, in use and being opened
  std::size_t waiting_ = 0;
  std::vector<Idle> idle_;   // ordered from the oldest to the newest
  LinkedList<Place> queue_;  // of the waiters
};

}  // namespace box::inline v0_1
