// The ledger finds each false result that a client could report, and does not take a true one for false.
#include "soak/ledger.hpp"

#include <chrono>
#include <string>

#include <gmock/gmock.h>

namespace box::soak {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SoakLedger : public testing::Test {
 protected:
  CallPlan begin(std::uint64_t number = 7, bool strict = false) {
    CallPlan plan;
    plan.number = number;
    plan.entries = 2;
    plan.strict = strict;
    ledger_.begin(plan);
    return plan;
  }
  void seen(const CallPlan& plan) { ledger_.seen(plan.number); }
  void accepted(const CallPlan& plan, const std::string& requestId = "r1") {
    ledger_.accepted(plan.groups, plan.ids(), plan.logins(), requestId);
  }
  void answered(const CallPlan& plan, int status) { ledger_.answered(plan.number, status); }
  void tellAccepted(const CallPlan& plan, const std::string& requestId = "r1") {
    CallEnd end;
    end.success = true;
    end.fate = Fate::accepted;
    end.boxRequestId = requestId;
    ledger_.end(plan.number, end);
  }
  void tell(const CallPlan& plan, Fate fate, int status = 0, unsigned attempts = 1) {
    CallEnd end;
    end.fate = fate;
    end.code = Errc::connectionLost;
    end.status = status;
    end.attempts = attempts;
    ledger_.end(plan.number, end);
  }

  std::vector<std::string> found() const { return violations_.descriptions(); }

  Violations violations_;
  Ledger ledger_{violations_, false, 1s};
};

TEST_F(SoakLedger, ACallsNumberIsInEachOfItsIds) {
  CallPlan plan;
  plan.number = 123456789012;
  plan.entries = CallPlan::mostEntries;
  for (const std::string& id : plan.ids()) ASSERT_EQ(CallPlan::numberOf(id), plan.number);
  for (const char* other : {"", "12", "x", "12345x", "-12345"})
    EXPECT_EQ(CallPlan::numberOf(other), std::nullopt) << other;
}

TEST_F(SoakLedger, TheTruthIsNoViolation) {
  const CallPlan first = begin(1);
  seen(first);
  answered(first, 503);
  seen(first);
  accepted(first, "a");
  answered(first, 202);
  seen(first);
  accepted(first, "b");
  tellAccepted(first, "b");

  const CallPlan second = begin(2);
  tell(second, Fate::notSent);

  const CallPlan third = begin(3);
  seen(third);
  answered(third, 404);
  tell(third, Fate::rejected, 404);

  const CallPlan fourth = begin(4);
  tell(fourth, Fate::inDoubt);
  seen(fourth);
  accepted(fourth);

  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(ledger_.underWay(), 0U);
  EXPECT_EQ(ledger_.acceptances(), 3U);
  EXPECT_EQ(ledger_.repeatedAcceptances(), 1U);
}

TEST_F(SoakLedger, AnAcceptanceThatTheServerDoesNotKnow) {
  const CallPlan plan = begin();
  seen(plan);
  tellAccepted(plan);
  EXPECT_THAT(found(),
              ElementsAre(HasSubstr("accepted, but the server has not accepted it: call 7 (users 7000 and 1 more)")));
}

TEST_F(SoakLedger, AnAcceptanceOfAnotherCall) {
  const CallPlan plan = begin(1), other = begin(2);
  accepted(plan, "mine");
  accepted(other, "another's");
  tellAccepted(plan, "another's");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("by an answer that was not to this call")));
}

TEST_F(SoakLedger, NotSentThoughSeen) {
  const CallPlan plan = begin();
  seen(plan);
  tell(plan, Fate::notSent);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("notSent, but the server has seen it")));
}

TEST_F(SoakLedger, NotSentAndSeenLater) {
  const CallPlan plan = begin();
  tell(plan, Fate::notSent);
  seen(plan);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("the server saw a request that was told as notSent before")));
}

TEST_F(SoakLedger, RejectedThoughAccepted) {
  const CallPlan plan = begin();
  seen(plan);
  answered(plan, 500);
  accepted(plan);
  tell(plan, Fate::rejected, 500);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("rejected, but the server has accepted it")));
}

TEST_F(SoakLedger, RejectedAndAcceptedLater) {
  const CallPlan plan = begin();
  answered(plan, 500);
  tell(plan, Fate::rejected, 500);
  accepted(plan);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("the server accepted what was told as not accepted before")));
}

TEST_F(SoakLedger, RejectedThoughNotRefused) {
  const CallPlan plan = begin();
  answered(plan, 503);  // 503 does not say that the call was refused
  tell(plan, Fate::rejected);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("rejected, but the server has not refused it")));
}

TEST_F(SoakLedger, AStatusThatWasAnothersAnswer) {
  const CallPlan plan = begin();
  answered(plan, 404);
  tell(plan, Fate::rejected, 403);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("a status that the server has not answered")));
}

TEST_F(SoakLedger, AnAnswerMayHaveBeenGivenUnasked) {
  CallEnd end;
  end.fate = Fate::rejected;
  end.status = 408;
  end.unasked = true;
  ledger_.end(begin().number, end);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(SoakLedger, ASecretRepeat) {
  const CallPlan plan = begin();
  for (int i = 0; i < 3; ++i) seen(plan);
  tell(plan, Fate::inDoubt, 0, 2);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("the server saw more requests than attempts")));
}

TEST_F(SoakLedger, AStrictCallThatWasAcceptedTwice) {
  const CallPlan plan = begin(7, true);
  accepted(plan);
  tellAccepted(plan);
  EXPECT_THAT(found(), IsEmpty());
  accepted(plan);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("a strict call was accepted twice")));
}

TEST_F(SoakLedger, IdsThatChangedOnTheWay) {
  const CallPlan plan = begin();
  ledger_.accepted(false, {"7000"}, {}, "r");
  ledger_.accepted(true, plan.ids(), {}, "r");
  ledger_.accepted(false, plan.ids(), {"call7@example.com"}, "r");
  ledger_.accepted(false, {"12"}, {}, "r");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("other ids"), HasSubstr("other ids"), HasSubstr("other ids"),
                                   HasSubstr("no call has sent")));
}

TEST_F(SoakLedger, ACallThatIsLate) {
  const auto endLate = [&](std::uint64_t number, std::chrono::milliseconds late) {
    CallEnd end;
    end.late = late;
    ledger_.end(begin(number).number, end);
  };
  endLate(1, 999ms);
  endLate(2, 1234ms);
  ledger_.allowFor(300ms);
  endLate(3, 1234ms);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("late by 1234 ms: call 2")));
}

TEST_F(SoakLedger, ACallThatEndsTwice) {
  const CallPlan plan = begin();
  tell(plan, Fate::notSent);
  tell(plan, Fate::notSent);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("call 7 has ended twice")));
}

TEST_F(SoakLedger, ACallThatHasNotEndedIsUnderWay) {
  begin(1);
  tell(begin(2), Fate::notSent);
  begin(3);
  EXPECT_EQ(ledger_.underWay(), 2U);
  EXPECT_THAT(ledger_.someUnderWay(), testing::UnorderedElementsAre(1U, 3U));
}

TEST_F(SoakLedger, WhatHasEndedLongAgoIsForgotten) {
  const CallPlan first = begin(1);
  tell(first, Fate::notSent);
  for (std::uint64_t number = 2; number < 2000; ++number) tell(begin(number), Fate::notSent);
  seen(first);
  EXPECT_THAT(found(), IsEmpty());
  ledger_.seen(1999);
  EXPECT_EQ(violations_.count(), 1U);
}

TEST_F(SoakLedger, OfManyViolationsTheFirstAreDescribed) {
  for (std::uint64_t number = 1; number <= 25; ++number) tellAccepted(begin(number));
  EXPECT_EQ(violations_.count(), 25U);
  EXPECT_THAT(found(), testing::SizeIs(Violations::described));
  EXPECT_THAT(found().front(), HasSubstr("call 1 "));
}

TEST_F(SoakLedger, WhereNothingIsInTheWayEachCallIsAcceptedOnce) {
  Ledger clean(violations_, true, 1s);
  const auto start = [&](std::uint64_t number) {
    CallPlan plan;
    plan.number = number;
    clean.begin(plan);
    return plan;
  };
  CallEnd accepted;
  accepted.success = true;
  accepted.fate = Fate::accepted;
  const CallPlan good = start(1), twice = start(2);
  clean.accepted(false, good.ids(), {}, "r");
  clean.end(1, accepted);
  EXPECT_THAT(found(), IsEmpty());
  clean.accepted(false, twice.ids(), {}, "r");
  clean.accepted(false, twice.ids(), {}, "r");
  clean.end(start(3).number, CallEnd());
  EXPECT_THAT(found(), ElementsAre(HasSubstr("accepted twice: call 2"), HasSubstr("nothing was in the way: call 3")));
}

}  // namespace
}  // namespace box::soak
