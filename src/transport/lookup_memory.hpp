#pragma once

#include <chrono>
#include <memory>

namespace box::inline v0_1 {

/// Decides whether a host is looked up: not while the addresses that were found last may still be used, nor where
/// another lookup has only just begun. No I/O, no clock, no lock.
///
/// `Lookup` has ended(), and then succeeded() and foundAt.
template <class Lookup>
class LookupMemory {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// No call joins a lookup that began longer ago than this: it may hang where a second one does not.
  static constexpr std::chrono::milliseconds joinable{1000};

  /// `age`: how long the addresses that were found may be used; zero: lookups are not shared.
  explicit LookupMemory(std::chrono::nanoseconds age) noexcept : age_(age) {}

  /// A lookup whose addresses may be used, or whose end the caller has to await together with the earlier callers;
  /// null: the caller has to begin one.
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

  /// The addresses that were found are of no use.
  void forget() noexcept {
    found_.reset();
    if (const auto last = last_.lock(); last && last->ended()) last_.reset();
  }

  /// Forgets the lookup in progress: in a forked process it may never end.
  void abandon() noexcept { last_.reset(); }

 private:
  bool usable(const Lookup& ended, TimePoint now) const noexcept {
    return ended.succeeded() && now - ended.foundAt < age_;
  }

  const std::chrono::nanoseconds age_;
  std::shared_ptr<Lookup> found_;
  std::weak_ptr<Lookup> last_;  // the waiting calls keep it: a lookup for which no call waits does not begin
  TimePoint joinableUntil_ = TimePoint::min();
};

}  // namespace box::inline v0_1
