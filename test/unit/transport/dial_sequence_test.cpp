// The steps to a connection, without a socket: what is done next and until when, and what a failure says.
#include "transport/dial_sequence.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "system/socket.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using Action = DialSequence::Action;
using Endpoints = DialSequence::Endpoints;
using TimePoint = DialSequence::TimePoint;
using testing::ElementsAre;

constexpr TimePoint startOfDial{1000h};

Origin originAt(const std::string& host, std::uint16_t port) {
  Url url;
  url.host = host;
  url.port = port;
  return Origin(url);
}

/// `v6` addresses of IPv6, followed by `v4` addresses of IPv4.
Endpoints endpoints(unsigned v6, unsigned v4) {
  Endpoints all;
  for (unsigned i = 1; i <= v6; ++i) {
    all.emplace_back(asio::ip::make_address("2001:db8::" + std::to_string(i)), std::uint16_t{443});
  }
  for (unsigned i = 1; i <= v4; ++i) {
    all.emplace_back(asio::ip::make_address("192.0.2." + std::to_string(i)), std::uint16_t{443});
  }
  return all;
}

error_code refused() { return asio::error::connection_refused; }
error_code aborted() { return asio::error::operation_aborted; }
#ifndef _WIN32
error_code systemError(int value) { return {value, boost::system::system_category()}; }
#endif

Failure because(error_code code, error_code cause = {}, const std::string& context = {}) {
  Failure failure;
  failure.code = code;
  failure.cause = cause;
  failure.context = context;
  return failure;
}

/// A sequence, the clock, and the events of a successful connection.
class Dialling {
 public:
  enum class Way { direct, plainProxy, tlsProxy };

  explicit Dialling(Way way = Way::direct, const std::string& host = "api.box.test", TimeoutOptions given = {},
                    TimeLimits limits = TimeLimits(startOfDial + 120s), bool authorized = false)
      : timeouts(given),
        box_(originAt(host, 443)),
        proxy_{originAt(way == Way::direct ? "" : "proxy.test", 3128), way == Way::tlsProxy, authorized},
        sequence(box_, way == Way::direct ? nullptr : &proxy_, limits, timeouts, startOfDial) {}

  DialSequence* operator->() { return &sequence; }

  DialSequence::Step next() { return sequence.next(now); }
  Action action() { return next().action; }
  const Failure& failure() { return sequence.failure(); }

  /// Reports success for each step until this action is the next one. The first address connects.
  DialSequence::Step reach(Action goal) {
    for (int i = 0; i < 100; ++i) {
      const DialSequence::Step step = next();
      if (step.action == goal) return step;
      succeedAt(step);
    }
    ADD_FAILURE() << "the sequence does not reach this action";
    return next();
  }

  void succeedAt(const DialSequence::Step& step) {
    switch (step.action) {
      case Action::lookUp: return sequence.lookedUp(endpoints(0, 1));
      case Action::connect: return sequence.connectEnded(step.address, {});
      case Action::proxyHandshake:
      case Action::boxHandshake: return sequence.shookHands({});
      case Action::sendConnect: return sequence.sent();
      case Action::receiveAnswer: return sequence.received("HTTP/1.1 200 OK\r\n\r\n");
      case Action::look: return sequence.looked({});
      case Action::wait: now = step.until; return;
      default: return;
    }
  }

  /// All steps until a wait or the end: "connect 0", "close 1" and so on.
  std::vector<std::string> todo() {
    std::vector<std::string> all;
    for (int i = 0; i < 1000; ++i) {
      const DialSequence::Step step = next();
      const std::string address = " " + std::to_string(step.address);
      switch (step.action) {
        case Action::connect: all.push_back("connect" + address); break;
        case Action::close: all.push_back("close" + address); break;
        case Action::use: all.push_back("use" + address); break;
        case Action::wait: all.emplace_back("wait"); return all;
        case Action::fail: all.emplace_back("fail"); return all;
        default: all.emplace_back("other"); return all;
      }
    }
    ADD_FAILURE() << "the steps do not end";
    return all;
  }

  void expectFailed(const error_code& code, Phase phase, const std::string& context, const error_code& cause = {}) {
    ASSERT_EQ(action(), Action::fail);
    EXPECT_EQ(failure().code, code) << failure().code.message();
    EXPECT_EQ(failure().cause, cause) << failure().cause.message();
    EXPECT_EQ(failure().phase, phase);
    EXPECT_EQ(failure().context, context);
    EXPECT_EQ(failure().atProxy, context.find("the proxy") != std::string::npos);
    EXPECT_EQ(action(), Action::fail) << "the failure stays the same";
  }

  TimePoint now = startOfDial;
  TimeoutOptions timeouts;

 private:
  const Origin box_;
  const DialSequence::Proxy proxy_;

 public:
  DialSequence sequence;
};
using Way = Dialling::Way;

// ------------------------------------------------------------------------------------------------------------- the way

std::vector<Action> allActions(Dialling& dialling) {
  std::vector<Action> all;
  for (int i = 0; i < 100; ++i) {
    const DialSequence::Step step = dialling.next();
    all.push_back(step.action);
    if (step.action == Action::succeed || step.action == Action::fail) break;
    dialling.succeedAt(step);
  }
  return all;
}

TEST(DialSequence, LeadsStraightToBox) {
  Dialling dialling;
  EXPECT_THAT(allActions(dialling), ElementsAre(Action::lookUp, Action::connect, Action::use, Action::boxHandshake,
                                                Action::look, Action::succeed));
  EXPECT_EQ(dialling->peer().host, "api.box.test");
}

TEST(DialSequence, LeadsThroughAProxyByConnect) {
  Dialling dialling(Way::plainProxy);
  EXPECT_THAT(allActions(dialling),
              ElementsAre(Action::lookUp, Action::connect, Action::use, Action::sendConnect, Action::receiveAnswer,
                          Action::boxHandshake, Action::look, Action::succeed));
  EXPECT_EQ(dialling->peer().host, "proxy.test");
}

TEST(DialSequence, SpeaksTlsWithAProxyFirst) {
  Dialling dialling(Way::tlsProxy);
  EXPECT_THAT(allActions(dialling),
              ElementsAre(Action::lookUp, Action::connect, Action::use, Action::proxyHandshake, Action::sendConnect,
                          Action::receiveAnswer, Action::boxHandshake, Action::look, Action::succeed));
}

TEST(DialSequence, LooksUpNoAddress) {
  for (const char* host : {"192.0.2.7", "2001:db8::7"}) {
    Dialling dialling(Way::direct, host);
    EXPECT_EQ(dialling.action(), Action::connect) << host;
    EXPECT_EQ(dialling->addresses(), Endpoints({{asio::ip::make_address(host), 443}}));
  }
}

TEST(DialSequence, AsksForTheSameStepUntilItHasEnded) {
  for (const Action goal : {Action::lookUp, Action::wait, Action::proxyHandshake, Action::sendConnect,
                            Action::receiveAnswer, Action::boxHandshake, Action::look}) {
    Dialling dialling(Way::tlsProxy);
    dialling.reach(goal == Action::wait ? Action::connect : goal);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(dialling.action(), goal);
  }
}

TEST(DialSequence, TakesNoNoticeOfWhatItDidNotAskFor) {
  Dialling dialling(Way::tlsProxy);
  const auto tellAllBut = [&](Action expected) {
    ASSERT_EQ(dialling.action(), expected);
    if (expected != Action::lookUp) dialling->lookedUp(because(Errc::hostNotFound));
    if (expected != Action::proxyHandshake && expected != Action::boxHandshake) {
      dialling->shookHands(because(Errc::tlsNotTls));
    }
    if (expected != Action::sendConnect) dialling->sent();
    if (expected != Action::receiveAnswer) dialling->received("HTTP/1.1 403 No\r\n\r\n");
    if (expected != Action::sendConnect && expected != Action::receiveAnswer) dialling->broke(refused());
    if (expected != Action::look) dialling->looked(because(Errc::protocolError));
    dialling->connectEnded(7, refused());
    ASSERT_EQ(dialling.action(), expected);
  };
  for (const Action expected : {Action::lookUp, Action::proxyHandshake, Action::sendConnect, Action::receiveAnswer,
                                Action::boxHandshake, Action::look, Action::succeed}) {
    dialling.reach(expected);
    tellAllBut(expected);
  }
}

TEST(DialSequence, TakesTheFirstResultOfAStep) {
  Dialling good, bad;
  good.reach(Action::boxHandshake);
  good->shookHands({});
  good->shookHands(because(Errc::tlsNotTls));
  EXPECT_EQ(good.action(), Action::look);
  bad.reach(Action::boxHandshake);
  bad->shookHands(because(Errc::tlsNotTls));
  bad->shookHands(because(Errc::protocolError));
  ASSERT_EQ(bad.action(), Action::fail);
  EXPECT_EQ(bad.failure().code, Errc::tlsNotTls);
}

// --------------------------------------------------------------------------------- what ends it, and what is said then

struct StateCase {
  Way way;
  Action action;
  Phase phase;
  Errc timeout;
  std::chrono::nanoseconds TimeoutOptions::*own;
  std::string where;
};
void PrintTo(const StateCase& state, std::ostream* out) {
  *out << state.where << ' ' << static_cast<int>(state.action);
}

const StateCase states[] = {
    {Way::direct, Action::lookUp, Phase::resolve, Errc::resolveTimeout, &TimeoutOptions::resolve,
     "looking up api.box.test"},
    {Way::direct, Action::wait, Phase::connect, Errc::connectTimeout, &TimeoutOptions::connect,
     "connecting to api.box.test, port 443"},
    {Way::direct, Action::boxHandshake, Phase::handshake, Errc::handshakeTimeout, &TimeoutOptions::handshake,
     "TLS with api.box.test"},
    {Way::direct, Action::look, Phase::handshake, Errc::handshakeTimeout, &TimeoutOptions::handshake,
     "TLS with api.box.test"},
    {Way::plainProxy, Action::lookUp, Phase::resolve, Errc::resolveTimeout, &TimeoutOptions::resolve,
     "looking up the proxy proxy.test"},
    {Way::plainProxy, Action::wait, Phase::connect, Errc::connectTimeout, &TimeoutOptions::connect,
     "connecting to the proxy proxy.test, port 3128"},
    {Way::tlsProxy, Action::proxyHandshake, Phase::proxy, Errc::proxyTimeout, &TimeoutOptions::proxy,
     "the proxy proxy.test: TLS with it"},
    {Way::plainProxy, Action::sendConnect, Phase::proxy, Errc::proxyTimeout, &TimeoutOptions::proxy,
     "the proxy proxy.test"},
    {Way::tlsProxy, Action::sendConnect, Phase::proxy, Errc::proxyTimeout, &TimeoutOptions::proxy,
     "the proxy proxy.test"},
    {Way::plainProxy, Action::receiveAnswer, Phase::proxy, Errc::proxyTimeout, &TimeoutOptions::proxy,
     "the proxy proxy.test"},
    {Way::tlsProxy, Action::receiveAnswer, Phase::proxy, Errc::proxyTimeout, &TimeoutOptions::proxy,
     "the proxy proxy.test"},
    {Way::tlsProxy, Action::boxHandshake, Phase::handshake, Errc::handshakeTimeout, &TimeoutOptions::handshake,
     "TLS with api.box.test"},
};

class DialSequenceStates : public testing::TestWithParam<StateCase> {
 protected:
  /// Goes on to the state of the test, without reporting anything about it. In the race one connect is in progress.
  static void arrive(Dialling& dialling) {
    dialling.reach(GetParam().action == Action::wait ? Action::connect : GetParam().action);
    ASSERT_EQ(dialling.action(), GetParam().action);
  }
  static std::unique_ptr<Dialling> arrived(TimeLimits limits = TimeLimits(startOfDial + 120s)) {
    auto dialling = std::make_unique<Dialling>(GetParam().way, "api.box.test", TimeoutOptions(), limits);
    arrive(*dialling);
    return dialling;
  }
  static void closeRace(Dialling& dialling) {
    if (GetParam().action != Action::wait) return;
    const DialSequence::Step step = dialling.next();
    EXPECT_EQ(step.action, Action::close);
    EXPECT_EQ(step.address, 0U);
  }
};

TEST_P(DialSequenceStates, EndWhenTheClientCloses) {
  const auto dialling = arrived();
  dialling->sequence.closed();
  closeRace(*dialling);
  dialling->expectFailed(Errc::clientClosed, GetParam().phase, GetParam().where);
}

TEST_P(DialSequenceStates, EndWhenTheCallerCancels) {
  const auto dialling = arrived();
  dialling->sequence.cancelled();
  closeRace(*dialling);
  dialling->expectFailed(aborted(), GetParam().phase, GetParam().where);
}

TEST_P(DialSequenceStates, EndByCancellationRatherThanByTime) {
  const auto dialling = arrived();
  dialling->sequence.cancelled();
  dialling->now += 1h;
  closeRace(*dialling);
  dialling->expectFailed(aborted(), GetParam().phase, GetParam().where);
}

TEST_P(DialSequenceStates, EndByClosingRatherThanByCancellationOrTime) {
  const auto dialling = arrived();
  dialling->sequence.cancelled();
  dialling->sequence.closed();
  dialling->now += 1h;
  closeRace(*dialling);
  dialling->expectFailed(Errc::clientClosed, GetParam().phase, GetParam().where);
}

TEST_P(DialSequenceStates, EndAtThePhasesOwnLimit) {
  const auto dialling = arrived();
  const auto own = dialling->timeouts.*GetParam().own;
  EXPECT_EQ(dialling->next().until, startOfDial + own);
  dialling->now = startOfDial + own - 1ns;
  EXPECT_EQ(dialling->action(), GetParam().action);
  dialling->now = startOfDial + own;
  closeRace(*dialling);
  dialling->expectFailed(GetParam().timeout, GetParam().phase, GetParam().where);
}

TEST_P(DialSequenceStates, EndAtTheAttemptsLimit) {
  TimeLimits limits(startOfDial + 120s);
  limits.beginAttempt(startOfDial, 1s);
  const auto dialling = arrived(limits);
  EXPECT_EQ(dialling->next().until, startOfDial + 1s);
  dialling->now = startOfDial + 1s;
  closeRace(*dialling);
  dialling->expectFailed(Errc::attemptTimeout, GetParam().phase, GetParam().where);
}

TEST_P(DialSequenceStates, EndAtTheCallsLimit) {
  const auto dialling = arrived(TimeLimits(startOfDial + 1s));
  EXPECT_EQ(dialling->next().until, startOfDial + 1s);
  dialling->now = startOfDial + 1s;
  closeRace(*dialling);
  dialling->expectFailed(Errc::callTimeout, GetParam().phase, GetParam().where);
}

TEST_P(DialSequenceStates, SayNothingOfWhatTheStepSawWhereTheClientTheCallerOrTheTimeEndedIt) {
  if (GetParam().action == Action::wait || GetParam().action == Action::lookUp) return;
  const struct {
    void (*end)(Dialling&);
    error_code code;
  } ends[] = {{[](Dialling& dialling) { dialling->closed(); }, Errc::clientClosed},
              {[](Dialling& dialling) { dialling->cancelled(); }, aborted()},
              {[](Dialling& dialling) { dialling.now += 1h; }, GetParam().timeout}};
  for (const auto& [end, code] : ends) {
    const auto dialling = arrived();
    DialSequence& sequence = dialling->sequence;
    // The I/O was ended by the caller, and the operation reports a broken connection.
    sequence.shookHands(because(Errc::connectionLost, asio::error::eof, "stream truncated"));
    sequence.looked(because(Errc::connectionLost, asio::error::eof, "stream truncated"));
    sequence.broke(asio::error::eof);
    end(*dialling);
    dialling->expectFailed(code, GetParam().phase, GetParam().where);
  }
}

INSTANTIATE_TEST_SUITE_P(All, DialSequenceStates, testing::ValuesIn(states));

TEST(DialSequence, CountsEachPhaseFromItsBeginning) {
  Dialling dialling(Way::tlsProxy);
  for (const auto& [action, allowed] : {std::pair(Action::lookUp, 5s), std::pair(Action::connect, 10s),
                                        std::pair(Action::proxyHandshake, 10s), std::pair(Action::boxHandshake, 10s)}) {
    const DialSequence::Step step = dialling.reach(action);
    EXPECT_EQ(step.until, dialling.now + allowed) << static_cast<int>(action);
    dialling.now += 3s;
    dialling.succeedAt(step);
  }
}

TEST(DialSequence, HasNoLimitWhereNoneIsSet) {
  TimeoutOptions unlimitedAll;
  unlimitedAll.resolve = unlimitedAll.connect = unlimitedAll.proxy = unlimitedAll.handshake = unlimited;
  Dialling dialling(Way::tlsProxy, "api.box.test", unlimitedAll, TimeLimits(TimePoint::max()));
  for (const Action action :
       {Action::lookUp, Action::connect, Action::proxyHandshake, Action::receiveAnswer, Action::boxHandshake}) {
    const DialSequence::Step step = dialling.reach(action);
    EXPECT_EQ(step.until, TimePoint::max()) << static_cast<int>(action);
    dialling.now += 1000h;
    EXPECT_EQ(dialling.action(), action == Action::connect ? Action::wait : action);
    dialling.succeedAt(step);
  }
  EXPECT_THAT(allActions(dialling), ElementsAre(Action::look, Action::succeed));
}

TEST(DialSequence, GivesTlsWithTheProxyAndConnectOneLimit) {
  Dialling dialling(Way::tlsProxy);
  dialling.reach(Action::proxyHandshake);
  dialling.now += 6s;
  dialling.reach(Action::receiveAnswer);
  EXPECT_EQ(dialling.next().until, startOfDial + 10s);
}

TEST(DialSequence, BeginsNoStepThatIsLateAlready) {
  for (const Action before : {Action::connect, Action::proxyHandshake, Action::receiveAnswer, Action::boxHandshake}) {
    Dialling dialling(Way::tlsProxy, "api.box.test", {}, TimeLimits(startOfDial + 2s));
    dialling.succeedAt(dialling.reach(before));
    dialling.now = startOfDial + 2s;
    while (dialling.action() == Action::use) {
    }
    EXPECT_EQ(dialling.action(), Action::fail) << static_cast<int>(before);
    EXPECT_EQ(dialling.failure().code, Errc::callTimeout);
  }
}

// ------------------------------------------------------------------------------------------------------------- lookups

TEST(DialSequence, SaysWhyALookupFailed) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(because(Errc::hostNotFound, asio::error::host_not_found));
  dialling.expectFailed(Errc::hostNotFound, Phase::resolve, "looking up api.box.test", asio::error::host_not_found);
}

TEST(DialSequence, NamesTheLimitThatALookupRanInto) {
  Dialling dialling(Way::direct, "api.box.test", {}, TimeLimits(startOfDial + 2s));
  dialling.reach(Action::lookUp);
  dialling->lookedUp(because(Errc::resolveTimeout));
  dialling.expectFailed(Errc::callTimeout, Phase::resolve, "looking up api.box.test");
}

TEST(DialSequence, UsesAddressesThatCameLate) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(0, 1));
  dialling.now = startOfDial + 5s;
  EXPECT_EQ(dialling.action(), Action::connect);
}

TEST(DialSequence, EndsWithoutAddresses) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(Endpoints());
  EXPECT_EQ(dialling.action(), Action::fail);
}

// ------------------------------------------------------------------------------------------------------------ the race

TEST(DialSequence, TriesTheFamiliesInTurnEachAQuarterOfASecondLater) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(2, 2));
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 0", "wait"));
  EXPECT_TRUE(dialling->addresses()[0].address().is_v6());
  EXPECT_TRUE(dialling->addresses()[1].address().is_v4());
  EXPECT_EQ(dialling.next().until, startOfDial + 250ms);
  dialling.now = startOfDial + 249ms;
  EXPECT_THAT(dialling.todo(), ElementsAre("wait"));
  dialling.now = startOfDial + 250ms;
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 1", "wait"));
}

TEST(DialSequence, TriesTheNextAtOnceWhereOneIsRefused) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(1, 1));
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 0", "wait"));
  dialling->connectEnded(0, refused());
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 1", "wait"));
  dialling->connectEnded(1, {});
  EXPECT_THAT(dialling.todo(), ElementsAre("use 1", "other"));
}

TEST(DialSequence, ClosesTheLosersBeforeItUsesTheWinner) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(2, 2));
  for (int i = 0; i < 4; ++i) {
    dialling.now = startOfDial + i * 250ms;
    dialling.todo();
  }
  dialling->connectEnded(2, {});
  dialling->connectEnded(1, {});  // after the race was decided
  dialling->connectEnded(2, refused());
  EXPECT_THAT(dialling.todo(), ElementsAre("close 3", "close 1", "close 0", "use 2", "other"));
}

TEST(DialSequence, HasNoMoreThanFourInProgress) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(0, 100));
  for (int i = 0; i < 4; ++i) {
    dialling.now = startOfDial + i * 250ms;
    EXPECT_THAT(dialling.todo(), ElementsAre("connect " + std::to_string(i), "wait"));
  }
  EXPECT_EQ(dialling.next().until, startOfDial + 5s);
  dialling.now = startOfDial + 4s;
  EXPECT_THAT(dialling.todo(), ElementsAre("wait"));
  dialling.now = startOfDial + 5s;  // the time limit of one attempt
  EXPECT_THAT(dialling.todo(), ElementsAre("close 0", "connect 4", "wait"));
  dialling.now = startOfDial + 10s;  // the time limit of the race
  EXPECT_THAT(dialling.todo(), ElementsAre("close 1", "close 2", "close 3", "close 4", "fail"));
  dialling.expectFailed(Errc::connectTimeout, Phase::connect, "connecting to api.box.test, port 443");
}

TEST(DialSequence, TakesNoConnectionOfAnAddressWhoseTimeIsUp) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(0, 2));
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 0", "wait"));
  dialling.now = startOfDial + 5s;
  EXPECT_THAT(dialling.todo(), ElementsAre("close 0", "connect 1", "wait"));
  dialling->connectEnded(0, {});
  EXPECT_THAT(dialling.todo(), ElementsAre("wait"));
}

TEST(DialSequence, TakesAConnectionThatIsThereWhenTheTimeIsUp) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(0, 1));
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 0", "wait"));
  dialling->connectEnded(0, {});
  dialling.now = startOfDial + 5s;
  EXPECT_THAT(dialling.todo(), ElementsAre("use 0", "other"));
}

TEST(DialSequence, TellsAnAnswerRatherThanSilence) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(0, 2));
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 0", "wait"));
  dialling->connectEnded(0, refused());
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 1", "wait"));
  dialling.now = startOfDial + 5s;
  EXPECT_THAT(dialling.todo(), ElementsAre("close 1", "fail"));
  dialling.expectFailed(Errc::connectFailed, Phase::connect, "connecting to api.box.test, port 443", refused());
}

TEST(DialSequence, TellsAnAnswerAlsoWhereTheTimeOfTheRaceEndsFirst) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(0, 7));
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 0", "wait"));
  dialling->connectEnded(0, refused());
  std::string last;
  for (std::chrono::milliseconds time(0); time <= 10s && last != "fail"; time += 250ms) {
    dialling.now = startOfDial + time;
    last = dialling.todo().back();
  }
  EXPECT_EQ(dialling.now, startOfDial + 10s) << "five seconds for four addresses, and the rest of the race's time";
  dialling.expectFailed(Errc::connectFailed, Phase::connect, "connecting to api.box.test, port 443", refused());
}

TEST(DialSequence, TellsTheLastAddressesAnswer) {
  Dialling dialling(Way::plainProxy);
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(0, 2));
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 0", "wait"));
  dialling->connectEnded(0, refused());
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 1", "wait"));
  dialling->connectEnded(1, error_code(asio::error::host_unreachable));
  dialling.expectFailed(Errc::connectFailed, Phase::connect, "connecting to the proxy proxy.test, port 3128",
                        error_code(asio::error::host_unreachable));
}

TEST(DialSequence, TriesNoFurtherAddressWhereTheMachineHasNothingLeft) {
  std::vector<error_code> shortages = {asio::error::no_descriptors, asio::error::no_buffer_space,
                                       asio::error::no_memory};
#ifndef _WIN32  // which has no such limit
  shortages.push_back(systemError(ENFILE));
#endif
  for (const error_code& shortage : shortages) {
    Dialling dialling;
    dialling.reach(Action::lookUp);
    dialling->lookedUp(endpoints(0, 9));
    EXPECT_THAT(dialling.todo(), ElementsAre("connect 0", "wait"));
    dialling.now = startOfDial + 250ms;
    EXPECT_THAT(dialling.todo(), ElementsAre("connect 1", "wait"));
    dialling->connectEnded(1, shortage);
    EXPECT_THAT(dialling.todo(), ElementsAre("wait")) << "the one in progress may still end well";
    dialling->connectEnded(0, refused());
    dialling.expectFailed(Errc::localResource, Phase::connect, "connecting to api.box.test, port 443", shortage);
  }
}

TEST(DialSequence, TakesNoErrorOfAnotherKindForAShortage) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(0, 2));
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 0", "wait"));
  dialling->connectEnded(0, asio::error::eof);
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 1", "wait"));
  dialling->connectEnded(1, asio::error::eof);
  dialling.expectFailed(Errc::connectFailed, Phase::connect, "connecting to api.box.test, port 443", asio::error::eof);
}

// A host with a route for IPv6 but without a usable address of its own gets the same error as one without a free port.
TEST(DialSequence, TriesTheOtherAddressesWhereThisMachineHasNoAddressForOne) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(1, 1));
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 0", "wait"));
  dialling->connectEnded(0, noLocalAddressError());
  EXPECT_THAT(dialling.todo(), ElementsAre("connect 1", "wait"));
  dialling->connectEnded(1, {});
  EXPECT_THAT(dialling.todo(), ElementsAre("use 1", "other"));
}

TEST(DialSequence, IsShortOfPortsOnlyWhereItHasNoneForAnyAddress) {
  const std::string where = "connecting to api.box.test, port 443";
  const auto tried = [](Dialling& dialling) {
    dialling.reach(Action::lookUp);
    dialling->lookedUp(endpoints(1, 1));
    dialling.todo();
    dialling->connectEnded(0, noLocalAddressError());
    dialling.todo();
  };
  Dialling forNone, refusedOne, silentOne;
  tried(forNone);
  forNone->connectEnded(1, noLocalAddressError());
  forNone.expectFailed(Errc::localResource, Phase::connect, where, noLocalAddressError());
  tried(refusedOne);
  refusedOne->connectEnded(1, refused());
  refusedOne.expectFailed(Errc::connectFailed, Phase::connect, where, refused());
  tried(silentOne);
  silentOne.now += 5s;
  EXPECT_THAT(silentOne.todo(), ElementsAre("close 1", "fail"));
  silentOne.expectFailed(Errc::connectTimeout, Phase::connect, where);
}

TEST(DialSequence, ForgetsRefusalsWhereOneAddressConnects) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(0, 2));
  dialling.todo();
  dialling->connectEnded(0, refused());
  dialling.todo();
  dialling->connectEnded(1, {});
  EXPECT_THAT(allActions(dialling), ElementsAre(Action::use, Action::boxHandshake, Action::look, Action::succeed));
  EXPECT_FALSE(dialling.failure());
}

TEST(DialSequence, SaysNothingOfAnAddressWhereTheCallerCancels) {
  Dialling dialling;
  dialling.reach(Action::lookUp);
  dialling->lookedUp(endpoints(0, 2));
  dialling.todo();
  dialling->connectEnded(0, refused());
  dialling->cancelled();
  dialling.expectFailed(aborted(), Phase::connect, "connecting to api.box.test, port 443");
}

TEST(DialSequence, ClosesTheWinnerWhereTheClientCloses) {
  Dialling dialling;
  dialling.reach(Action::connect);
  dialling->connectEnded(0, {});
  dialling->closed();
  EXPECT_THAT(dialling.todo(), ElementsAre("close 0", "fail"));
  dialling.expectFailed(Errc::clientClosed, Phase::connect, "connecting to api.box.test, port 443");
}

// ----------------------------------------------------------------------------------------------------------- the proxy

Failure answered(const std::string& bytes, bool authorized = false) {
  Dialling dialling(Way::plainProxy, "api.box.test", {}, TimeLimits(startOfDial + 120s), authorized);
  dialling.reach(Action::receiveAnswer);
  dialling->received(bytes);
  EXPECT_EQ(dialling.action(), Action::fail) << bytes;
  EXPECT_EQ(dialling.failure().phase, Phase::proxy);
  return dialling.failure();
}

TEST(DialSequence, SaysWhatAProxyAnswered) {
  const std::string proxy = "the proxy proxy.test: ";
  const std::string basic = "Proxy-Authenticate: Basic realm=\"p\"\r\n\r\n";
  const struct {
    Failure failure;
    Errc code;
    std::string context;
  } cases[] = {
      {answered("HTTP/1.1 407 No\r\n" + basic), Errc::proxyAuthenticationRequired,
       "it answered 407 to CONNECT; it requires a user name and a password"},
      {answered("HTTP/1.1 407 No\r\n" + basic, true), Errc::proxyAuthenticationFailed,
       "it answered 407 to CONNECT; it did not accept this user name and password"},
      {answered("HTTP/1.1 407 No\r\n\r\n"), Errc::proxyAuthenticationUnsupported,
       "it answered 407 to CONNECT; it does not offer Basic authentication, the only one known here"},
      {answered("HTTP/1.1 403 No\r\n\r\n"), Errc::proxyRefused, "it answered 403 to CONNECT"},
      {answered("HTTP/1.1 502 No\r\n\r\n"), Errc::proxyFailed, "it answered 502 to CONNECT"},
      {answered("HTTP/1.1 200 OK\r\n\r\n\x16"), Errc::proxyFailed, "it sent bytes after its answer to CONNECT"},
      {answered("SSH-2.0-x\r\n"), Errc::proxyFailed,
       "its answer to CONNECT cannot be used: it does not begin with HTTP/1"},
  };
  for (const auto& [failure, code, context] : cases) {
    EXPECT_EQ(failure.code, code) << context;
    EXPECT_EQ(failure.context, proxy + context);
    EXPECT_TRUE(failure.atProxy);
  }
}

TEST(DialSequence, WaitsForTheRestOfAProxysAnswer) {
  Dialling dialling(Way::plainProxy);
  dialling.reach(Action::receiveAnswer);
  for (const char byte : std::string("HTTP/1.1 200 OK\r\n\r\n")) {
    EXPECT_EQ(dialling.action(), Action::receiveAnswer);
    dialling->received(std::string_view(&byte, 1));
  }
  EXPECT_EQ(dialling.action(), Action::boxHandshake);
}

TEST(DialSequence, SaysThatAProxyBrokeOff) {
  for (const Action when : {Action::sendConnect, Action::receiveAnswer}) {
    Dialling dialling(Way::plainProxy);
    dialling.reach(when);
    if (when == Action::receiveAnswer) dialling->received("HTTP/1.1 20");
    dialling->broke(asio::error::eof);
    dialling.expectFailed(Errc::proxyFailed, Phase::proxy,
                          "the proxy proxy.test: the connection broke before its answer to CONNECT", asio::error::eof);
  }
}

TEST(DialSequence, TellsACancelledProxyStepFromABrokenOne) {
  Dialling dialling(Way::plainProxy);
  dialling.reach(Action::receiveAnswer);
  dialling->broke(aborted());
  ASSERT_EQ(dialling.action(), Action::fail);
  EXPECT_EQ(dialling.failure().code, aborted());
}

TEST(DialSequence, SaysWithWhomTlsFailed) {
  const error_code cause = asio::error::eof;
  Dialling proxy(Way::tlsProxy);
  proxy.reach(Action::proxyHandshake);
  proxy->shookHands(because(Errc::tlsVerificationFailed, cause, "certificate has expired"));
  proxy.expectFailed(Errc::tlsVerificationFailed, Phase::proxy,
                     "the proxy proxy.test: TLS with it: certificate has expired", cause);
  Dialling box(Way::tlsProxy);
  box.reach(Action::boxHandshake);
  box->shookHands(because(Errc::tlsVerificationFailed, cause, "certificate has expired"));
  box.expectFailed(Errc::tlsVerificationFailed, Phase::handshake, "TLS with api.box.test: certificate has expired",
                   cause);
}

TEST(DialSequence, RefusesAConnectionThatSpeaksBeforeItIsAsked) {
  Dialling dialling;
  dialling.reach(Action::look);
  dialling->looked(because(Errc::protocolError, {}, "it sent bytes before the first request"));
  dialling.expectFailed(Errc::protocolError, Phase::handshake,
                        "TLS with api.box.test: it sent bytes before the first request");
}

// -------------------------------------------------------------------------------------------------------- in any order

/// Reports events in any order, and checks the promises of the sequence.
class Chaos {
 public:
  explicit Chaos(unsigned seed) : random_(seed) {}

  /// The phase in which the sequence failed; no value: it has made a connection.
  std::optional<Phase> run() {
    std::optional<Phase> failed;
    run(failed);
    return failed;
  }

 private:
  void run(std::optional<Phase>& failed) {
    TimeoutOptions timeouts;
    timeouts.resolve = timeouts.proxy = timeouts.handshake = std::chrono::milliseconds(upTo(3000));
    timeouts.connect = std::chrono::milliseconds(upTo(3000));
    const TimePoint end = startOfDial + std::chrono::milliseconds(upTo(9000));
    const TimePoint callEnd = startOfDial + std::chrono::milliseconds(upTo(9000));
    TimeLimits limits(callEnd);
    limits.beginAttempt(startOfDial, end - startOfDial);
    const TimePoint last = std::min(end, callEnd);
    Dialling dialling(static_cast<Way>(upTo(2)), "api.box.test", timeouts, limits, upTo(1) == 1);
    for (int steps = 0;; ++steps) {
      ASSERT_LT(steps, 5000) << "the sequence does not end";
      const DialSequence::Step step = dialling.next();
      check(step, dialling, last);
      if (testing::Test::HasFatalFailure()) return;
      if (step.action == Action::fail) failed = dialling.failure().phase;
      if (step.action == Action::succeed || step.action == Action::fail) break;
      if (step.action == Action::wait) dialling.now = std::min(step.until, dialling.now + 1ms * upTo(400));
      if (upTo(2) == 0) {
        if (step.action == Action::connect) connected_.insert(step.address);
        dialling.succeedAt(step);
      }
      for (unsigned i = upTo(3); i != 0; --i) tell(dialling);
      if (upTo(2) == 0) dialling.now += 1ms * upTo(100);
    }
    EXPECT_TRUE(open_.empty());
  }

  unsigned upTo(unsigned most) { return std::uniform_int_distribution<unsigned>(0, most)(random_); }

  void check(const DialSequence::Step& step, Dialling& dialling, TimePoint last) {
    switch (step.action) {
      case Action::connect:
        ASSERT_LT(step.address, dialling->addresses().size());
        ASSERT_TRUE(tried_.insert(step.address).second) << "an address is tried once";
        open_.insert(step.address);
        ASSERT_LE(open_.size(), 4U);
        break;
      case Action::close:
        ASSERT_TRUE(tried_.count(step.address));
        ASSERT_TRUE(closed_.insert(step.address).second) << "nothing is closed twice";
        open_.erase(step.address);
        return;
      case Action::use:
        ASSERT_EQ(open_.erase(step.address), 1U);
        ASSERT_TRUE(open_.empty()) << "the other connections are closed before";
        ASSERT_TRUE(connected_.count(step.address)) << "the used address has connected";
        return;
      case Action::fail:
        ASSERT_TRUE(dialling.failure());
        ASSERT_FALSE(dialling.failure().context.empty());
        return;
      case Action::succeed: ASSERT_FALSE(dialling.failure()); return;
      default: ASSERT_GT(step.until, dialling.now) << "a wait does not end in the past";
    }
    ASSERT_LT(dialling.now, last) << "nothing is begun after the limits";
    ASSERT_LE(step.until, last);
  }

  void tell(Dialling& dialling) {
    DialSequence& sequence = dialling.sequence;
    switch (upTo(40)) {
      case 0: return sequence.lookedUp(endpoints(upTo(5), upTo(20)));
      case 1: return sequence.lookedUp(because(Errc::resolveFailed));
      case 2: return sequence.shookHands({});
      case 3: return sequence.shookHands(because(Errc::tlsNotTls));
      case 4: return sequence.sent();
      case 5: return sequence.received("HTTP/1.1 200 OK\r\n\r\n");
      case 6: return sequence.received("HTTP/1.1 4");
      case 7: return sequence.broke(asio::error::eof);
      case 8: return sequence.looked({});
      case 9: return sequence.looked(because(Errc::protocolError));
      case 10: return upTo(3) == 0 ? sequence.closed() : void();
      case 11: return upTo(3) == 0 ? sequence.cancelled() : void();
      default: break;
    }
    const std::size_t address = upTo(24);
    if (connected_.count(address)) return;  // an attempt cannot end twice
    if (upTo(20) == 0) {
      if (open_.count(address)) connected_.insert(address);
      sequence.connectEnded(address, {});
    } else {
      open_.erase(address);
      sequence.connectEnded(address, upTo(30) == 0 ? error_code(asio::error::no_descriptors) : refused());
    }
  }

  std::mt19937 random_;
  std::set<std::size_t> tried_, open_, connected_, closed_;
};

TEST(DialSequence, EndsWithinItsLimitsWhateverIsToldInWhateverOrder) {
  std::map<std::optional<Phase>, unsigned> ends;
  for (unsigned seed = 0; seed < 5000; ++seed) {
    SCOPED_TRACE(seed);
    ++ends[Chaos(seed).run()];
    if (testing::Test::HasFailure()) return;
  }
  for (const std::optional<Phase> end :
       {std::optional<Phase>(), std::optional(Phase::resolve), std::optional(Phase::connect),
        std::optional(Phase::proxy), std::optional(Phase::handshake)}) {
    EXPECT_GE(ends[end], 50U) << "seldom " << (end ? static_cast<int>(*end) : -1);
  }
}

}  // namespace
}  // namespace box
