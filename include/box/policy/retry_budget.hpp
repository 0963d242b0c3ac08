#pragma once

#include <atomic>
#include <cstdint>

#include "box/policy/retry.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Limits the retries of all calls that share it, and so the load that retries add. First attempts are never limited.
/// *Threads*: the object is called from any thread, and from several at once.
class BOX_API RetryBudget {
 public:
  virtual ~RetryBudget() = default;
  /// Called before a counted retry. False: the call ends with the error that it has.
  virtual bool withdraw(const AttemptOutcome& outcome) noexcept = 0;
  /// Called when a call has succeeded.
  virtual void deposit() noexcept = 0;
};

/// A token bucket, which is full at the start. Its tokens are permissions to retry, not access tokens. A retry takes 1
/// token, or 2 after a FailureKind::timeout; a success returns 0.1. So in the long run about a tenth of the calls may
/// be retried, and `capacity` of them in a burst.
class BOX_API TokenRetryBudget : public RetryBudget {
 public:
  /// `capacity`: how many retries there may be in a burst; 0: no retries.
  explicit TokenRetryBudget(unsigned capacity = 20);
  bool withdraw(const AttemptOutcome& outcome) noexcept override;
  void deposit() noexcept override;
  /// How many tokens are left now: 0 to `capacity`.
  double balance() const noexcept;

 private:
  const std::int64_t capacity_;  // in tenths
  std::atomic<std::int64_t> balance_;
};

}  // namespace box::inline v0_1
