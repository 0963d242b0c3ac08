// The execution context of a client's connections ends before the client does.
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include "support/box_test.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::Errc;
using box::Fate;
using box::emulator::Reply;

class Contexts : public BoxTest {
 protected:
  box::BoxClient clientOn(const box::asio::any_io_executor& executor) { return clientOn(executor, session()); }
  box::BoxClient clientOn(const box::asio::any_io_executor& executor, const box::NetworkSession& session) {
    return box::BoxClient(executor, auth(), session);
  }

  /// A client with one connection, which a first call on `own` has given back to a second one, on `waiting`, that has
  /// not yet been resumed.
  std::shared_ptr<Call> grantWithoutResuming(box::asio::io_context& own, box::asio::io_context& waiting,
                                             bool onStrand = false) {
    box::asio::any_io_executor executor = own.get_executor();
    if (onStrand) executor = box::asio::make_strand(own);
    const box::BoxClient client = clientOn(executor, session().withPool({.maxConnections = 1}));
    returning = Call::start(own.get_executor(), about(client));
    step(own, [&] { return recorder->attemptsStarted() == 1; });
    auto second = Call::start(waiting.get_executor(), about(client));
    step(waiting, [&] { return recorder->attemptsStarted() == 2; });
    step(own, [&] { return recorder->ended().size() == 1; });
    EXPECT_EQ(recorder->attemptsStarted(), 2U);
    EXPECT_FALSE(second->done());
    return second;
  }

  /// Runs one handler after another until the condition holds.
  static void step(box::asio::io_context& context, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < end) context.run_one_for(1ms);
    ASSERT_TRUE(condition());
  }

  std::shared_ptr<Call> returning;

  /// The context's end has closed all connections; the client has none left to close.
  void expectNothingOpen() { EXPECT_TRUE(emulator().waitForOpenConnections(0, patience)); }
};

TEST_F(Contexts, MayGoBeforeAClientWithIdleConnections) {
  auto client = this->client(session().withPool({.sweepIdle = true}));
  ASSERT_TRUE(isAccepted(*await(client)));
  const auto closedBefore = recorder->closed().size();
  destroyIo();
  expectNothingOpen();
  EXPECT_EQ(recorder->closed().size(), closedBefore + 1);
  client.close();
}

TEST_F(Contexts, MayGoBeforeClientsWithCallsInProgress) {
  const auto nothing = std::make_shared<InterceptBy>(nullptr, nullptr);
  const auto first = client(session().withInterceptors({nothing}));
  const auto second = client(session().withTimeouts({.call = 30s}));
  ASSERT_TRUE(isAccepted(*await(first)));
  ASSERT_TRUE(isAccepted(*await(second)));
  emulator().setDefault(Reply::hang());
  for (const auto* client : {&first, &first, &second}) start(*client);
  runUntil([&] { return emulator().counts().requests == 5; });
  destroyIo();
  expectNothingOpen();
}

TEST_F(Contexts, MayGoBeforeAClientThatWasNeverUsed) {
  const auto client = this->client();
  destroyIo();
}

TEST_F(Contexts, MayGoBeforeAClientOnAStrand) {
  const auto client = clientOn(box::asio::make_strand(io()));
  ASSERT_TRUE(isAccepted(*await(client)));
  destroyIo();
  expectNothingOpen();
}

TEST_F(Contexts, MayBeAThreadPoolThatGoesBeforeTheClient) {
  auto threads = std::make_unique<box::asio::thread_pool>(2);
  const auto client = clientOn(threads->get_executor());
  auto calls = std::vector<std::future<box::SessionTerminationMessage>>();
  for (int i = 0; i < 4; ++i) {
    calls.push_back(box::asio::co_spawn(*threads, about(client), box::asio::use_future));
  }
  for (auto& call : calls) EXPECT_NO_THROW(call.get());
  threads.reset();
  expectNothingOpen();
}

TEST_F(Contexts, EndingEndsACallOfAnotherContextThatConnects) {
  // The client's context never runs, so that no attempt to connect ends.
  auto own = std::make_unique<box::asio::io_context>();
  const auto client = clientOn(own->get_executor());
  const auto call = start(client);
  runUntil([&] { return emulator().counts().connectionsAccepted == 1; });
  own.reset();
  finish(call);
  EXPECT_TRUE(failed(*call, Errc::clientClosed, Fate::notSent, box::Phase::connect));
  EXPECT_TRUE(failed(*await(client), Errc::clientClosed, Fate::notSent));
}

TEST_F(Contexts, EndingEndsCallsThatWaitOnAnotherContext) {
  box::asio::io_context calls(1);
  auto own = std::make_unique<box::asio::io_context>(1);
  const auto client = clientOn(own->get_executor(), session().withPool({.maxConnections = 1}));
  emulator().setDefault(Reply::hang());
  const auto holder = box::asio::co_spawn(*own, about(client), box::asio::use_future);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (emulator().counts().requests == 0 && std::chrono::steady_clock::now() < end) own->run_one_for(2ms);
  const auto waiting = Call::start(calls.get_executor(), about(client));
  calls.run_for(10ms);
  ASSERT_FALSE(waiting->done());
  own.reset();
  calls.run_for(patience);
  EXPECT_TRUE(failed(*waiting, Errc::clientClosed, Fate::notSent));

  const auto later = Call::start(calls.get_executor(), about(client));
  calls.restart();
  calls.run_for(patience);
  EXPECT_TRUE(failed(*later, Errc::clientClosed, Fate::notSent));
  const auto ofAnotherRoute = Call::start(calls.get_executor(), about(client.withCustomBaseUrls(box::BaseUrls())));
  calls.restart();
  calls.run_for(patience);
  EXPECT_TRUE(failed(*ofAnotherRoute, Errc::clientClosed, Fate::notSent));
  expectNothingOpen();
}

TEST_F(Contexts, MayGoWhenAConnectionWasGivenToACallThatIsNotYetResumed) {
  auto own = std::make_unique<box::asio::io_context>(1);
  const auto second = grantWithoutResuming(*own, *own);
  own.reset();
  expectNothingOpen();
  EXPECT_EQ(recorder->closed().size(), recorder->opened().size());
}

TEST_F(Contexts, EndingTakesBackAConnectionThatWasGivenToACallOfAnotherContext) {
  for (const bool onStrand : {false, true}) {
    recorder->clear();
    box::asio::io_context calls(1);
    auto own = std::make_unique<box::asio::io_context>(1);
    const auto second = grantWithoutResuming(*own, calls, onStrand);
    own.reset();
    expectNothingOpen();
    calls.restart();
    calls.run_for(patience);
    EXPECT_TRUE(failed(*second, Errc::clientClosed, Fate::notSent));
  }
}

}  // namespace
