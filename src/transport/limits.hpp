#pragma once

#include <algorithm>
#include <chrono>

#include "box/error.hpp"
#include "box/support/time.hpp"

namespace box::inline v0_1 {

/// A point in time, and the error code of the limit that sets it.
struct PhaseLimit {
  std::chrono::steady_clock::time_point at;
  Errc code;
};

/// The time limits of an attempt. A phase ends at the earliest of the phase's limit, the attempt's limit and the call's
/// limit.
class TimeLimits {
 public:
  using Clock = std::chrono::steady_clock;

  /// At first no attempt has begun. `call`: the deadline of the call.
  explicit TimeLimits(Clock::time_point call) noexcept : call_(call) {}

  void beginAttempt(Clock::time_point now, std::chrono::nanoseconds longest) noexcept {
    attempt_ = after(now, longest);
  }

  /// The limit of a phase that belongs to the attempt.
  PhaseLimit phase(Clock::time_point now, std::chrono::nanoseconds own, Errc code) const noexcept {
    const Clock::time_point at = after(now, own);
    if (call_ <= std::min(at, attempt_)) return {call_, Errc::callTimeout};
    if (attempt_ <= at) return {attempt_, Errc::attemptTimeout};
    return {at, code};
  }

  /// The limit of a wait before the attempt.
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
