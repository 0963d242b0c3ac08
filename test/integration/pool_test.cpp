// Connections: how many there are, when one is used again, and when one is dropped.
#include "support/box_test.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::Errc;
using box::Fate;
using box::Phase;
using box::PoolOptions;
using box::emulator::CloseManner;
using box::emulator::Reply;
using box::event::CloseReason;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Pool : public BoxTest {
 protected:
  box::BoxClient clientOf(const PoolOptions& pool) { return client(session().withPool(pool)); }

  std::vector<std::shared_ptr<Call>> startMany(const box::BoxClient& client, std::size_t count) {
    std::vector<std::shared_ptr<Call>> calls;
    for (std::size_t i = 0; i < count; ++i) calls.push_back(start(client));
    return calls;
  }
  /// Runs until the server has at most `open` connections, and the ends of the others have arrived here.
  void awaitClosedByServer(std::size_t open) {
    runUntil([&] {
      return emulator().counts().openConnections <= open && establishedConnectionsTo(emulator().port()) <= open;
    });
  }
  /// Runs until the effect of what the server did with the idle connections has arrived here. On a busy machine
  /// messages of TLS may have arrived together with the answer; they were read with it, and nothing more arrives.
  void awaitStir() {
    const auto end = std::chrono::steady_clock::now() + 5s;
    runUntil([&] { return quietConnectionsTo(emulator().port()) == 0 || std::chrono::steady_clock::now() >= end; });
  }
};

constexpr auto never = std::chrono::nanoseconds::max();

// ------------------------------------------------------------------------------------------------------------- sharing

TEST_F(Pool, AThousandCallsInSequenceTakeOneConnection) {
  const auto client = this->client();
  box::PoolOptions pool;
  ASSERT_GE(pool.maxRequests, 1000U);
  for (int i = 0; i < 1000; ++i) {
    const auto call = start(client);
    finish(call);
    ASSERT_TRUE(isAccepted(*call)) << i;
  }
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
  EXPECT_THAT(emulator().accepted(), SizeIs(1000));
  EXPECT_EQ(emulator().counts().handshakesCompleted, 1U);
}

TEST_F(Pool, AThousandCallsAtOnceTakeNoMoreThanTheirShareOfConnections) {
  PoolOptions pool;
  pool.maxConnections = 5;
  const auto client = clientOf(pool);
  const auto calls = startMany(client, 1000);
  finish(calls);
  for (const auto& call : calls) ASSERT_TRUE(isAccepted(*call));
  EXPECT_LE(emulator().counts().connectionsAccepted, 5U);
  EXPECT_THAT(emulator().accepted(), SizeIs(1000));
  EXPECT_EQ(recorder->poolWaits(), 995U);
}

TEST_F(Pool, WhoeverWaitsIsServedInTheOrderOfArrival) {
  PoolOptions pool;
  pool.maxConnections = 1;
  const auto calls = startMany(clientOf(pool), 50);
  finish(calls);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    EXPECT_TRUE(isAccepted(*calls[i]));
    if (i != 0) {
      EXPECT_EQ(calls[i]->rank(), calls[i - 1]->rank() + 1);
    }
  }
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
}

TEST_F(Pool, OneMoreThanMayWaitIsRefused) {
  PoolOptions pool;
  pool.maxConnections = 1;
  pool.maxWaiters = 2;
  emulator().script(Reply::hang());
  const auto client = clientOf(pool);
  const auto first = start(client);
  runUntil([&] { return emulator().counts().requests == 1; });
  const auto calls = startMany(client, 3);
  runUntil([&] { return calls[2]->done(); });
  EXPECT_TRUE(failed(*calls[2], Errc::poolExhausted, Fate::notSent, Phase::pool));
  EXPECT_FALSE(first->done());
  emulator().closeAllConnections();
  finish(calls);
  finish(first);
  EXPECT_TRUE(isAccepted(*first));
  EXPECT_TRUE(isAccepted(*calls[0]));
  EXPECT_TRUE(isAccepted(*calls[1]));
}

TEST_F(Pool, WithNoWaitersAllowedABusyPoolRefusesAtOnce) {
  PoolOptions pool;
  pool.maxConnections = 1;
  pool.maxWaiters = 0;
  const auto client = clientOf(pool);
  const auto calls = startMany(client, 2);
  finish(calls);
  EXPECT_TRUE(isAccepted(*calls[0]));
  EXPECT_TRUE(failed(*calls[1], Errc::poolExhausted, Fate::notSent));
}

TEST_F(Pool, AWaitThatTakesTooLongTellsWhyNoConnectionCouldBeOpened) {
  PoolOptions pool;
  pool.maxConnections = 1;
  box::TimeoutOptions timeouts;
  timeouts.pool = 300ms;
  timeouts.handshake = 60s;
  // The first dial fails, and the waiter's own dial hangs. Calls that wait after it learn why the first one failed.
  emulator().scriptConnection({box::emulator::ConnectionPlan::closeInHandshake(CloseManner::reset),
                               box::emulator::ConnectionPlan::silence().times(3)});
  const auto client = this->client(
      session().withPool(pool).withTimeouts(timeouts).withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1)));
  const auto calls = startMany(client, 3);
  runUntil([&] { return calls[0]->done() && calls[2]->done(); });
  // On a busy machine the reset arrives before the success of the connect is reported; then the connect fails.
  EXPECT_EQ(calls[0]->error().code(), box::ErrorCondition::network);
  EXPECT_EQ(calls[0]->error().fate(), Fate::notSent);
  EXPECT_TRUE(failed(*calls[2], Errc::poolTimeout, Fate::notSent, Phase::pool));
  EXPECT_THAT(calls[2]->error().what(), HasSubstr("the last attempt to open one failed"));
  EXPECT_EQ(calls[2]->error().cause(), calls[0]->error().cause());
  EXPECT_EQ(calls[2]->error().code(), box::ErrorCondition::timeout);
  EXPECT_FALSE(calls[1]->done());
  calls[1]->cancel();
  finish(calls[1]);

  const auto later = startMany(client, 2);
  runUntil([&] { return later[1]->done(); });
  EXPECT_EQ(later[1]->error().cause(), calls[0]->error().cause()) << "a cancelled dial says nothing of the server";
  later[0]->cancel();
  finish(later[0]);
}

TEST_F(Pool, AFailedDialGivesTheNextWaiterItsTurn) {
  PoolOptions pool;
  pool.maxConnections = 1;
  emulator().scriptConnection(box::emulator::ConnectionPlan::closeInHandshake().times(2));
  const auto client =
      this->client(session().withPool(pool).withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1)));
  const auto calls = startMany(client, 4);
  finish(calls);
  EXPECT_TRUE(failed(*calls[0], Errc::connectionLost, Fate::notSent, Phase::handshake));
  EXPECT_TRUE(failed(*calls[1], Errc::connectionLost, Fate::notSent, Phase::handshake));
  EXPECT_TRUE(isAccepted(*calls[2]));
  EXPECT_TRUE(isAccepted(*calls[3]));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 3U);
}

// ----------------------------------------------------------------------------------------------- what ends connections

struct Farewell {
  const char* name;
  Reply reply;
};

class PoolFarewells : public Pool, public testing::WithParamInterface<Farewell> {};

TEST_P(PoolFarewells, AConnectionThatTheServerWillCloseIsNotUsedAgain) {
  emulator().script(GetParam().reply);
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::peer));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  EXPECT_THAT(recorder->retries(), IsEmpty());
  EXPECT_EQ(emulator().counts().requests, 2U);
}

INSTANTIATE_TEST_SUITE_P(All, PoolFarewells,
                         testing::Values(Farewell{"ConnectionClose", Reply::asBox().connectionClose()},
                                         Farewell{"Http10", Reply::asBox().http10()},
                                         Farewell{"UntilCloseNotify", Reply::asBox().untilClose()}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST_F(Pool, AServerThatKeepsConnectionsForASecondOnlyIsNotRaced) {
  // Two seconds are subtracted from the time that the server allows, so that nothing remains of one second.
  emulator().script(Reply::asBox().keepAliveTimeout(1));
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::idle));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
}

TEST_F(Pool, AServerThatKeepsConnectionsForLongIsUsedAgain) {
  emulator().setDefault(Reply::asBox().keepAliveTimeout(60));
  const auto client = this->client();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
}

TEST_F(Pool, AConnectionCarriesNoMoreThanItsRequests) {
  PoolOptions pool;
  pool.maxRequests = 2;
  const auto client = clientOf(pool);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 3U);
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::requests, CloseReason::requests));
}

TEST_F(Pool, AConnectionsEndTellsHowManyRequestsWereSentOnIt) {
  const auto client = this->client(session().withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1)));
  EXPECT_TRUE(isAccepted(*await(client)));
  emulator().script(Reply::status(202).cutAfter(0, CloseManner::reset));
  EXPECT_TRUE(failed(*await(client), Errc::connectionLost, Fate::inDoubt));
  ASSERT_THAT(recorder->closed(), SizeIs(1));
  EXPECT_EQ(recorder->closed()[0].requests, 2U) << "the one that failed counts too";
}

TEST_F(Pool, AConnectionThatWasIdleForTooLongIsNotUsedAgain) {
  PoolOptions pool;
  pool.idleTimeout = 1ns;
  const auto client = clientOf(pool);
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::idle));
}

TEST_F(Pool, AConnectionThatBecomesTooOldWhileItIsIdleIsClosedForItsAge) {
  PoolOptions pool;
  pool.maxAge = 50ms;
  const auto client = clientOf(pool);
  EXPECT_TRUE(isAccepted(*await(client)));
  std::this_thread::sleep_for(60ms);
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(recorder->closeReasons(), AllOf(Not(IsEmpty()), Each(CloseReason::age)));
}

TEST_F(Pool, AConnectionThatIsTooOldIsNotUsedAgain) {
  PoolOptions pool;
  pool.maxAge = 1ns;
  const auto client = clientOf(pool);
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::age));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
}

TEST_F(Pool, NoMoreThanTheIdleOnesAskedForAreKept) {
  PoolOptions pool;
  pool.maxConnections = 4;
  pool.maxIdle = 1;
  emulator().setDefault(Reply::asBox().after(500ms));
  const auto client = clientOf(pool);
  const auto calls = startMany(client, 4);
  finish(calls);
  for (const auto& call : calls) EXPECT_TRUE(isAccepted(*call));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 4U);
  awaitClosedByServer(1);
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::surplus, CloseReason::surplus, CloseReason::surplus));
}

TEST_F(Pool, WithNoIdleOnesKeptEachCallOpensOne) {
  PoolOptions pool;
  pool.maxIdle = 0;
  const auto client = clientOf(pool);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 3U);
}

class PoolCloses : public Pool, public testing::WithParamInterface<CloseManner> {};

TEST_P(PoolCloses, AConnectionClosedWhileIdleIsReplacedUnnoticed) {
  emulator().script(Reply::asBox().thenClose(GetParam()));
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  awaitStir();
  const auto call = await(client);
  EXPECT_TRUE(isAccepted(*call));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  EXPECT_THAT(emulator().accepted(), SizeIs(2));
  EXPECT_THAT(recorder->closeReasons(), Contains(CloseReason::peer));
}

TEST_P(PoolCloses, AServerThatClosesOverTheSecondRequestCostsOneRepeatAtOnce) {
  emulator().script({Reply::asBox(), Reply::close(GetParam())});
  // A policy of one attempt does not count here: the library itself retries after a stale connection.
  const auto client = this->client(session().withBackoffPolicy(std::make_shared<FixedBackoff>(60s)));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  EXPECT_EQ(emulator().counts().requests, 3U);
  ASSERT_THAT(recorder->retries(), SizeIs(1));
  EXPECT_EQ(recorder->retries()[0].kind, box::FailureKind::stale);
  EXPECT_EQ(recorder->retries()[0].delay, 0ms);
  EXPECT_TRUE(recorder->attempts().at(1).reusedConnection);
  EXPECT_FALSE(recorder->attempts().at(2).reusedConnection);
}

TEST_P(PoolCloses, AServerThatClosesOverTheFirstRequestCostsACountedRepeat) {
  emulator().script(Reply::close(GetParam()));
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  ASSERT_THAT(recorder->retries(), SizeIs(1));
  EXPECT_EQ(recorder->retries()[0].kind, box::FailureKind::transport);
  EXPECT_EQ(recorder->retries()[0].delay, 1ms);
}

std::string nameOf(CloseManner manner) {
  switch (manner) {
    case CloseManner::closeNotify: return "CloseNotify";
    case CloseManner::fin: return "Fin";
    case CloseManner::reset: return "Reset";
    case CloseManner::closeNotifyOnly: return "CloseNotifyOnly";
    case CloseManner::halfClose: return "HalfClose";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(EveryManner, PoolCloses,
                         testing::Values(CloseManner::closeNotify, CloseManner::fin, CloseManner::reset,
                                         CloseManner::closeNotifyOnly, CloseManner::halfClose),
                         [](const auto& param) { return nameOf(param.param); });

TEST_F(Pool, TheRepeatAfterAStaleConnectionTakesNoOtherIdleOne) {
  // The server closes both idle connections at the next request, so that only a new connection can succeed.
  emulator().script({Reply::asBox().after(300ms), Reply::asBox().after(300ms)});
  const auto client = this->client();
  const auto calls = startMany(client, 2);
  finish(calls);
  ASSERT_EQ(emulator().counts().connectionsAccepted, 2U);
  emulator().script(Reply::close(CloseManner::reset));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 3U);
  EXPECT_THAT(recorder->retries(), SizeIs(1));
}

TEST_F(Pool, ASecondStaleConnectionInOneCallIsCountedWithBackoff) {
  emulator().script({Reply::asBox(), Reply::close(), Reply::close()});
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_TRUE(isAccepted(*await(client)));
  ASSERT_THAT(recorder->retries(), SizeIs(2));
  EXPECT_EQ(recorder->retries()[0].delay, 0ms);
  EXPECT_EQ(recorder->retries()[1].kind, box::FailureKind::transport);
  EXPECT_EQ(recorder->retries()[1].delay, 1ms);
}

// --------------------------------------------------------------------------------------------------- unsolicited bytes

constexpr const char* evil =
    "HTTP/1.1 202 Accepted\r\nContent-Length: 18\r\nbox-request-id: evil\r\n\r\n{\"message\":\"EVIL\"}";

TEST_F(Pool, AnAnswerSentWhileIdleIsNeverTakenForOne) {
  emulator().script(Reply::asBox().thenSend(evil));
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  awaitStir();
  const auto call = await(client);
  ASSERT_TRUE(isAccepted(*call));
  EXPECT_NE(call->message().boxRequestId, "evil");
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  EXPECT_THAT(emulator().accepted(), SizeIs(2));
}

TEST_F(Pool, AnAnswerAppendedToAnotherIsNeverTakenForOne) {
  emulator().script(Reply::asBox().append(evil));
  const auto client = this->client();
  const auto first = await(client);
  ASSERT_TRUE(isAccepted(*first));
  EXPECT_NE(first->message().boxRequestId, "evil");
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::unsolicited));
  const auto second = await(client);
  ASSERT_TRUE(isAccepted(*second));
  EXPECT_NE(second->message().boxRequestId, "evil");
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
}

TEST_F(Pool, AnAnswerThatCameWithAnotherIsNotGivenToWhoeverWaits) {
  // The true answer fills one TLS record completely, and the other answer is in the next record. One read from the
  // kernel gives both, so that only TLS knows about the second one.
  constexpr std::size_t record = 16 * 1024;
  std::string answer = "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16000\r\nX-Fill: ";
  answer += std::string(record - 16000 - answer.size() - 4, 'x') + "\r\n\r\n" + std::string(16000, ' ');
  ASSERT_EQ(answer.size(), record);
  PoolOptions pool;
  pool.maxConnections = 1;
  emulator().setDefault(Reply::raw(answer + evil));
  const auto client = clientOf(pool);
  const auto calls = startMany(client, 20);
  finish(calls);
  for (const auto& call : calls) {
    ASSERT_TRUE(isAccepted(*call));
    EXPECT_NE(call->message().boxRequestId, "evil");
  }
  EXPECT_EQ(emulator().counts().requests, 20U);
  EXPECT_EQ(emulator().counts().connectionsAccepted, 20U);
  EXPECT_THAT(recorder->closeReasons(), Each(CloseReason::unsolicited));
}

TEST_F(Pool, AnAnswerThatCameBehindAnotherIsNotGivenToWhoeverWaits) {
  // The answer arrives between the end of the first call and the moment at which the second call takes the connection.
  class Delaying : public box::Observer {
   public:
    Delaying(std::shared_ptr<Recorder> recorder, std::uint16_t port) : recorder_(std::move(recorder)), port_(port) {}
    void onEvent(const box::Event& event) override {
      recorder_->onEvent(event);
      if (!std::holds_alternative<box::event::AttemptEnded>(event) || std::exchange(delayed_, true)) return;
      for (const auto end = std::chrono::steady_clock::now() + patience;
           quietConnectionsTo(port_) != 0 && std::chrono::steady_clock::now() < end;) {
        std::this_thread::sleep_for(1ms);
      }
    }

   private:
    const std::shared_ptr<Recorder> recorder_;
    const std::uint16_t port_;
    bool delayed_ = false;
  };
  PoolOptions pool;
  pool.maxConnections = 1;
  emulator().script(Reply::asBox().thenSend(evil, 20ms));
  const auto client =
      this->client(session().withPool(pool).withObserver(std::make_shared<Delaying>(recorder, emulator().port())));
  const auto calls = startMany(client, 3);
  finish(calls);
  for (const auto& call : calls) {
    ASSERT_TRUE(isAccepted(*call));
    EXPECT_NE(call->message().boxRequestId, "evil");
  }
  EXPECT_EQ(recorder->poolWaits(), 2U);
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  EXPECT_THAT(emulator().accepted(), SizeIs(3));
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::unsolicited));
}

TEST_F(Pool, TicketsAndKeyUpdatesWhileIdleCostNoConnection) {
  for (const Reply& reply : {Reply::asBox().thenSendTicket(10ms), Reply::asBox().thenUpdateKeys(10ms),
                             Reply::asBox().thenSendTicket(10ms).thenUpdateKeys().thenSendTicket()}) {
    emulator().clear();
    emulator().setDefault(reply);
    recorder->clear();
    const auto client = this->client();
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(isAccepted(*await(client)));
      awaitStir();
    }
    EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
    EXPECT_THAT(recorder->closeReasons(), IsEmpty());
  }
}

TEST_F(Pool, AFloodOfTicketsEndsAnIdleConnection) {
  // On a busy machine the first ones are read together with the answer. So many more follow that the others are a flood
  // by themselves.
  Reply reply = Reply::asBox().thenSendTicket(10ms);
  for (int i = 0; i < 150; ++i) reply = reply.thenSendTicket();
  emulator().script(reply.thenClose(CloseManner::fin));
  const auto client = this->client();
  ASSERT_TRUE(isAccepted(*await(client)));
  awaitClosedByServer(0);
  ASSERT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::unsolicited));
}

TEST_F(Pool, ATicketAndThenAnAnswerWhileIdleIsNoAnswer) {
  emulator().script(Reply::asBox().thenSendTicket(10ms).thenSend(evil).thenClose(CloseManner::fin));
  const auto client = this->client();
  ASSERT_TRUE(isAccepted(*await(client)));
  awaitClosedByServer(0);
  const auto call = await(client);
  ASSERT_TRUE(isAccepted(*call));
  EXPECT_NE(call->message().boxRequestId, "evil");
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::unsolicited));
}

TEST_F(Pool, A408WhileIdleIsNoAnswer) {
  emulator().script(
      Reply::asBox().thenSend("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  awaitStir();
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 2U);
  EXPECT_THAT(recorder->retries(), IsEmpty());
}

// ------------------------------------------------------------------------------------------------- restart, resumption

TEST_F(Pool, EveryCallSucceedsAcrossARestartOfTheServer) {
  PoolOptions pool;
  pool.maxConnections = 4;
  emulator().setDefault(Reply::asBox().after(2ms));
  const auto client = this->client(session()
                                       .withPool(pool)
                                       .withBackoffPolicy(std::make_shared<FixedBackoff>(50ms))
                                       .withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1000)));
  const auto calls = startMany(client, 300);
  runUntil([&] { return emulator().counts().requests >= 50; });
  // In another thread, because stop() joins the emulator's threads, and the calls must continue.
  std::atomic<bool> restarted{false};
  std::thread restart([&] {
    emulator().stop(CloseManner::reset);
    emulator().start();
    restarted = true;
  });
  runUntil([&] { return restarted.load(); });
  restart.join();
  finish(calls);
  for (const auto& call : calls) ASSERT_TRUE(isAccepted(*call));
  // A call is in doubt, and is retried, only if it was on a connection when the server ended.
  EXPECT_LE(emulator().accepted().size(), 304U);
  EXPECT_GE(emulator().accepted().size(), 300U);
  EXPECT_LE(recorder->opened().size(), 16U);
}

class PoolResumption : public Pool, public testing::WithParamInterface<bool> {};

TEST_P(PoolResumption, ASessionIsResumedOnReconnectAsTheOptionSays) {
  emulator().setDefault(Reply::asBox().connectionClose());
  box::TlsOptions tls;
  tls.caPem = emulator().caPem();
  tls.sessionResumption = GetParam();
  const auto client = this->client(session().withTls(tls));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().connectionsAccepted, 3U);
  EXPECT_EQ(emulator().counts().sessionsResumed, GetParam() ? 2U : 0U);
  ASSERT_THAT(recorder->opened(), SizeIs(3));
  EXPECT_FALSE(recorder->opened()[0].resumed);
  EXPECT_EQ(recorder->opened()[1].resumed, GetParam());
  EXPECT_EQ(recorder->opened()[2].resumed, GetParam());
}

INSTANTIATE_TEST_SUITE_P(OnAndOff, PoolResumption, testing::Bool(),
                         [](const auto& param) { return param.param ? "On" : "Off"; });

TEST_F(Pool, ASessionOfTls12IsResumedToo) {
  options.tlsMaximum = box::emulator::TlsVersion::tls1_2;
  emulator().setDefault(Reply::asBox().connectionClose());
  const auto client = this->client();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().sessionsResumed, 2U);
}

TEST_F(Pool, AServerWithoutTicketsIsReconnectedInFull) {
  options.sessionTickets = 0;
  emulator().setDefault(Reply::asBox().connectionClose());
  const auto client = this->client();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(emulator().counts().sessionsResumed, 0U);
  EXPECT_EQ(emulator().counts().connectionsAccepted, 3U);
}

// ------------------------------------------------------------------------------------------------------- timers, run()

TEST_F(Pool, RunReturnsByItselfBehindTheLastCall) {
  const auto client = this->client();
  const auto call = start(client);
  runOut();
  EXPECT_TRUE(isAccepted(*call));
  EXPECT_EQ(emulator().counts().openConnections, 1U);
}

TEST_F(Pool, TheContextHasNoMoreWorkBehindTheLastCall) {
  const auto hasNoMoreWork = [this] {
    io().restart();
    io().poll();
    return io().stopped();
  };
  const auto client = this->client();
  for (int i = 0; i < 3; ++i) {
    finish({start(client), start(client)});
    EXPECT_TRUE(hasNoMoreWork());
  }
  emulator().setDefault(Reply::close());
  await(client);
  EXPECT_TRUE(hasNoMoreWork()) << "the call failed, and no connection is left";
}

TEST_F(Pool, RunReturnsByItselfBehindAFailedCall) {
  options.port = 0;
  box::TimeoutOptions timeouts;
  timeouts.call = 3s;
  emulator().setDefault(Reply::status(503));
  const auto client = this->client();
  const auto call = start(client);
  runOut();
  EXPECT_TRUE(failed(*call, Errc::serverError, Fate::inDoubt));
}

TEST_F(Pool, SweepingClosesIdleConnectionsWithoutACall) {
  PoolOptions pool;
  pool.idleTimeout = 50ms;
  pool.sweepIdle = true;
  auto client = clientOf(pool);
  EXPECT_TRUE(isAccepted(*await(client)));
  runUntil([&] { return emulator().counts().openConnections == 0; });
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::idle));
  // Without idle connections no sweep is scheduled.
  runOut();
}

TEST_F(Pool, ClosingTheClientEndsTheSweeping) {
  PoolOptions pool;
  pool.idleTimeout = 1h;
  pool.sweepIdle = true;
  auto client = clientOf(pool);
  EXPECT_TRUE(isAccepted(*await(client)));
  client.close();
  runOut();
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::closed));
  runUntil([&] { return emulator().counts().openConnections == 0; });
}

TEST_F(Pool, WithoutSweepingIdleConnectionsStayOpen) {
  PoolOptions pool;
  pool.maxAge = pool.idleTimeout = never;
  const auto client = clientOf(pool);
  EXPECT_TRUE(isAccepted(*await(client)));
  runOut();
  EXPECT_EQ(emulator().counts().openConnections, 1U);
  EXPECT_THAT(recorder->closed(), IsEmpty());
}

TEST_F(Pool, DestroyingTheClientClosesItsIdleConnections) {
  {
    const auto client = this->client();
    EXPECT_TRUE(isAccepted(*await(client)));
    runOut();
  }
  runUntil([&] { return emulator().counts().openConnections == 0; });
  EXPECT_THAT(recorder->closeReasons(), ElementsAre(CloseReason::closed));
}

}  // namespace
