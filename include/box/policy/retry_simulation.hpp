#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "box/policy/backoff.hpp"
#include "box/policy/retry.hpp"
#include "box/policy/retry_budget.hpp"
#include "box/support/export.hpp"
#include "box/support/random.hpp"
#include "box/support/unlimited.hpp"

namespace box::inline v0_1 {

/// The objects that decide about the retries of a call, as in NetworkSession.
struct RetryRules {
  std::shared_ptr<const RetryPolicy> policy{};     ///< which failures are retried; null: DefaultRetryPolicy
  std::shared_ptr<const BackoffPolicy> backoff{};  ///< how long a retry waits; null: ExponentialBackoffPolicy
  std::shared_ptr<RetryBudget> budget{};           ///< null: retries are not bounded by a budget
  std::shared_ptr<const Random> random{};  ///< null: 0.5 each time, so that a simulation can be repeated exactly
};

/// Why a call has no further attempt.
enum class RetryEnding : std::uint8_t {
  none,  ///< there is a further attempt
  /// The policy says stop, and no retry was counted before; or no policy is called, because the kind is
  /// FailureKind::final or the fate is Fate::accepted; or, in a simulation, succeed() has ended the call
  permanent,
  exhausted,  ///< the policy says stop, and at least one retry was counted before
  budget,     ///< RetryBudget::withdraw() returned false
  /// Less than 1 s would be left for a `retry` after its wait, also where that wait is 0; or no time is left for a
  /// `retryAtOnce`
  deadline,
};
/// The enumerator's name, "exhausted".
BOX_API std::string_view toString(RetryEnding ending) noexcept;

/// What follows a failed attempt.
struct RetryStep {
  RetryEnding ending = RetryEnding::none;  ///< none: there is another attempt
  std::chrono::nanoseconds delay{0};       ///< the wait before the next attempt
  bool fresh = false;                      ///< whether the next attempt must not use an idle connection
};

class RetryState;

/// Shows what a client would do about the failures of one call: after each failure, whether there is another attempt,
/// and when. Calls decide with the same code, so use it to test policies that you write: it needs no socket, and it
/// never waits.
///
/// Its clock advances only by the durations that it is given: by AttemptRecord::elapsed for each attempt, and by
/// RetryStep::delay for each wait. For several calls that share a budget, make one simulation per call. *Threads*: only
/// one thread at a time.
class BOX_API RetrySimulation {
 public:
  /// `deadline`: the time limit of the call, from its start; in a client it is TimeoutOptions::call, by default 120 s.
  explicit RetrySimulation(RetryRules rules = RetryRules(), std::chrono::nanoseconds deadline = unlimited);
  /// @{
  /// An object that was moved from may only be destroyed or assigned to.
  RetrySimulation(RetrySimulation&&) noexcept;
  RetrySimulation& operator=(RetrySimulation&&) noexcept;
  /// @}
  ~RetrySimulation();

  /// The next attempt has failed with this outcome; AttemptOutcome::ofStatus() and ofFailure() make one. This function
  /// sets `attempt`, `sameKind`, `number` and `waited` itself. After the simulated call has ended, it returns the step
  /// that ended the call.
  /// *Errors*: the exceptions of the policies, which would end the call.
  RetryStep fail(AttemptOutcome outcome);
  /// The next attempt has succeeded: the budget gets its deposit, and the simulated call is over.
  void succeed();

  /// How many attempts there were so far: the last AttemptRecord::number.
  unsigned attempts() const noexcept { return attempts_; }
  /// The time since the start of the call, with the wait that the last step asks for.
  std::chrono::nanoseconds elapsed() const noexcept { return elapsed_; }

 private:
  std::unique_ptr<RetryState> state_;
  std::shared_ptr<RetryBudget> budget_;
  std::chrono::nanoseconds elapsed_{0};
  unsigned attempts_ = 0;
  RetryStep last_;
};

}  // namespace box::inline v0_1
