#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "box/support/time.hpp"

namespace box::inline v0_1 {

/// A circuit breaker: holds calls back while Box is down. It opens after a number of consecutive failures; then it
/// allows one call at a time, at growing intervals, which probes whether Box answers again. It has no I/O and no clock.
///
/// "Answer" means here a 202, a 429 or a refusal of the entries. A 5xx counts as a failure.
class Breaker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Breaker(unsigned failures, std::chrono::nanoseconds pause, std::chrono::nanoseconds longestPause) noexcept
      : threshold_(failures), firstPause_(pause), longestPause_(longestPause) {}

  bool isOpen() const noexcept { return open_; }
  /// Whether a call may be sent now; while the breaker is open, only one call at a time is allowed. `inFlight`: calls
  /// in progress.
  bool allows(TimePoint now, std::size_t inFlight) const noexcept {
    return !open_ || (inFlight == 0 && now >= probeAt_);
  }
  TimePoint probeAt() const noexcept { return probeAt_; }
  /// The time of the first failure after the last answer; unset while Box answers.
  std::optional<TimePoint> downSince() const noexcept { return downSince_; }

  void noteAnswer() noexcept {
    open_ = false;
    failures_ = 0;
    downSince_.reset();
  }

  void noteFailure(TimePoint now, bool isProbe) noexcept {
    if (!downSince_) downSince_ = now;
    if (!open_) {
      if (++failures_ < threshold_) return;
      open_ = true;
      pause_ = firstPause_;
    } else if (isProbe) {
      pause_ = pause_ > longestPause_ / 2 ? longestPause_ : pause_ * 2;
    } else {
      return;  // this call was sent before the breaker opened
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
