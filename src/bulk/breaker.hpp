#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "box/support/time.hpp"

namespace box::inline v0_1 {

/// Holds calls back while Box is down: opens after a number of failures in a row, then lets one call at a time probe
/// whether Box answers again, at growing intervals. No I/O, no clock.
class Breaker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Breaker(unsigned failures, std::chrono::nanoseconds pause, std::chrono::nanoseconds longestPause) noexcept
      : threshold_(failures), firstPause_(pause), longestPause_(longestPause) {}

  bool open() const noexcept { return open_; }
  /// Whether a call may be sent now; while the breaker is open, only one at a time. `inFlight`: calls in progress.
  bool allows(TimePoint now, std::size_t inFlight) const noexcept {
    return !open_ || (inFlight == 0 && now >= probeAt_);
  }
  TimePoint probeAt() const noexcept { return probeAt_; }
  /// The time of the first failure after the last answer; unset: Box answers.
  std::optional<TimePoint> downSince() const noexcept { return downSince_; }

  void answered() noexcept {
    open_ = false;
    failures_ = 0;
    downSince_.reset();
  }

  void failed(TimePoint now, bool isProbe) noexcept {
    if (!downSince_) downSince_ = now;
    if (!open_) {
      if (++failures_ < threshold_) return;
      open_ = true;
      pause_ = firstPause_;
    } else if (isProbe) {
      pause_ = pause_ > longestPause_ / 2 ? longestPause_ : pause_ * 2;
    } else {
      return;  // in progress since before it opened
    }
    probeAt_ = after(now, pause_);
  }

 private:
  unsigned threshold_;
  std::chrono::nanoseconds firstPause_, longestPause_, pause_{};
  unsigned failures_ = 0;
  bool open_ = false;
  TimePoint probeAt_{};
  std::optional<TimePoint> downSince_;
};

}  // namespace box::inline v0_1
