#include "box/policy/retry_simulation.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/policies.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using testing::ElementsAre;

std::vector<nanoseconds> delaysOf(RetrySimulation& simulation, const std::vector<AttemptOutcome>& script) {
  std::vector<nanoseconds> delays;
  for (const AttemptOutcome& outcome : script) {
    const RetryStep step = simulation.fail(outcome);
    if (step.ending == RetryEnding::none) delays.push_back(step.delay);
  }
  return delays;
}

AttemptOutcome slow(AttemptOutcome outcome, nanoseconds elapsed) {
  outcome.elapsed = elapsed;
  return outcome;
}

TEST(RetrySimulation, ShowsEachWaitAndWhyACallEnds) {
  RetrySimulation simulation;
  const std::vector<AttemptOutcome> script(5, AttemptOutcome::ofStatus(503));
  EXPECT_THAT(delaysOf(simulation, script), ElementsAre(250ms, 500ms, 1000ms, 2000ms)) << "the middle of the default's";
  EXPECT_EQ(simulation.attempts(), 5U);
  EXPECT_EQ(simulation.elapsed(), 3750ms);
  EXPECT_EQ(simulation.fail(AttemptOutcome::ofStatus(503)).ending, RetryEnding::exhausted) << "it stays over";
  EXPECT_EQ(simulation.attempts(), 5U);
}

TEST(RetrySimulation, TellsARefusalFromTheLastOfMany) {
  RetrySimulation simulation;
  EXPECT_EQ(simulation.fail(AttemptOutcome::ofStatus(403)).ending, RetryEnding::permanent);
}

TEST(RetrySimulation, WaitsForTheLongerOfRetryAfterAndBackoff) {
  RetrySimulation simulation;
  EXPECT_EQ(simulation.fail(AttemptOutcome::ofStatus(429, 30s)).delay, 30500ms) << "with half of the jitter of 1 s";
  EXPECT_EQ(simulation.fail(AttemptOutcome::ofStatus(503, 1ms)).delay, 500ms);
}

TEST(RetrySimulation, HasAClockOfItsOwnForTheDeadline) {
  RetryRules rules;
  rules.backoff = std::make_shared<test::FixedBackoff>(2s);
  RetrySimulation simulation(rules, 10s - 1ns);
  const AttemptOutcome outcome = slow(AttemptOutcome::ofFailure(Errc::readTimeout, Fate::inDoubt), 2500ms);
  EXPECT_EQ(simulation.fail(outcome).ending, RetryEnding::none);
  EXPECT_EQ(simulation.elapsed(), 4500ms);
  EXPECT_EQ(simulation.fail(outcome).ending, RetryEnding::deadline) << "7 s, 2 s of waiting, and 1 s for the attempt";
  EXPECT_EQ(simulation.elapsed(), 7s) << "a wait that is not begun takes no time";
  RetrySimulation roomy(rules, 10s);
  EXPECT_EQ(roomy.fail(outcome).ending, RetryEnding::none);
  EXPECT_EQ(roomy.fail(outcome).ending, RetryEnding::none);
  EXPECT_EQ(roomy.fail(slow(outcome, nanoseconds::max())).ending, RetryEnding::deadline);
}

TEST(RetrySimulation, SharesABudgetWithOthers) {
  RetryRules rules;
  const auto budget = std::make_shared<TokenRetryBudget>(1);
  rules.budget = budget;
  RetrySimulation first(rules), second(rules);
  EXPECT_EQ(first.fail(AttemptOutcome::ofStatus(503)).ending, RetryEnding::none);
  EXPECT_EQ(second.fail(AttemptOutcome::ofStatus(503)).ending, RetryEnding::budget);
  first.succeed();
  EXPECT_DOUBLE_EQ(budget->balance(), 0.1);
  EXPECT_EQ(first.attempts(), 2U);
  first.succeed();
  EXPECT_DOUBLE_EQ(budget->balance(), 0.1) << "a call succeeds once";
}

TEST(RetrySimulation, ACallThatSucceededAfterAWaitWaitsNoMore) {
  RetrySimulation simulation;
  EXPECT_EQ(simulation.fail(AttemptOutcome::ofStatus(503)).delay, 250ms);
  simulation.succeed();
  const RetryStep step = simulation.fail(AttemptOutcome::ofStatus(503));
  EXPECT_EQ(step.ending, RetryEnding::permanent);
  EXPECT_EQ(step.delay, 0ms);
  EXPECT_FALSE(step.fresh);
  EXPECT_EQ(simulation.attempts(), 2U);
  EXPECT_EQ(simulation.elapsed(), 250ms);
}

TEST(RetrySimulation, AsksThePolicyWhatACallWould) {
  std::vector<AttemptOutcome> seen;
  RetryRules rules;
  rules.backoff = std::make_shared<test::FixedBackoff>(7ms);
  rules.policy = std::make_shared<test::RetryBy>([&](const AttemptOutcome& outcome) {
    seen.push_back(outcome);
    return RetryDecision::retry;
  });
  RetrySimulation simulation(rules);
  for (const int status : {503, 429, 503}) simulation.fail(AttemptOutcome::ofStatus(status));
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[2].number, 3U);
  EXPECT_EQ(seen[2].attempt, 3U);
  EXPECT_EQ(seen[2].sameKind, 2U);
  EXPECT_EQ(seen[0].waited, 0ms);
  EXPECT_EQ(seen[2].waited, 7ms);
  EXPECT_EQ(simulation.fail(AttemptOutcome::ofFailure(Errc::clientClosed, Fate::inDoubt)).ending,
            RetryEnding::permanent);
  EXPECT_EQ(seen.size(), 3U) << "the policy is not called for a final failure";
}

TEST(RetrySimulation, RepeatsAStaleConnectionAtOnce) {
  AttemptOutcome stale = AttemptOutcome::ofFailure(Errc::connectionLost, Fate::inDoubt);
  stale.kind = FailureKind::stale;
  RetrySimulation simulation;
  const RetryStep step = simulation.fail(stale);
  EXPECT_EQ(step.ending, RetryEnding::none);
  EXPECT_EQ(step.delay, 0ms);
  EXPECT_TRUE(step.fresh);
}

TEST(RetrySimulation, EachEndingHasAName) {
  for (int i = 0; i <= static_cast<int>(RetryEnding::deadline); ++i) {
    EXPECT_NE(toString(static_cast<RetryEnding>(i)), "unknown") << i;
  }
  EXPECT_EQ(toString(RetryEnding::exhausted), "exhausted");
  EXPECT_EQ(toString(static_cast<RetryEnding>(200)), "unknown");
}

TEST(AttemptOutcomeFor, AStatusIsWhatACallMakesOfIt) {
  const struct {
    int status;
    Errc code;
    FailureKind kind;
    Fate fate;
  } rows[] = {{201, Errc::unexpectedResponse, FailureKind::permanent, Fate::inDoubt},
              {302, Errc::unexpectedResponse, FailureKind::permanent, Fate::rejected},
              {401, Errc::unauthorized, FailureKind::auth, Fate::rejected},
              {408, Errc::requestRefused, FailureKind::transient, Fate::rejected},
              {429, Errc::rateLimited, FailureKind::throttle, Fate::rejected},
              {500, Errc::serverError, FailureKind::transient, Fate::rejected},
              {503, Errc::serverError, FailureKind::transient, Fate::inDoubt}};
  for (const auto& row : rows) {
    const AttemptOutcome outcome = AttemptOutcome::ofStatus(row.status);
    EXPECT_EQ(outcome.statusCode, row.status);
    EXPECT_EQ(outcome.code, row.code) << row.status;
    EXPECT_EQ(outcome.kind, row.kind) << row.status;
    EXPECT_EQ(outcome.fate, row.fate) << row.status;
    EXPECT_EQ(outcome.phase, Phase::response);
  }
}

TEST(AttemptOutcomeFor, AFailureHasTheKindOfItsCode) {
  const AttemptOutcome outcome = AttemptOutcome::ofFailure(Errc::hostNotFound, Fate::notSent);
  EXPECT_EQ(outcome.kind, FailureKind::hostNotFound);
  EXPECT_EQ(outcome.fate, Fate::notSent);
  EXPECT_EQ(outcome.phase, Phase::connect);
  const AttemptOutcome lost = AttemptOutcome::ofFailure(Errc::connectionLost, Fate::inDoubt);
  EXPECT_EQ(lost.phase, Phase::read);
  EXPECT_EQ(lost.fate, Fate::inDoubt);
  EXPECT_EQ(outcome.statusCode, 0);
  EXPECT_EQ(DefaultRetryPolicy().decide(outcome), RetryDecision::retry);
}

}  // namespace
}  // namespace box
