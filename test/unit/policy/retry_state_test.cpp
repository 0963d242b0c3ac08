#include "policy/retry_state.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "box/network/session.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using TimePoint = RetryState::TimePoint;
using Ending = RetryEnding;

constexpr TimePoint start = TimePoint(1000h);

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(double value) : value_(value) {}
  double uniform() const noexcept override { return value_; }

 private:
  double value_;
};

class FixedBackoff final : public BackoffPolicy {
 public:
  explicit FixedBackoff(std::chrono::nanoseconds delay) : delay_(delay) {}
  std::chrono::nanoseconds delay(const BackoffContext& context) const override {
    asked.push_back(context);
    return delay_;
  }
  mutable std::vector<BackoffContext> asked;

 private:
  std::chrono::nanoseconds delay_;
};

class ScriptedPolicy final : public RetryPolicy {
 public:
  explicit ScriptedPolicy(RetryDecision always) : always_(always) {}
  RetryDecision decide(const AttemptOutcome& outcome) const override {
    seen.push_back(outcome);
    return always_;
  }
  mutable std::vector<AttemptOutcome> seen;

 private:
  RetryDecision always_;
};

class CountingBudget final : public RetryBudget {
 public:
  explicit CountingBudget(int left) : left_(left) {}
  bool withdraw(const AttemptOutcome&) noexcept override { return left_ > 0 && left_-- > 0; }
  void deposit() noexcept override {}
  int left() const { return left_; }

 private:
  int left_;
};

RetryState stateOf(const NetworkSession& session, std::shared_ptr<const RetryPolicy> policy, TimePoint deadline) {
  return RetryState({policy ? std::move(policy) : session.retryPolicy(), session.backoffPolicy(), session.retryBudget(),
                     session.random()},
                    deadline);
}

/// A session with policies that the test controls. The budget never refuses, unless a test sets it.
class Setting {
 public:
  std::shared_ptr<FixedBackoff> backoff = std::make_shared<FixedBackoff>(100ms);
  std::shared_ptr<ScriptedPolicy> policy = std::make_shared<ScriptedPolicy>(RetryDecision::retry);
  std::shared_ptr<RetryBudget> budget;
  double random = 0;

  RetryState state(TimePoint deadline = TimePoint::max()) const {
    const NetworkSession session =
        NetworkSession().withBackoffPolicy(backoff).withRetryPolicy(policy).withRetryBudget(budget).withRandom(
            std::make_shared<FixedRandom>(random));
    return stateOf(session, nullptr, deadline);
  }
};

AttemptOutcome failed(FailureKind kind, Fate fate = Fate::inDoubt) {
  AttemptOutcome outcome;
  outcome.kind = kind;
  outcome.fate = fate;
  return outcome;
}

AttemptOutcome throttled(std::chrono::nanoseconds retryAfter) {
  AttemptOutcome outcome = failed(FailureKind::throttle, Fate::rejected);
  outcome.statusCode = 429;
  outcome.retryAfter = retryAfter;
  return outcome;
}

TEST(RetryState, CountsAttemptsAndKinds) {
  const Setting setting;
  RetryState state = setting.state();
  const FailureKind kinds[] = {FailureKind::connect, FailureKind::connect, FailureKind::dns,
                               FailureKind::connect, FailureKind::dns,     FailureKind::transient};
  const unsigned sameKind[] = {1, 2, 1, 3, 2, 1};
  for (unsigned i = 0; i < 6; ++i) {
    EXPECT_EQ(state.next(failed(kinds[i]), start).ending, Ending::none);
    ASSERT_EQ(setting.policy->seen.size(), i + 1);
    EXPECT_EQ(setting.policy->seen.back().attempt, i + 1);
    EXPECT_EQ(setting.policy->seen.back().sameKind, sameKind[i]);
    EXPECT_EQ(setting.backoff->asked.back().retry, i + 1);
    EXPECT_EQ(setting.backoff->asked.back().kind, kinds[i]);
  }
}

TEST(RetryState, WaitsAsLongAsTheBackoffPolicySays) {
  const Setting setting;
  RetryState state = setting.state();
  const auto step = state.next(failed(FailureKind::transport), start);
  EXPECT_EQ(step.ending, Ending::none);
  EXPECT_EQ(step.delay, 100ms);
  EXPECT_FALSE(step.fresh);
}

TEST(RetryState, DrawsTheRandomNumberForTheBackoffPolicy) {
  Setting setting;
  setting.random = 0.75;
  RetryState state = setting.state();
  state.next(failed(FailureKind::transport), start);
  EXPECT_DOUBLE_EQ(setting.backoff->asked.front().random, 0.75);
}

TEST(RetryState, NeverRepeatsWhatWasAcceptedWhateverAPolicySays) {
  for (const RetryDecision always : {RetryDecision::retry, RetryDecision::retryAtOnce}) {
    Setting setting;
    setting.policy = std::make_shared<ScriptedPolicy>(always);
    for (int kind = 0; kind <= static_cast<int>(FailureKind::final); ++kind) {
      RetryState state = setting.state();
      AttemptOutcome outcome = failed(static_cast<FailureKind>(kind), Fate::accepted);
      outcome.statusCode = 202;
      outcome.retryAfter = 1s;
      EXPECT_EQ(state.next(outcome, start).ending, Ending::permanent) << kind;
    }
    EXPECT_TRUE(setting.policy->seen.empty()) << "no policy is called";
  }
}

TEST(RetryState, NeverRepeatsWhatIsFinalWhateverAPolicySays) {
  const Setting setting;
  for (const Fate fate : {Fate::notSent, Fate::inDoubt, Fate::rejected}) {
    RetryState state = setting.state();
    EXPECT_EQ(state.next(failed(FailureKind::final, fate), start).ending, Ending::permanent);
  }
  EXPECT_TRUE(setting.policy->seen.empty());
}

TEST(RetryState, TellsTheFirstSightFromTheLastOfMany) {
  const Setting setting;
  const auto two = std::make_shared<DefaultRetryPolicy>(2);
  RetryState state = stateOf(NetworkSession().withBackoffPolicy(setting.backoff), two, TimePoint::max());
  EXPECT_EQ(state.next(failed(FailureKind::transient), start).ending, Ending::none);
  EXPECT_EQ(state.next(failed(FailureKind::transient), start).ending, Ending::exhausted);
  RetryState other = stateOf(NetworkSession(), two, TimePoint::max());
  EXPECT_EQ(other.next(failed(FailureKind::permanent, Fate::rejected), start).ending, Ending::permanent);
}

TEST(RetryState, RepeatsAStaleConnectionAtOnceOnAFreshOneAndDoesNotCountIt) {
  const Setting setting;
  const auto budget = std::make_shared<CountingBudget>(100);
  RetryState state =
      stateOf(NetworkSession().withBackoffPolicy(setting.backoff).withRetryBudget(budget), nullptr, TimePoint::max());
  const auto first = state.next(failed(FailureKind::stale), start);
  EXPECT_EQ(first.ending, Ending::none);
  EXPECT_EQ(first.delay, 0ms);
  EXPECT_TRUE(first.fresh);
  EXPECT_EQ(budget->left(), 100) << "the retry does not use the budget";

  const auto second = state.next(failed(FailureKind::stale), start);
  EXPECT_EQ(second.ending, Ending::none);
  EXPECT_EQ(second.delay, 100ms) << "the second one waits";
  EXPECT_TRUE(second.fresh) << "the second retry uses no idle connection either";
  EXPECT_EQ(budget->left(), 99);
}

TEST(RetryState, GivesFiveCountedAttemptsBesideTheOneThatWasStale) {
  const Setting setting;
  RetryState state =
      stateOf(NetworkSession().withBackoffPolicy(setting.backoff).withRetryBudget(nullptr), nullptr, TimePoint::max());
  EXPECT_EQ(state.next(failed(FailureKind::stale), start).ending, Ending::none);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(state.next(failed(FailureKind::transport), start).ending, Ending::none) << i;
  EXPECT_EQ(state.next(failed(FailureKind::transport), start).ending, Ending::exhausted);
}

TEST(RetryState, HonoursRetryAtOnceOnlyOnceACall) {
  Setting setting;
  setting.policy = std::make_shared<ScriptedPolicy>(RetryDecision::retryAtOnce);
  RetryState state = setting.state();
  const auto first = state.next(failed(FailureKind::transport), start);
  EXPECT_EQ(first.delay, 0ms);
  EXPECT_TRUE(first.fresh) << "an idle connection may have failed for the same reason";
  for (int i = 0; i < 100; ++i) EXPECT_EQ(state.next(failed(FailureKind::transport), start).delay, 100ms);
  EXPECT_EQ(setting.policy->seen.back().attempt, 100U);
}

TEST(RetryState, DoesNotRepeatAtOnceBehindTheDeadline) {
  Setting setting;
  setting.policy = std::make_shared<ScriptedPolicy>(RetryDecision::retryAtOnce);
  for (const std::chrono::nanoseconds left : {1ns, 0ns, -1ns, -1'000'000'000ns}) {
    RetryState state = setting.state(start + left);
    const Ending expected = left > 0ns ? Ending::none : Ending::deadline;
    EXPECT_EQ(state.next(failed(FailureKind::stale), start).ending, expected) << left.count();
  }
}

TEST(RetryState, EndsWhereTheBudgetIsEmpty) {
  Setting setting;
  setting.budget = std::make_shared<CountingBudget>(2);
  RetryState state = setting.state();
  EXPECT_EQ(state.next(failed(FailureKind::transient), start).ending, Ending::none);
  EXPECT_EQ(state.next(failed(FailureKind::transient), start).ending, Ending::none);
  EXPECT_EQ(state.next(failed(FailureKind::transient), start).ending, Ending::budget);
}

TEST(RetryState, DrawsNothingFromTheBudgetForAWaitThatIsNotBegun) {
  Setting setting;
  const auto budget = std::make_shared<CountingBudget>(5);
  setting.budget = budget;
  RetryState late = setting.state(start + 1s);
  EXPECT_EQ(late.next(failed(FailureKind::transient), start).ending, Ending::deadline);
  setting.policy = std::make_shared<ScriptedPolicy>(RetryDecision::stop);
  RetryState stopped = setting.state();
  EXPECT_EQ(stopped.next(failed(FailureKind::transient), start).ending, Ending::permanent);
  EXPECT_EQ(budget->left(), 5);
}

TEST(RetryState, DoesNotBeginAWaitThatLeavesNoTimeForAnAttempt) {
  const Setting setting;  // a backoff of 100 ms
  struct {
    std::chrono::nanoseconds left;
    Ending ending;
  } const cases[] = {{2s, Ending::none},        {1100ms, Ending::none},   {1100ms - 1ns, Ending::deadline},
                     {100ms, Ending::deadline}, {50ms, Ending::deadline}, {0ms, Ending::deadline},
                     {-1h, Ending::deadline}};
  for (const auto& c : cases) {
    RetryState state = setting.state(start + c.left);
    EXPECT_EQ(state.next(failed(FailureKind::connect, Fate::notSent), start).ending, c.ending) << c.left.count();
  }
}

TEST(RetryState, NeverEndsForADeadlineThatIsNone) {
  Setting setting;
  setting.backoff = std::make_shared<FixedBackoff>(std::chrono::nanoseconds::max());
  RetryState state = setting.state(TimePoint::max());
  const auto step = state.next(failed(FailureKind::connect), start);
  EXPECT_EQ(step.ending, Ending::none);
  EXPECT_EQ(step.delay, RetryState::longestBackoff) << "cut to what can be added to a point in time";
}

TEST(RetryState, TakesAPolicysNonsenseForNoWaitOrALongOne) {
  Setting setting;
  for (const std::chrono::nanoseconds delay : {std::chrono::nanoseconds(-1ms), std::chrono::nanoseconds::min()}) {
    setting.backoff = std::make_shared<FixedBackoff>(delay);
    RetryState state = setting.state(start + 10s);
    EXPECT_EQ(state.next(failed(FailureKind::connect), start).delay, 0ms);
  }
  setting.backoff = std::make_shared<FixedBackoff>(std::chrono::nanoseconds::max());
  RetryState state = setting.state(start + 1h);
  EXPECT_EQ(state.next(failed(FailureKind::connect), start).ending, Ending::deadline);
}

TEST(RetryState, ObeysRetryAfterAsAFloor) {
  Setting setting;
  RetryState state = setting.state();
  EXPECT_EQ(state.next(throttled(5s), start).delay, 5s);
  EXPECT_EQ(state.next(throttled(0s), start).delay, 100ms) << "backoff where nothing is asked for";
  EXPECT_EQ(state.next(throttled(99ms), start).delay, 100ms);
  EXPECT_EQ(state.next(throttled(100ms), start).delay, 100ms);
}

TEST(RetryState, AddsJitterToRetryAfterAndNeverTakesAny) {
  struct {
    milliseconds asked;
    milliseconds most;
  } const cases[] = {{100ms, 110ms}, {1s, 1100ms}, {5s, 5500ms}, {10s, 11s}, {100s, 101s}, {300s, 301s}};
  for (const auto& c : cases) {
    for (const double random : {0.0, 0.25, 0.5, 1.0 - 0x1.0p-53}) {
      Setting setting;
      setting.random = random;
      RetryState state = setting.state();
      const std::chrono::nanoseconds delay = state.next(throttled(c.asked), start).delay;
      EXPECT_GE(delay, c.asked) << random;
      EXPECT_LE(delay, c.most) << random;
      if (random == 0.5) {
        EXPECT_EQ(delay, (c.asked + c.most) / 2);
      }
    }
  }
}

TEST(RetryState, CapsRetryAfterAtFiveMinutes) {
  const Setting setting;
  for (const std::chrono::nanoseconds asked :
       {std::chrono::nanoseconds(301s), std::chrono::nanoseconds(1h), std::chrono::nanoseconds(1000000000s),
        std::chrono::nanoseconds::max()}) {
    RetryState state = setting.state();
    EXPECT_EQ(state.next(throttled(asked), start).delay, 300s);
  }
}

TEST(RetryState, ObeysRetryAfterOfAnyStatus) {
  const Setting setting;
  RetryState state = setting.state();
  AttemptOutcome outcome = failed(FailureKind::transient);
  outcome.statusCode = 503;
  outcome.retryAfter = 7s;
  EXPECT_EQ(state.next(outcome, start).delay, 7s);
}

TEST(RetryState, EndsAtOnceWhereRetryAfterPassesTheDeadline) {
  Setting setting;
  setting.random = 0;
  RetryState fits = setting.state(start + 101s);
  EXPECT_EQ(fits.next(throttled(100s), start).ending, Ending::none);
  RetryState late = setting.state(start + 101s - 1ns);
  EXPECT_EQ(late.next(throttled(100s), start).ending, Ending::deadline);
  setting.random = 0.5;
  RetryState jittered = setting.state(start + 101s);
  EXPECT_EQ(jittered.next(throttled(100s), start).ending, Ending::deadline) << "its jitter counts too";
}

TEST(RetryState, LetsOneRetryAfterOfBoxsDefaultPassUnderTheDefaults) {
  // Box's documentation has retry-after: 100; the default deadline of a call is 120 s.
  const NetworkSession session;
  RetryState state = stateOf(session, nullptr, start + session.timeouts().call);
  const auto step = state.next(throttled(100s), start + 2s);
  EXPECT_EQ(step.ending, Ending::none);
  EXPECT_GE(step.delay, 100s);
}

}  // namespace
}  // namespace box
