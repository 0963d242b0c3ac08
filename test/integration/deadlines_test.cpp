// Each limit ends its own phase, with its own code, and long before the next limit would.
#include "support/station_test.hpp"

#include <string>
#include <thread>

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::Deadline;
using box::DefaultRetryPolicy;
using box::Errc;
using box::Fate;
using box::Phase;
using box::TimeoutOptions;
using box::emulator::Reply;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::shared_ptr<const box::RetryPolicy> once() { return std::make_shared<DefaultRetryPolicy>(1); }

class Deadlines : public StationTest, public testing::WithParamInterface<Station> {
 protected:
  /// A 503 whose body does not arrive is still a 503: the status decides, and not the limit.
  static Errc expected(Errc limit) { return GetParam() == Station::body ? Errc::serverError : limit; }
  static Fate expectedFate() { return fateAt(GetParam()); }
};

class DeadlinesOfPhases : public Deadlines {};

TEST_P(DeadlinesOfPhases, EndThePhaseWithItsOwnCode) {
  TimeoutOptions timeouts = patient();
  Errc code{};
  switch (GetParam()) {
    case Station::pool:
      timeouts.pool = 150ms;
      code = Errc::poolTimeout;
      break;
    case Station::resolve:
      timeouts.resolve = 150ms;
      code = Errc::resolveTimeout;
      break;
    case Station::connect:
      timeouts.connect = 150ms;
      code = Errc::connectTimeout;
      break;
    case Station::proxy:
    case Station::proxyTls:
      timeouts.proxy = 150ms;
      code = Errc::proxyTimeout;
      break;
    case Station::handshake:
      timeouts.handshake = 150ms;
      code = Errc::handshakeTimeout;
      break;
    case Station::write:
      timeouts.write = 150ms;
      code = Errc::writeTimeout;
      break;
    case Station::header:
      timeouts.responseHeader = 150ms;
      code = Errc::readTimeout;
      break;
    case Station::body: timeouts.bodyIdle = 150ms; break;
    default: FAIL();
  }
  const auto client = arrange(GetParam(), timeouts, once());
  const auto call = start(makeCall(*client));
  finish(call);
  EXPECT_TRUE(failed(*call, expected(code), expectedFate(), phaseAt(GetParam())));
  EXPECT_GE(call->elapsed(), 150ms);
  EXPECT_LT(call->elapsed(), muchEarlier);
  EXPECT_EQ(call->attempts(), 1U);
  if (GetParam() != Station::body) {
    EXPECT_EQ(call->code(), box::ErrorCondition::timeout);
  }
}

INSTANTIATE_TEST_SUITE_P(EachPhase, DeadlinesOfPhases,
                         testing::Values(Station::pool, Station::resolve, Station::connect, Station::proxy,
                                         Station::proxyTls, Station::handshake, Station::write, Station::header,
                                         Station::body),
                         [](const auto& param) { return toString(param.param); });

class DeadlinesOfAttempts : public Deadlines {};

TEST_P(DeadlinesOfAttempts, EndTheAttemptInEachPhase) {
  TimeoutOptions timeouts = patient();
  timeouts.attempt = 150ms;
  const auto client = arrange(GetParam(), timeouts, once());
  const auto call = start(makeCall(*client));
  finish(call);
  EXPECT_TRUE(failed(*call, expected(Errc::attemptTimeout), expectedFate(), phaseAt(GetParam())));
  EXPECT_LT(call->elapsed(), muchEarlier);
}

INSTANTIATE_TEST_SUITE_P(EachPhase, DeadlinesOfAttempts,
                         testing::Values(Station::resolve, Station::connect, Station::proxy, Station::proxyTls,
                                         Station::handshake, Station::write, Station::header, Station::body),
                         [](const auto& param) { return toString(param.param); });

class DeadlinesOfCalls : public Deadlines {};

TEST_P(DeadlinesOfCalls, EndTheCallInEachPhaseWithoutARepeat) {
  TimeoutOptions timeouts = patient();
  timeouts.call = 300ms;
  const auto client = arrange(GetParam(), patient());
  const auto limited = client->withTimeouts(timeouts);
  const auto call = start(makeCall(limited));
  finish(call);
  EXPECT_TRUE(failed(*call, expected(Errc::callTimeout), expectedFate(), phaseAt(GetParam())));
  EXPECT_LT(call->elapsed(), muchEarlier);
  EXPECT_EQ(call->attempts(), 1U);
  EXPECT_THAT(recorder->retries(), IsEmpty());
}

TEST_P(DeadlinesOfCalls, AreTheCallsOwnWhereItHasOne) {
  const auto client = arrange(GetParam(), patient());
  const auto call = start(makeCall(*client, 300ms));
  finish(call);
  EXPECT_TRUE(failed(*call, expected(Errc::callTimeout), expectedFate(), phaseAt(GetParam())));
  EXPECT_LT(call->elapsed(), muchEarlier);
}

INSTANTIATE_TEST_SUITE_P(EachPhase, DeadlinesOfCalls,
                         testing::Values(Station::pool, Station::resolve, Station::connect, Station::proxy,
                                         Station::proxyTls, Station::handshake, Station::write, Station::header,
                                         Station::body),
                         [](const auto& param) { return toString(param.param); });

TEST_F(Deadlines, TheSlotOfAnAttemptThatTookTooLongIsFree) {
  TimeoutOptions timeouts = patient();
  timeouts.responseHeader = 100ms;
  const auto client = arrange(Station::header, timeouts);
  // The retry finds the only slot free again, and this time the server answers.
  EXPECT_TRUE(isAccepted(*await(*client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  ASSERT_THAT(recorder->retries(), SizeIs(1));
  EXPECT_EQ(recorder->retries()[0].kind, box::FailureKind::timeout);
}

TEST_F(Deadlines, AConnectionWhoseAnswerCameTooLateIsNotUsedAgain) {
  TimeoutOptions timeouts = patient();
  timeouts.responseHeader = 100ms;
  emulator().script(Reply::asBox().after(300ms));
  const auto client = this->client(session().withTimeouts(timeouts));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  EXPECT_THAT(emulator().accepted(), SizeIs(3));
}

TEST_F(Deadlines, ABackoffThatWouldPassTheDeadlineIsNotBegun) {
  emulator().setDefault(Reply::status(503));
  const auto client = this->client(session().withBackoffPolicy(std::make_shared<FixedBackoff>(1h)));
  const auto call = await(about(client, 50s));
  EXPECT_TRUE(failed(*call, Errc::serverError, Fate::inDoubt, Phase::response));
  EXPECT_LT(call->elapsed(), muchEarlier);
  EXPECT_EQ(emulator().counts().requests, 1U);
  EXPECT_THAT(call->error().what(), HasSubstr("the deadline leaves no time"));
}

TEST_F(Deadlines, OneThatIsOverAlreadyLetsNothingOut) {
  const auto client = this->client();
  for (const Deadline deadline :
       {Deadline(0s), Deadline(-1s), Deadline(std::chrono::steady_clock::now() - 1h),
        Deadline(std::chrono::nanoseconds::min()), Deadline(std::chrono::steady_clock::time_point::min())}) {
    const auto call = await(about(client, deadline));
    EXPECT_TRUE(failed(*call, Errc::callTimeout, Fate::notSent));
  }
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
  // The same holds where a connection is open already.
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_TRUE(failed(*await(about(client, 0s)), Errc::callTimeout, Fate::notSent));
  EXPECT_EQ(emulator().counts().requests, 1U);
}

TEST_F(Deadlines, OneThatPassesInAnInterceptorLetsNothingOut) {
  bool slow = false;
  const auto before = [&](box::InterceptedRequest&) {
    if (slow) std::this_thread::sleep_for(60ms);
  };
  const auto client = this->client(session().withInterceptors({std::make_shared<InterceptBy>(before, nullptr)}));
  ASSERT_TRUE(isAccepted(*await(client)));
  slow = true;
  EXPECT_TRUE(failed(*await(about(client, 30ms)), Errc::callTimeout, Fate::notSent));
  EXPECT_EQ(emulator().counts().requests, 1U);
  EXPECT_TRUE(isAccepted(*await(about(client, 50s))));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U) << "the connection was given back";
}

TEST_F(Deadlines, TheCallsOwnMayBeLongerThanTheSessions) {
  TimeoutOptions timeouts = patient();
  timeouts.call = 50ms;
  emulator().setDefault(Reply::asBox().after(200ms));
  const auto client = this->client(session().withTimeouts(timeouts));
  EXPECT_TRUE(isAccepted(*await(about(client, 50s))));
  EXPECT_TRUE(isAccepted(*await(about(client, std::chrono::steady_clock::now() + 50s))));
  EXPECT_TRUE(isAccepted(*await(about(client, box::unlimited))));
  EXPECT_TRUE(isAccepted(*await(about(client, std::chrono::hours::max()))));
  EXPECT_TRUE(failed(*await(about(client)), Errc::callTimeout, Fate::inDoubt, Phase::read));
}

TEST_F(Deadlines, WithoutAnyLimitACallWorks) {
  TimeoutOptions timeouts;
  timeouts.call = timeouts.attempt = timeouts.pool = timeouts.resolve = timeouts.connect = timeouts.handshake =
      timeouts.write = timeouts.responseHeader = timeouts.bodyIdle = std::chrono::nanoseconds::max();
  emulator().script(Reply::status(503));
  const auto call = start(about(client(session().withTimeouts(timeouts)), box::unlimited));
  runOut();
  EXPECT_TRUE(isAccepted(*call));
}

TEST_F(Deadlines, ADurationCountsFromTheAwaiting) {
  const auto client = this->client();
  auto stored = about(client, 2s);
  runUntil([end = std::chrono::steady_clock::now() + 2100ms] { return std::chrono::steady_clock::now() > end; });
  EXPECT_TRUE(isAccepted(*await(std::move(stored))));
}

TEST_F(Deadlines, AServerThatTricklesIsEndedByTheAttemptsLimit) {
  TimeoutOptions timeouts = patient();
  timeouts.attempt = 300ms;
  emulator().script(Reply::status(404).slowly(20ms, 1));
  const auto client = this->client(session().withTimeouts(timeouts).withRetryPolicy(once()));
  const auto call = await(client);
  ASSERT_TRUE(call->hasError());
  EXPECT_LT(call->elapsed(), muchEarlier);
  EXPECT_EQ(call->code(), Errc::attemptTimeout) << call->describe();
}

}  // namespace
