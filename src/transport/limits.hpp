#pragma once

#include <algorithm>
#include <chrono>

#include "box/error.hpp"
#include "box/support/time.hpp"

namespace box::inline v0_1 {

/// A point in time and the code of the limit that puts it there.
struct PhaseLimit {
  std::chrono::steady_clock::time_point at;
  Errc code;
};

/// The limits that an attempt runs under. A phase ends at the earliest of its own limit, the attempt's and the call's.
class TimeLimits {
 public:
  using Clock = std::chrono::steady_clock;

  /// No attempt has begun.
  explicit TimeLimits(Clock::time_point call) noexcept : call_(call) {}

  void beginAttempt(Clock::time_point now, std::chrono::nanoseconds longest) noexcept {
    attempt_ = after(now, longest);
  }

  /// For what belongs to the attempt.
  PhaseLimit phase(Clock::time_point now, std::chrono::nanoseconds own, Errc code) const noexcept {
    const Clock::time_point at = after(now, own);
    if (call_ <= std::min(at, attempt_)) return {call_, Errc::callTimeout};
    if (attempt_ <= at) return {attempt_, Errc::attemptTimeout};
    return {at, code};
  }

  /// For a wait before the attempt.
  PhaseLimit waiting(Clock::time_point now, std::chrono::nanoseconds own, Errc code) const noexcept {
    const Clock::time_point at = after(now, own);
    if (call_ <= at) return {call_, Errc::callTimeout};
    return {at, code};
  }

 private:
  Clock::time_point call_;
  Clock::time_point attempt_ = Clock::time_point::max();
};

}  // namespace box::inline v0_1
