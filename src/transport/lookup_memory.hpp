#pragma once

#include <chrono>
#include <memory>

namespace box::inline v0_1 {

/// Decides whether a host is looked up. It is not looked up while the addresses that were found last may still be used,
/// or if another lookup began only shortly before. It has no I/O, no clock and no lock.
///
/// `Lookup` must have ended(), and after its end succeeded() and foundAt.
template <class Lookup>
class LookupMemory {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// A call does not join a lookup that began longer ago than this, because that lookup may hang although a new one
  /// would not.
  static constexpr std::chrono::milliseconds joinable{1000};

  /// `age`: how long the addresses that were found may be used; zero: lookups are not shared.
  explicit LookupMemory(std::chrono::nanoseconds age) noexcept : age_(age) {}

  /// A lookup whose addresses may be used, or whose end the caller must await together with the earlier callers; null:
  /// the caller must begin a lookup.
  std::shared_ptr<Lookup> find(TimePoint now) const noexcept {
    if (found_ && usable(*found_, now)) return found_;
    if (now >= joinableUntil_) return nullptr;
    std::shared_ptr<Lookup> last = last_.lock();
    return last && (!last->ended() || usable(*last, now)) ? last : nullptr;
  }

  void begun(const std::shared_ptr<Lookup>& lookup, TimePoint now) noexcept {
    if (age_ <= age_.zero()) return;
    last_ = lookup;
    joinableUntil_ = now + joinable;
  }

  void found(const std::shared_ptr<Lookup>& lookup) noexcept {
    if (age_ > age_.zero()) found_ = lookup;
  }

  /// Forgets the addresses that were found, because they cannot be used.
  void forget() noexcept {
    found_.reset();
    if (const auto last = last_.lock(); last && last->ended()) last_.reset();
  }

  /// Forgets the lookup in progress, because it may never end in a forked process.
  void abandon() noexcept { last_.reset(); }

 private:
  bool usable(const Lookup& ended, TimePoint now) const noexcept {
    return ended.succeeded() && now - ended.foundAt < age_;
  }

  const std::chrono::nanoseconds age_;
  std::shared_ptr<Lookup> found_;
  // Kept alive by the waiting calls only, so that a lookup for which no call waits does not begin.
  std::weak_ptr<Lookup> last_;
  TimePoint joinableUntil_ = TimePoint::min();
};

}  // namespace box::inline v0_1
