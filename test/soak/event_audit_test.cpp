#include "soak/event_audit.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace box::soak {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SoakEventAudit : public testing::Test {
 protected:
  void call(std::uint64_t number) { audit_->onEvent(event::CallStarted{number, "", "", ""}); }
  void attempt(std::uint64_t number, unsigned attempt) { audit_->onEvent(event::AttemptStarted{number, attempt}); }
  void attemptEnded(std::uint64_t number) {
    const AttemptRecord record;
    audit_->onEvent(event::AttemptEnded{number, record});
  }
  void callEnded(std::uint64_t number, unsigned attempts) {
    audit_->onEvent(event::CallEnded{number, {}, Fate::accepted, 202, attempts, {}});
  }
  void opened(std::uint64_t number) { audit_->onEvent(event::ConnectionOpened{number, "", 1, "", false, "", {}}); }
  void closed(std::uint64_t number) { audit_->onEvent(event::ConnectionClosed{number, event::CloseReason::age, 1}); }

  /// The violations that are known after the client is destroyed.
  std::vector<std::string> found() {
    audit_.reset();
    return violations_.descriptions();
  }

  Violations violations_;
  EventCounts counts_;
  std::unique_ptr<EventAudit> audit_ = std::make_unique<EventAudit>(violations_, counts_);
};

TEST_F(SoakEventAudit, WhatBeginsAndEndsIsNoViolation) {
  opened(1);
  call(1);
  call(2);
  attempt(1, 1);
  attempt(2, 1);
  attemptEnded(1);
  attempt(1, 2);
  attemptEnded(2);
  callEnded(2, 1);
  closed(1);
  attemptEnded(1);
  callEnded(1, 2);
  EXPECT_EQ(counts_.audits, 1U);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(counts_.audits, 0U);
  EXPECT_EQ(counts_.calls, 2U);
  EXPECT_EQ(counts_.attempts, 3U);
  EXPECT_EQ(counts_.opened, 1U);
  EXPECT_EQ(counts_.closed[static_cast<std::size_t>(event::CloseReason::age)], 1U);
}

TEST_F(SoakEventAudit, ACallThatNeverEnds) {
  call(3);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("call 3 of a client never ended")));
}

TEST_F(SoakEventAudit, AConnectionThatIsNeverClosed) {
  opened(3);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("connection 3 of a client was never closed")));
}

TEST_F(SoakEventAudit, ACallThatStartsOrEndsTwice) {
  call(1);
  call(1);
  callEnded(1, 0);
  callEnded(1, 0);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("started twice"), HasSubstr("the end of no call")));
}

TEST_F(SoakEventAudit, AConnectionThatIsClosedTwice) {
  opened(1);
  opened(1);
  closed(1);
  closed(1);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("opened twice"), HasSubstr("closed that was not open")));
}

TEST_F(SoakEventAudit, AttemptsThatDoNotPairUp) {
  call(1);
  attempt(1, 1);
  attempt(1, 2);
  attemptEnded(1);
  attemptEnded(1);
  attempt(1, 4);
  callEnded(1, 3);
  attempt(9, 1);
  EXPECT_THAT(found(),
              ElementsAre(HasSubstr("two attempts at once"), HasSubstr("the end of an attempt that does not run"),
                          HasSubstr("do not count one by one"), HasSubstr("ended with an attempt running"),
                          HasSubstr("an attempt of no call")));
}

TEST_F(SoakEventAudit, ACallThatEndsWithAnotherNumberOfAttempts) {
  call(1);
  attempt(1, 1);
  attemptEnded(1);
  callEnded(1, 2);
  EXPECT_THAT(found(), Contains(HasSubstr("another number of attempts")));
}

}  // namespace
}  // namespace box::soak
