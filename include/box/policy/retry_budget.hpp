#pragma once

#include <atomic>
#include <cstdint>

#include "box/policy/retry.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Limits the retries of all calls that share it, and so the load that retries add. First attempts are never held back.
/// *Threads*: called from any thread, several at once.
class BOX_API RetryBudget {
 public:
  virtual ~RetryBudget() = default;
  /// Asked before a counted retry; false: the call ends with the error it has.
  virtual bool withdraw(const AttemptOutcome& outcome) noexcept = 0;
  /// Called when a call has succeeded.
  virtual void deposit() noexcept = 0;
};

/// A bucket: full at the start; a retry costs 1, after a timeout 2; a success returns 0.1. So in the long run about a
/// tenth of the calls may be retried, and in a burst `capacity` of them.
class BOX_API TokenRetryBudget : public RetryBudget {
 public:
  /// `capacity`: retries in a burst; 0: no retries.
  explicit TokenRetryBudget(unsigned capacity = 20);
  bool withdraw(const AttemptOutcome& outcome) noexcept override;
  void deposit() noexcept override;
  /// What is left now: 0 to `capacity`.
  double balance() const noexcept;

 private:
  const std::int64_t capacity_;  // in tenths
  std::atomic<std::int64_t> balance_;
};

}  // namespace box::inline v0_1
