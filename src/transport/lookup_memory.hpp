#pragma once

#include <chrono>
#include <memory>

namespace box {

/// Whether a host is looked up: not while what was found last may still be used, nor where another lookup has only just
/// begun. No lookup, no clock, no lock.
///
/// `Lookup` has ended(), and then succeeded() and foundAt.
template <class Lookup>
class LookupMemory {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// A lookup that has begun longer ago may hang, where a second one need not: nobody joins it any more.
  static constexpr std::chrono::milliseconds joinable{1000};

  /// What was found may be used for so long; nothing: every lookup is its asker's own.
  explicit LookupMemory(std::chrono::nanoseconds age) noexcept : age_(age) {}

  /// One that has found what may be used, or whose end is to be awaited together with those who asked before; null:
  /// another is to begin.
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

  /// What was found is of no use.
  void forget() noexcept {
    found_.reset();
    if (const auto last = last_.lock(); last && last->ended()) last_.reset();
  }

  /// The one that has begun may not end here: this is a forked process.
  void abandon() noexcept { last_.reset(); }

 private:
  bool usable(const Lookup& ended, TimePoint now) const noexcept {
    return ended.succeeded() && now - ended.foundAt < age_;
  }

  const std::chrono::nanoseconds age_;
  std::shared_ptr<Lookup> found_;
  std::weak_ptr<Lookup> last_;  // those who wait for it keep it: one that nobody waits for does not begin
  TimePoint joinableUntil_ = TimePoint::min();
};

}  // namespace box
