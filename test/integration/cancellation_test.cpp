// A caller that cancels gets its result at once, at every station of its call, and does not affect others.
#include "support/station_test.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "support/host_table.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using asio_type = boost::asio::cancellation_type;
using box::Errc;
using box::Fate;
using box::Phase;
using box::emulator::CloseManner;
using box::emulator::Reply;
using testing::IsEmpty;
using testing::SizeIs;

class Cancellation : public StationTest, public testing::WithParamInterface<Station> {
 protected:
  /// The pool's only slot is free again: another call gets at least as far as this one.
  void expectSlotReturned(const box::BoxClient& client) {
    release();
    if (const Phase phase = phaseAt(GetParam()); phase == Phase::connect || phase == Phase::proxy) {
      const auto next = await(about(client, 100ms));
      EXPECT_TRUE(failed(*next, Errc::callTimeout, Fate::notSent, phase));
      return;
    }
    EXPECT_TRUE(isAccepted(*await(client)));
  }

  /// Whether a byte of the request has been written and no answer has settled the call.
  static bool isWritten() {
    return GetParam() == Station::write || GetParam() == Station::header || GetParam() == Station::body;
  }
  void expectStillThere(const Call& call) {
    runUntil([end = std::chrono::steady_clock::now() + 50ms] { return std::chrono::steady_clock::now() > end; });
    EXPECT_FALSE(call.done()) << call.describe();
  }
  /// Emits these kinds one after another. They end the call until the first byte of the request is written; after that
  /// only terminal does.
  void expectToCountUpToTheFirstByte(const std::vector<asio_type>& kinds) {
    const auto client = arrange(GetParam());
    const auto call = reach(*client, {}, Call::Accepts::totalToo);
    call->cancel(kinds.front());
    runReady();
    if (isWritten()) {
      expectStillThere(*call);
      for (auto kind = kinds.begin() + 1; kind != kinds.end(); ++kind) {
        call->cancel(*kind);
        expectStillThere(*call);
      }
      call->cancel();
    }
    finish(call);
    EXPECT_TRUE(isCancelled(*call, fateAt(GetParam()), phaseAt(GetParam())));
    EXPECT_LT(call->elapsed(), muchEarlier);
    expectSlotReturned(*client);
  }
};

TEST_P(Cancellation, TerminalEndsTheCallAtOnceAndFreesItsSlot) {
  const auto client = arrange(GetParam());
  const auto call = reach(*client);
  call->cancel();
  finish(call);
  EXPECT_TRUE(isCancelled(*call, fateAt(GetParam()), phaseAt(GetParam())));
  EXPECT_LT(call->elapsed(), muchEarlier);
  EXPECT_EQ(call->attempts(), 1U);
  ASSERT_FALSE(recorder->ended().empty());
  EXPECT_EQ(recorder->ended().back().code, boost::asio::error::operation_aborted);
  expectSlotReturned(*client);
}

TEST_P(Cancellation, TotalEndsTheCallUpToTheFirstByteAndIsIgnoredFromThenOn) {
  expectToCountUpToTheFirstByte({asio_type::total});
}

// Where partial would be enough, the call behaves as for total.
TEST_P(Cancellation, PartialIsTakenForTotal) {
  expectToCountUpToTheFirstByte({asio_type::partial, asio_type::partial | asio_type::total});
}

TEST_P(Cancellation, AllKindsAtOnceAreTerminal) {
  const auto client = arrange(GetParam());
  const auto call = reach(*client, {}, Call::Accepts::totalToo);
  call->cancel(asio_type::all);
  call->cancel(asio_type::all);  // a second signal has no effect
  finish(call);
  EXPECT_TRUE(isCancelled(*call, fateAt(GetParam()), phaseAt(GetParam())));
  EXPECT_LT(call->elapsed(), muchEarlier);
  EXPECT_EQ(call->attempts(), 1U);
  expectSlotReturned(*client);
}

TEST_P(Cancellation, ThroughTryAwaitGivesTheErrorAsAValue) {
  const auto client = arrange(GetParam());
  std::optional<box::CallResult<box::SessionTerminationMessage>> result;
  boost::asio::cancellation_signal signal;
  boost::asio::co_spawn(
      io(), box::tryAwait(makeCall(*client)),
      boost::asio::bind_cancellation_slot(
          signal.slot(), [&](std::exception_ptr failure, box::CallResult<box::SessionTerminationMessage> r) {
            EXPECT_FALSE(failure);
            result.emplace(std::move(r));
          }));
  reach();
  boost::asio::post(io(), [&] { signal.emit(asio_type::terminal); });
  runUntil([&] { return result.has_value(); });
  ASSERT_TRUE(result->has_error());
  EXPECT_EQ(result->error().code(), boost::asio::error::operation_aborted);
  EXPECT_EQ(result->error().fate(), fateAt(GetParam()));
  EXPECT_EQ(result->error().phase(), phaseAt(GetParam()));
  expectSlotReturned(*client);
}

TEST_P(Cancellation, TotalDoesNothingToACallerThatDidNotAskForIt) {
  const auto client = arrange(GetParam());
  const auto call = reach(*client);
  call->cancel(asio_type::total);
  expectStillThere(*call);
  call->cancel();
  finish(call);
  EXPECT_TRUE(isCancelled(*call, fateAt(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Cancellation, testing::ValuesIn(allStations()),
                         [](const auto& param) { return toString(param.param); });

class CancellationBetweenWaits : public Cancellation {};

// With throw_if_cancelled(false), no co_await ends the call. So the next wait must see the signal, which has found no
// operation that it could end.
TEST_P(CancellationBetweenWaits, EndsTheNextWaitAtOnce) {
  boost::asio::cancellation_signal signal;
  const auto cancel = [&signal](const box::AttemptOutcome&) {
    signal.emit(asio_type::terminal);
    return box::RetryDecision::retry;
  };
  const auto client = arrange(GetParam(), patient(), std::make_shared<RetryBy>(cancel));
  const std::size_t before = emulator().counts().requests;
  std::optional<box::CallResult<box::SessionTerminationMessage>> result;
  const auto call = [&]() -> boost::asio::awaitable<void> {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    if (GetParam() != Station::backoff) signal.emit(asio_type::terminal);
    box::CallResult<box::SessionTerminationMessage> ended = co_await box::tryAwait(makeCall(*client));
    result.emplace(std::move(ended));
  };
  boost::asio::co_spawn(io(), call(), boost::asio::bind_cancellation_slot(signal.slot(), [](std::exception_ptr) {}));
  ASSERT_TRUE(runUntil([&] { return result.has_value(); }));
  ASSERT_TRUE(result->has_error());
  EXPECT_EQ(result->error().code(), boost::asio::error::operation_aborted);
  EXPECT_EQ(result->error().fate(), fateAt(GetParam()));
  EXPECT_EQ(result->error().phase(), phaseAt(GetParam()));
  EXPECT_LT(result->error().elapsed(), 10s) << "the limits and the backoff are longer";
  EXPECT_EQ(emulator().counts().requests, before + (GetParam() == Station::backoff ? 1 : 0));
  expectSlotReturned(*client);
}

INSTANTIATE_TEST_SUITE_P(EachWait, CancellationBetweenWaits,
                         testing::Values(Station::token, Station::pool, Station::backoff),
                         [](const auto& param) { return toString(param.param); });

class CancellationOfOne : public BoxTest {};

TEST_F(CancellationOfOne, TotalBehindTheFirstByteLeavesTheAnswerToTheCaller) {
  emulator().script(Reply::asBox().after(200ms));
  const auto client = this->client();
  const auto call = start(about(client), Call::Accepts::totalToo);
  runUntil([&] { return emulator().counts().requests == 1; });
  call->cancel(asio_type::total);
  finish(call);
  EXPECT_TRUE(isAccepted(*call));
}

TEST_F(CancellationOfOne, TotalBehindTheFirstByteEndsTheCallBeforeARepeat) {
  for (const auto& [status, fate] : {std::pair(503, Fate::inDoubt), std::pair(429, Fate::rejected)}) {
    emulator().clear();
    emulator().script(Reply::status(status).after(200ms));
    const auto client = this->client();
    const auto call = start(about(client), Call::Accepts::totalToo);
    runUntil([&] { return emulator().counts().requests == 1; });
    call->cancel(asio_type::total);
    finish(call);
    EXPECT_TRUE(isCancelled(*call, fate)) << status;
    EXPECT_EQ(call->attempts(), 1U);
    EXPECT_EQ(emulator().counts().requests, 1U);
  }
}

TEST_F(CancellationOfOne, InABackoffHasNothingOfTheFailureBefore) {
  emulator().script(Reply::status(202).cutAfter(0, CloseManner::reset));
  const auto client = this->client(session().withBackoffPolicy(std::make_shared<FixedBackoff>(60s)));
  const auto call = start(client);
  runUntil([&] { return recorder->retries().size() == 1; });
  runReady();
  call->cancel();
  finish(call);
  ASSERT_TRUE(isCancelled(*call, Fate::inDoubt, Phase::backoff));
  ASSERT_EQ(call->attempts(), 1U);
  EXPECT_TRUE(call->error().attempts()[0].cause) << "the attempt keeps its own cause";
  EXPECT_FALSE(call->error().cause());
}

// The signal comes while the caller is busy with something else: the call after that is not begun.
TEST_F(CancellationOfOne, BeforeTheAwaitingLetsNothingOut) {
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  const auto behind = [](boost::asio::awaitable<box::SessionTerminationMessage> call,
                         bool throws) -> boost::asio::awaitable<box::SessionTerminationMessage> {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 30s);
    boost::system::error_code ec;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    if (!throws) co_await boost::asio::this_coro::throw_if_cancelled(false);
    co_return co_await std::move(call);
  };
  for (const bool throws : {true, false}) {
    const auto call = start(behind(about(client), throws));
    runReady();
    call->cancel();
    finish(call);
    ASSERT_TRUE(throws || call->hasError());
    EXPECT_FALSE(call->accepted()) << throws;
    if (!throws) {
      EXPECT_TRUE(isCancelled(*call, Fate::notSent));
    }
    EXPECT_EQ(emulator().counts().requests, 1U) << throws;
  }
  EXPECT_TRUE(isAccepted(*await(client)));
}

// Cancels at random moments, by every kind, and often: no call hangs, loses a slot, or reports something untrue.
TEST_F(CancellationOfOne, AtAnyMomentTellsTheTruth) {
  constexpr unsigned seed = 20240607;
  std::mt19937 random(seed);
  box::PoolOptions pool;
  pool.maxConnections = 3;
  emulator().setDefault(Reply::asBox().after(1ms));
  const auto client = this->client(session().withPool(pool));
  std::size_t accepted = 0, perhaps = 0, cancelled = 0;
  for (int round = 0; round < 40; ++round) {
    // A call must not meet more failures than it has retries, even if a slow machine has left some from earlier rounds.
    if (emulator().pendingSteps() == 0) {
      emulator().script({Reply::status(503), Reply::asBox().connectionClose(), Reply::status(429).retryAfter("0")});
    }
    std::vector<std::shared_ptr<Call>> calls;
    for (int i = 0; i < 8; ++i) {
      calls.push_back(start(about(client), random() % 2 == 0 ? Call::Accepts::terminal : Call::Accepts::totalToo));
    }
    for (int i = 0; i < 12; ++i) {
      for (auto steps = random() % 12; steps > 0; --steps) io().run_one_for(1ms);
      calls[random() % calls.size()]->cancel(static_cast<asio_type>(random() % 8));
    }
    finish(calls);
    for (const auto& call : calls) {
      if (call->accepted()) {
        ++accepted;
        continue;
      }
      ++cancelled;
      ASSERT_TRUE(call->hasError()) << call->describe() << ", round " << round;
      ASSERT_EQ(call->code(), boost::asio::error::operation_aborted) << call->describe() << ", round " << round;
      perhaps += call->error().fate() == Fate::inDoubt || call->error().fate() == Fate::accepted ? 1 : 0;
    }
  }
  EXPECT_GT(accepted, 0U);
  EXPECT_GT(cancelled, perhaps) << "no call was cancelled in time";
  EXPECT_GT(perhaps, 0U) << "no call was cancelled in the middle";
  EXPECT_GE(emulator().accepted().size(), accepted);
  EXPECT_LE(emulator().accepted().size(), accepted + perhaps);
  EXPECT_TRUE(isAccepted(*await(client)));
}

TEST_F(CancellationOfOne, IsNotUndoneByAnotherThatTheCallerDoesNotLetThrough) {
  emulator().script(Reply::hang().times(1));
  const auto client = this->client();
  const auto call = start(about(client), Call::Accepts::terminal);
  runUntil([&] { return emulator().counts().requests == 1; });
  call->cancel(asio_type::terminal);
  call->cancel(asio_type::total);
  finish(call);
  EXPECT_TRUE(isCancelled(*call, Fate::inDoubt));
}

TEST_F(CancellationOfOne, LeavesTheOthersAlone) {
  emulator().script(Reply::hang().times(1));
  const auto client = this->client();
  const auto cancelled = start(client);
  runUntil([&] { return emulator().counts().requests == 1; });
  emulator().setDefault(Reply::asBox().after(100ms));
  std::vector<std::shared_ptr<Call>> others;
  for (int i = 0; i < 20; ++i) others.push_back(start(client));
  runUntil([&] { return emulator().counts().requests >= 3; });
  cancelled->cancel();
  finish(others);
  finish(cancelled);
  EXPECT_TRUE(isCancelled(*cancelled, Fate::inDoubt));
  for (const auto& other : others) EXPECT_TRUE(isAccepted(*other));
  EXPECT_THAT(recorder->retries(), IsEmpty());
}

TEST_F(CancellationOfOne, OfManyInTheQueueLosesNoSlot) {
  box::PoolOptions pool;
  pool.maxConnections = 2;
  emulator().setDefault(Reply::asBox().after(1ms));
  const auto client = this->client(session().withPool(pool));
  std::vector<std::shared_ptr<Call>> calls;
  for (int i = 0; i < 300; ++i) calls.push_back(start(client));
  runReady();
  for (std::size_t i = 0; i < calls.size(); i += 2) calls[i]->cancel();
  finish(calls);
  for (std::size_t i = 1; i < calls.size(); i += 2) EXPECT_TRUE(isAccepted(*calls[i]));
  for (std::size_t i = 0; i < calls.size(); i += 2) {
    if (!calls[i]->accepted()) {
      EXPECT_EQ(calls[i]->code(), boost::asio::error::operation_aborted);
    }
  }
  EXPECT_TRUE(isAccepted(*await(client)));
}

TEST_F(CancellationOfOne, ComingWithTheAnswerNeverHangsNorLosesASlot) {
  box::PoolOptions pool;
  pool.maxConnections = 1;
  const auto client = this->client(session().withPool(pool));
  EXPECT_TRUE(isAccepted(*await(client)));
  for (int i = 0; i < 200; ++i) {
    const auto call = start(client);
    for (int step = 0; step < i % 7; ++step) io().run_one_for(1ms);
    call->cancel();
    finish(call);
    ASSERT_TRUE(call->accepted() || call->code() == boost::asio::error::operation_aborted) << call->describe();
  }
  EXPECT_TRUE(isAccepted(*await(client)));
}

TEST_F(CancellationOfOne, OfACallThatIsOverDoesNothing) {
  const auto client = this->client();
  const auto call = await(client);
  call->cancel();
  runReady();
  EXPECT_TRUE(isAccepted(*call));
  EXPECT_TRUE(isAccepted(*await(client)));
}

using namespace boost::asio::experimental::awaitable_operators;

// The caller's time limit, as users of Asio write it.
boost::asio::awaitable<bool> within(boost::asio::awaitable<box::SessionTerminationMessage> call,
                                    std::chrono::milliseconds limit) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, limit);
  const auto result = co_await (std::move(call) || timer.async_wait(boost::asio::use_awaitable));
  co_return result.index() == 0;
}

TEST_F(CancellationOfOne, WorksWithAwaitableOperators) {
  const auto client = this->client();
  std::vector<bool> inTime;
  for (const auto limit : {100ms, 30000ms}) {
    emulator().setDefault(limit == 100ms ? Reply::hang() : Reply::asBox());
    boost::asio::co_spawn(io(), within(about(client), limit), [&](std::exception_ptr failure, bool first) {
      EXPECT_FALSE(failure);
      inTime.push_back(first);
    });
    runUntil([&, before = inTime.size()] { return inTime.size() > before; });
  }
  EXPECT_THAT(inTime, testing::ElementsAre(false, true));
}

}  // namespace
