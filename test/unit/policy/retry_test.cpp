#include "box/policy/retry.hpp"

#include <limits>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "box/observe/observer.hpp"

namespace box {
namespace {

constexpr auto stop = RetryDecision::stop;
constexpr auto retry = RetryDecision::retry;
constexpr auto atOnce = RetryDecision::retryAtOnce;

AttemptOutcome outcome(FailureKind kind, unsigned attempt = 1, unsigned sameKind = 1, Fate fate = Fate::inDoubt) {
  AttemptOutcome o;
  o.kind = kind;
  o.attempt = attempt;
  o.sameKind = sameKind;
  o.fate = fate;
  return o;
}

const std::vector<FailureKind> passing = {FailureKind::transport, FailureKind::connect, FailureKind::dns,
                                          FailureKind::local,     FailureKind::timeout, FailureKind::throttle,
                                          FailureKind::transient, FailureKind::proxy};
const std::vector<FailureKind> once = {FailureKind::hostNotFound, FailureKind::tlsNotTls, FailureKind::protocol};
const std::vector<FailureKind> never = {FailureKind::tlsFatal, FailureKind::auth, FailureKind::permanent,
                                        FailureKind::waiting, FailureKind::final};

TEST(DefaultRetryPolicy, MakesFiveAttemptsForWhatMayPass) {
  const DefaultRetryPolicy policy;
  for (const FailureKind kind : passing) {
    SCOPED_TRACE(toString(kind));
    for (unsigned attempt = 1; attempt <= 4; ++attempt) {
      EXPECT_EQ(policy.decide(outcome(kind, attempt, attempt)), retry) << attempt;
    }
    EXPECT_EQ(policy.decide(outcome(kind, 5, 5)), stop);
    EXPECT_EQ(policy.decide(outcome(kind, 6, 1)), stop);
    EXPECT_EQ(policy.decide(outcome(kind, std::numeric_limits<unsigned>::max(), 1)), stop);
  }
}

TEST(DefaultRetryPolicy, RepeatsDubiousThingsOnceEach) {
  const DefaultRetryPolicy policy;
  for (const FailureKind kind : once) {
    SCOPED_TRACE(toString(kind));
    EXPECT_EQ(policy.decide(outcome(kind, 1, 1)), retry);
    EXPECT_EQ(policy.decide(outcome(kind, 2, 2)), stop);
    EXPECT_EQ(policy.decide(outcome(kind, 3, 1)), retry) << "the first of its kind, after two of another";
    EXPECT_EQ(policy.decide(outcome(kind, 4, 2)), stop);
    EXPECT_EQ(policy.decide(outcome(kind, 5, 1)), stop) << "five are five";
    EXPECT_EQ(policy.decide(outcome(kind, 1, 2)), stop) << "the first was repeated at once and not counted";
  }
}

TEST(DefaultRetryPolicy, NeverRepeatsWhatStaysAsItIs) {
  for (const RetryInDoubt inDoubt : {RetryInDoubt::ifIdempotent, RetryInDoubt::never}) {
    const DefaultRetryPolicy policy(5, inDoubt);
    for (const FailureKind kind : never) {
      EXPECT_EQ(policy.decide(outcome(kind, 1, 1, Fate::notSent)), stop) << toString(kind);
      EXPECT_EQ(policy.decide(outcome(kind, 1, 1, Fate::rejected)), stop) << toString(kind);
    }
  }
}

TEST(DefaultRetryPolicy, RepeatsAStaleConnectionAtOnceButOnlyTheFirst) {
  const DefaultRetryPolicy policy;
  EXPECT_EQ(policy.decide(outcome(FailureKind::stale, 1, 1)), atOnce);
  EXPECT_EQ(policy.decide(outcome(FailureKind::stale, 3, 1)), atOnce);
  EXPECT_EQ(policy.decide(outcome(FailureKind::stale, 1, 2)), retry);
  EXPECT_EQ(policy.decide(outcome(FailureKind::stale, 5, 2)), stop);
}

TEST(DefaultRetryPolicy, NeverRepeatsWithOneAttempt) {
  for (const unsigned maxAttempts : {0U, 1U}) {
    const DefaultRetryPolicy policy(maxAttempts);
    for (const auto& kinds : {passing, once, never, {FailureKind::stale}}) {
      for (const FailureKind kind : kinds) {
        EXPECT_EQ(policy.decide(outcome(kind, 1, 1, Fate::notSent)), stop) << toString(kind);
      }
    }
  }
}

TEST(DefaultRetryPolicy, CountsWithoutEndWhereThatIsAskedFor) {
  const DefaultRetryPolicy policy(std::numeric_limits<unsigned>::max());
  EXPECT_EQ(policy.decide(outcome(FailureKind::connect, 4'000'000'000U, 1)), retry);
  EXPECT_EQ(policy.decide(outcome(FailureKind::hostNotFound, 4'000'000'000U, 1)), retry);
  EXPECT_EQ(policy.decide(outcome(FailureKind::hostNotFound, 4'000'000'001U, 2)), stop);
}

TEST(DefaultRetryPolicy, RepeatsOnlyWhatWasNotDoneWhereItIsStrict) {
  const DefaultRetryPolicy policy(5, RetryInDoubt::never);
  EXPECT_EQ(policy.decide(outcome(FailureKind::connect, 1, 1, Fate::notSent)), retry);
  EXPECT_EQ(policy.decide(outcome(FailureKind::stale, 1, 1, Fate::notSent)), atOnce);
  EXPECT_EQ(policy.decide(outcome(FailureKind::throttle, 1, 1, Fate::rejected)), retry);
  EXPECT_EQ(policy.decide(outcome(FailureKind::stale, 1, 1, Fate::inDoubt)), stop);
  for (const FailureKind kind : passing) EXPECT_EQ(policy.decide(outcome(kind, 1, 1, Fate::inDoubt)), stop);
  for (const FailureKind kind : once) EXPECT_EQ(policy.decide(outcome(kind, 1, 1, Fate::inDoubt)), stop);
}

AttemptOutcome answered(int status, unsigned attempt) {
  AttemptOutcome o = outcome(FailureKind::permanent, attempt, attempt, Fate::rejected);
  o.statusCode = status;
  return o;
}

TEST(BoxRetryPolicy, HasTheFiguresOfTheOfficialSdks) {
  const BoxRetryPolicy policy;
  for (const int status : {429, 500, 501, 502, 503, 504, 505, 599}) {
    for (unsigned attempt = 1; attempt <= 4; ++attempt)
      EXPECT_EQ(policy.decide(answered(status, attempt)), retry) << status;
    EXPECT_EQ(policy.decide(answered(status, 5)), stop) << status;
  }
  for (const int status : {200, 202, 204, 301, 307, 400, 401, 403, 404, 408, 425, 428, 430, 499}) {
    EXPECT_EQ(policy.decide(answered(status, 1)), stop) << status;
  }
  // The default policy makes three attempts where it gets no response.
  for (const FailureKind kind : {FailureKind::transport, FailureKind::connect, FailureKind::stale, FailureKind::timeout,
                                 FailureKind::dns, FailureKind::hostNotFound}) {
    EXPECT_EQ(policy.decide(outcome(kind, 1)), retry) << toString(kind);
    EXPECT_EQ(policy.decide(outcome(kind, 2)), retry) << toString(kind);
    EXPECT_EQ(policy.decide(outcome(kind, 3)), stop) << toString(kind);
  }
}

TEST(BoxRetryPolicy, NeverRepeatsCertificatesOrWhatIsFinal) {
  const BoxRetryPolicy policy;
  EXPECT_EQ(policy.decide(outcome(FailureKind::tlsFatal)), stop);
  EXPECT_EQ(policy.decide(outcome(FailureKind::final)), stop);
}

TEST(BoxRetryPolicy, TakesOtherFigures) {
  const BoxRetryPolicy none(0, 0);
  EXPECT_EQ(none.decide(answered(503, 1)), stop);
  const BoxRetryPolicy onlyResponses(2, 0);
  EXPECT_EQ(onlyResponses.decide(answered(503, 1)), retry);
  EXPECT_EQ(onlyResponses.decide(answered(503, 2)), stop);
  EXPECT_EQ(onlyResponses.decide(outcome(FailureKind::connect)), stop);
  const BoxRetryPolicy patient(3, 100);
  EXPECT_EQ(patient.decide(outcome(FailureKind::connect, 2)), retry);
  EXPECT_EQ(patient.decide(outcome(FailureKind::connect, 3)), stop) << "attempts are attempts";
}

TEST(RetryPolicyView, SharesThePolicyItLooksAt) {
  EXPECT_EQ(RetryPolicyView().share(), nullptr);
  std::shared_ptr<const RetryPolicy> kept;
  {
    const auto policy = std::make_shared<DefaultRetryPolicy>(1);
    kept = RetryPolicyView(policy).share();
    EXPECT_EQ(kept, policy);
    EXPECT_EQ(policy.use_count(), 2);
  }
  EXPECT_EQ(kept.use_count(), 1);
  const std::shared_ptr<const RetryPolicy> null;
  EXPECT_EQ(RetryPolicyView(null).share(), nullptr);
}

}  // namespace
}  // namespace box
