#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "box/policy/retry.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// What a delay is made from.
struct BackoffContext {
  unsigned retry = 1;                         ///< the number of the coming retry: 1 is the second attempt
  FailureKind kind = FailureKind::transport;  ///< why the last attempt failed
  double random = 0;                          ///< in [0, 1), drawn for this call of delay()
};

/// Says how long to wait before a retry. The client, not the policy, handles Retry-After: it waits for the longer of
/// the two. *Threads*: shared and const; called from any thread, several at once. *Errors*: what it throws ends the
/// call.
class BOX_API BackoffPolicy {
 public:
  virtual ~BackoffPolicy() = default;
  /// The wait before the attempt that `context` is about. Zero or less: none.
  virtual std::chrono::nanoseconds delay(const BackoffContext& context) const = 0;
};

/// Full jitter: uniform in [floor, min(cap, base · 2^(retry-1))]. Throttling (429 without Retry-After) has separate
/// figures, because a rate limit needs seconds to recover and a broken connection does not.
class BOX_API ExponentialBackoffPolicy : public BackoffPolicy {
 public:
  /// The figures of one curve; each 0 or more.
  struct Curve {
    std::chrono::nanoseconds base;   ///< the longest wait before the first retry
    std::chrono::nanoseconds cap;    ///< no wait is longer, however many retries there were
    std::chrono::nanoseconds floor;  ///< no wait is shorter; where it is more than the longest, waits are that long
  };
  /// With defaultTransient and defaultThrottle.
  ExponentialBackoffPolicy();
  /// `throttle`: after 429; `transient`: after every other failure.
  ExponentialBackoffPolicy(Curve transient, Curve throttle);
  std::chrono::nanoseconds delay(const BackoffContext& context) const override;

  /// 500 ms at first, 20 s at most.
  static constexpr Curve defaultTransient{std::chrono::milliseconds(500), std::chrono::seconds(20),
                                          std::chrono::milliseconds(0)};
  /// 2 s at first, 60 s at most, never less than 1 s.
  static constexpr Curve defaultThrottle{std::chrono::seconds(2), std::chrono::seconds(60), std::chrono::seconds(1)};

 private:
  Curve transient_, throttle_;
};

/// The figures of Box's official SDKs: 2^retry · 1 s · uniform(0.5, 1.5), without a cap.
class BOX_API BoxBackoffPolicy : public BackoffPolicy {
 public:
  /// `base`: in place of 1 s. `randomizationFactor`: the share by which a wait may differ, 0 to 1, a value outside is
  /// set to the nearer bound; the SDKs have 0.5.
  explicit BoxBackoffPolicy(std::chrono::nanoseconds base = std::chrono::seconds(1), double randomizationFactor = 0.5);
  std::chrono::nanoseconds delay(const BackoffContext& context) const override;

 private:
  std::chrono::nanoseconds base_;
  double factor_;
};

}  // namespace box::inline v0_1
