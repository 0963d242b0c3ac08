#include "box/policy/retry_simulation.hpp"

#include <utility>

#include "box/support/time.hpp"
#include "policy/retry_state.hpp"

namespace box::inline v0_1 {
namespace {

using TimePoint = RetryState::TimePoint;

/// The time at which simulated calls start. Any point in time is possible.
constexpr TimePoint start{};

class Middle final : public Random {
 public:
  double uniform() const noexcept override { return 0.5; }
};

RetryRules complete(RetryRules rules) {
  if (!rules.policy) rules.policy = std::make_shared<DefaultRetryPolicy>();
  if (!rules.backoff) rules.backoff = std::make_shared<ExponentialBackoffPolicy>();
  if (!rules.random) rules.random = std::make_shared<Middle>();
  return rules;
}

}  // namespace

std::string_view toString(RetryEnding ending) noexcept {
  switch (ending) {
    case RetryEnding::none: return "none";
    case RetryEnding::permanent: return "permanent";
    case RetryEnding::exhausted: return "exhausted";
    case RetryEnding::budget: return "budget";
    case RetryEnding::deadline: return "deadline";
  }
  return "unknown";
}

RetrySimulation::RetrySimulation(RetryRules rules, std::chrono::nanoseconds deadline) : budget_(rules.budget) {
  state_ = std::make_unique<RetryState>(complete(std::move(rules)), after(start, deadline));
}

RetrySimulation::RetrySimulation(RetrySimulation&&) noexcept = default;
RetrySimulation& RetrySimulation::operator=(RetrySimulation&&) noexcept = default;
RetrySimulation::~RetrySimulation() = default;

RetryStep RetrySimulation::fail(AttemptOutcome outcome) {
  if (last_.ending != RetryEnding::none) return last_;
  outcome.number = ++attempts_;
  outcome.waited = last_.delay;
  const TimePoint now = after(start + elapsed_, outcome.elapsed);
  last_ = state_->next(outcome, now);
  elapsed_ = (last_.ending == RetryEnding::none ? after(now, last_.delay) : now) - start;
  return last_;
}

void RetrySimulation::succeed() {
  if (last_.ending != RetryEnding::none) return;
  ++attempts_;
  last_ = RetryStep();
  last_.ending = RetryEnding::permanent;
  if (budget_) budget_->deposit();
}

}  // namespace box::inline v0_1
