#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "box/policy/backoff.hpp"
#include "box/policy/retry.hpp"
#include "box/policy/retry_budget.hpp"
#include "box/support/export.hpp"
#include "box/support/random.hpp"
#include "box/support/unlimited.hpp"

namespace box::inline v0_1 {

/// What decides about the retries of a call, as NetworkSession has it.
struct RetryRules {
  std::shared_ptr<const RetryPolicy> policy{};     ///< which failures are retried; null: DefaultRetryPolicy
  std::shared_ptr<const BackoffPolicy> backoff{};  ///< how long a retry waits; null: ExponentialBackoffPolicy
  std::shared_ptr<RetryBudget> budget{};           ///< null: retries are not bounded by a budget
  std::shared_ptr<const Random> random{};  ///< null: 0.5 each time, so that a simulation gives the same each time
};

/// Why there is no other attempt.
enum class RetryEnding : std::uint8_t {
  none,       ///< there is one
  permanent,  ///< the policy says stop at the first attempt, or no policy is asked (FailureKind::final, Fate::accepted)
  exhausted,  ///< the policy says stop after retries
  budget,     ///< RetryBudget::withdraw() says no
  deadline,   ///< after the wait less than 1 s would be left for the attempt
};
/// The enumerator's name, "exhausted".
BOX_API std::string_view toString(RetryEnding ending) noexcept;

/// What comes after a failed attempt.
struct RetryStep {
  RetryEnding ending = RetryEnding::none;  ///< none: there is another attempt
  std::chrono::nanoseconds delay{0};       ///< the wait before the next attempt
  bool fresh = false;                      ///< the next attempt takes no connection that has been idle
};

class RetryState;

/// Shows what a client would do about the failures of one call: says after each failure whether there is another
/// attempt, and when. Calls decide by the very same code, so this is the place to test policies that you write: there
/// is no socket, and nothing waits.
///
/// Its clock is moved only by what it is given: each attempt takes as long as its outcome says
/// (AttemptRecord::elapsed), each wait as long as its step says. For several calls that share a budget, make a
/// simulation for each. *Threads*: one at a time.
class BOX_API RetrySimulation {
 public:
  /// `deadline`: of the call, from its start; TimeoutOptions::call has 120 s.
  explicit RetrySimulation(RetryRules rules = RetryRules(), std::chrono::nanoseconds deadline = unlimited);
  /// @{
  /// What was moved from may only be destroyed or assigned to.
  RetrySimulation(RetrySimulation&&) noexcept;
  RetrySimulation& operator=(RetrySimulation&&) noexcept;
  /// @}
  ~RetrySimulation();

  /// The next attempt has failed like this; AttemptOutcome::ofStatus() and ofFailure() make one. `attempt` and
  /// `sameKind` are counted here, and so are `number` and `waited`. After the end each call gives the step that ended
  /// it.
  /// *Errors*: what a policy throws, which would end the call.
  RetryStep fail(AttemptOutcome outcome);
  /// The next attempt has succeeded: the budget gets its deposit, and the call is over.
  void succeed();

  /// Attempts so far, counted as AttemptRecord::number counts.
  unsigned attempts() const noexcept { return attempts_; }
  /// From the start of the call, with the wait that the last step asks for.
  std::chrono::nanoseconds elapsed() const noexcept { return elapsed_; }

 private:
  std::unique_ptr<RetryState> state_;
  std::shared_ptr<RetryBudget> budget_;
  std::chrono::nanoseconds elapsed_{0};
  unsigned attempts_ = 0;
  RetryStep last_;
};

}  // namespace box::inline v0_1
