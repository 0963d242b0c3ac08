#pragma once

#include <algorithm>
#include <chrono>

#include "box/support/time.hpp"
#include "box/support/unlimited.hpp"

namespace box::inline v0_1 {

/// The time at which a call must have ended: a point in time, or a duration after the call's start. Unset by default.
///
/// A duration counts from the moment at which the awaitable is first awaited; zero or less means that the deadline has
/// already passed. Durations too long for the clock, box::unlimited among them, mean that there is no deadline, not
/// even the client's default.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;  ///< the clock of the points in time

  /// Makes an unset deadline.
  constexpr Deadline() noexcept = default;
  /// The deadline is this point in time.
  constexpr Deadline(Clock::time_point at) noexcept : kind_(Kind::at), value_(at.time_since_epoch()) {}
  /// The deadline is this long after the call starts: `30s`.
  template <class Rep, class Period>
  constexpr Deadline(std::chrono::duration<Rep, Period> after) noexcept
      : kind_(Kind::after), value_(std::max(saturatingCast<Clock::duration>(after), Clock::duration::zero())) {}

  /// Whether a deadline is set; box::unlimited counts as set.
  constexpr bool isSet() const noexcept { return kind_ != Kind::unset; }

  /// The point in time of the deadline for a call that starts at `start`. If this deadline is unset, `fallback` is used
  /// instead.
  constexpr Clock::time_point resolve(Clock::time_point start, Deadline fallback) const noexcept {
    switch (kind_) {
      case Kind::at: return Clock::time_point(value_);
      case Kind::after: return box::after(start, value_);
      case Kind::unset: break;
    }
    return fallback.isSet() ? fallback.resolve(start, Deadline()) : Clock::time_point::max();
  }

 private:
  enum class Kind : unsigned char { unset, at, after };

  Kind kind_ = Kind::unset;
  Clock::duration value_{};
};

}  // namespace box::inline v0_1
