#pragma once

#include <chrono>

#include "box/policy/retry.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// The data from which a BackoffPolicy computes a delay.
struct BackoffContext {
  unsigned retry = 1;                         ///< the number of the next retry: 1 is the second attempt
  FailureKind kind = FailureKind::transport;  ///< why the last attempt failed
  double random = 0;                          ///< a random number in [0, 1), drawn for this call of delay()
};

/// Says how long to wait before a retry. The client, not the policy, handles Retry-After: it waits for the longer of
/// the two, where a Retry-After of more than 300 s counts as 300 s. *Threads*: the object is shared and const; it is
/// called from any thread, and from several at once. *Errors*: an exception ends the call: if it is a BoxSdkError, with
/// the code of that error, otherwise with Errc::extensionFailed.
class BOX_API BackoffPolicy {
 public:
  virtual ~BackoffPolicy() = default;
  /// The wait before the next attempt, which `context` describes. Zero or less: no wait.
  virtual std::chrono::nanoseconds delay(const BackoffContext& context) const = 0;
};

/// Exponential backoff with full jitter: the wait is a random time, evenly distributed over [floor, min(cap, base ·
/// 2^(retry-1))]. Throttling (429 without Retry-After) has separate figures, because a rate limit needs seconds to
/// recover and a broken connection does not.
class BOX_API ExponentialBackoffPolicy : public BackoffPolicy {
 public:
  /// The figures of one curve. Each must be 0 or more.
  struct Curve {
    std::chrono::nanoseconds base;  ///< the longest wait before the first retry
    std::chrono::nanoseconds cap;   ///< no wait is longer, however many retries there were
    /// The shortest wait. Where it is more than the longest wait of a retry, the wait is that longest wait.
    std::chrono::nanoseconds floor;
  };
  /// Uses defaultTransient and defaultThrottle.
  ExponentialBackoffPolicy();
  /// `throttle`: the curve after 429; `transient`: the curve after every other failure.
  ExponentialBackoffPolicy(Curve transient, Curve throttle);
  std::chrono::nanoseconds delay(const BackoffContext& context) const override;

  /// At most 500 ms before the first retry, and never more than 20 s.
  static constexpr Curve defaultTransient{std::chrono::milliseconds(500), std::chrono::seconds(20),
                                          std::chrono::milliseconds(0)};
  /// 1 to 2 s before the first retry; before later ones at least 1 s, and never more than 60 s.
  static constexpr Curve defaultThrottle{std::chrono::seconds(2), std::chrono::seconds(60), std::chrono::seconds(1)};

 private:
  Curve transient_, throttle_;
};

/// The backoff of Box's official SDKs: 2^retry · 1 s · uniform(0.5, 1.5), without a cap.
class BOX_API BoxBackoffPolicy : public BackoffPolicy {
 public:
  /// `base`: the duration in place of the 1 s in this formula. `randomizationFactor`: the share by which a wait may
  /// differ, 0 to 1; a value outside is set to the nearer bound; the SDKs use 0.5.
  explicit BoxBackoffPolicy(std::chrono::nanoseconds base = std::chrono::seconds(1), double randomizationFactor = 0.5);
  std::chrono::nanoseconds delay(const BackoffContext& context) const override;

 private:
  std::chrono::nanoseconds base_;
  double factor_;
};

}  // namespace box::inline v0_1
