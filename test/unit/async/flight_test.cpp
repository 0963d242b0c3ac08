#include "async/flight.hpp"
#include "unit/async/steady.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <gtest/gtest.h>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using box::never;
using box::Steady;
using Flight = box::Flight<std::shared_ptr<int>>;

/// The results of the work and of those who wait for it.
struct Log {
  bool begun = false, cancelled = false;
  int arrived = 0, late = 0;
};

asio::awaitable<std::shared_ptr<int>> work(std::shared_ptr<Log> log, Steady::duration time) {
  log->begun = true;
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  boost::system::error_code ec;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  log->cancelled = ec == asio::error::operation_aborted;
  co_return std::make_shared<int>(7);
}

asio::awaitable<std::shared_ptr<int>> failing() {
  throw std::runtime_error("no");
  co_return nullptr;
}

asio::awaitable<void> wait(std::shared_ptr<Flight> flight, std::shared_ptr<Log> log, Steady::time_point until) {
  box::Waiter waiter(co_await asio::this_coro::executor, until);
  const Flight::Participant seat(flight, waiter);
  boost::system::error_code ec;
  co_await waiter.asyncWait(asio::redirect_error(asio::use_awaitable, ec));
  ++(flight->completed() ? log->arrived : log->late);
}

void ignore(std::exception_ptr) {}

TEST(Flight, BeginsBehindItsLaunchAlsoWhereThatIsOnItsExecutor) {
  asio::io_context io(1);
  const auto log = std::make_shared<Log>();
  bool inside = true;
  asio::post(io, [&] {
    Flight::launch(io.get_executor(), work(log, 0s));
    inside = log->begun;
  });
  io.run();
  EXPECT_FALSE(inside);
  EXPECT_TRUE(log->begun);
}

TEST(Flight, GivesItsResultToAllWhoWaitAndToWhoComesLater) {
  asio::io_context io(1);
  const auto log = std::make_shared<Log>();
  const auto flight = Flight::launch(io.get_executor(), work(log, 1ms));
  EXPECT_TRUE(flight->joinable());
  for (int i = 0; i < 3; ++i) asio::co_spawn(io, wait(flight, log, never), ignore);
  io.run();
  EXPECT_EQ(log->arrived, 3);
  EXPECT_FALSE(log->cancelled);
  EXPECT_FALSE(flight->joinable());
  ASSERT_TRUE(flight->take());
  EXPECT_EQ(*flight->take(), 7);
  io.restart();
  asio::co_spawn(io, wait(flight, log, never), ignore);
  io.run();
  EXPECT_EQ(log->arrived, 4);
}

TEST(Flight, GivesItsException) {
  asio::io_context io(1);
  const auto flight = Flight::launch(io.get_executor(), failing());
  io.run();
  ASSERT_TRUE(flight->completed());
  EXPECT_TRUE(flight->failed());
  EXPECT_THROW(flight->take(), std::runtime_error);
}

TEST(Flight, GoesOnWhileOneWaits) {
  asio::io_context io(1);
  const auto log = std::make_shared<Log>();
  const auto flight = Flight::launch(io.get_executor(), work(log, 30ms));
  asio::co_spawn(io, wait(flight, log, never), ignore);
  asio::co_spawn(io, wait(flight, log, Steady::now()), ignore);
  io.run();
  EXPECT_EQ(log->late, 1);
  EXPECT_EQ(log->arrived, 1);
  EXPECT_FALSE(log->cancelled);
}

TEST(Flight, IsCancelledWhenTheLastLeaves) {
  asio::io_context io(1);
  const auto log = std::make_shared<Log>();
  const auto flight = Flight::launch(io.get_executor(), work(log, 1h));
  for (int i = 0; i < 2; ++i) asio::co_spawn(io, wait(flight, log, Steady::now()), ignore);
  io.run();  // returns, because nobody waits for the work
  EXPECT_EQ(log->late, 2);
  EXPECT_TRUE(log->cancelled);
  EXPECT_FALSE(flight->joinable());
}

TEST(Flight, IsCancelledThoughOneWaitsAndGivesHimTheResult) {
  asio::io_context io(1);
  const auto log = std::make_shared<Log>();
  const auto flight = Flight::launch(io.get_executor(), work(log, 1h));
  asio::co_spawn(io, wait(flight, log, never), ignore);
  io.poll();
  ASSERT_TRUE(log->begun);
  std::thread(&Flight::cancel, flight).join();
  io.run();
  EXPECT_TRUE(log->cancelled);
  EXPECT_EQ(log->arrived, 1);
  EXPECT_FALSE(flight->joinable());
  EXPECT_FALSE(flight->cancelled()) << "the work has given a result";
  ASSERT_TRUE(flight->take());
  flight->cancel();
  EXPECT_EQ(*flight->take(), 7);
}

TEST(Flight, DoesNotBeginTheWorkIfItIsCancelledBefore) {
  asio::io_context io(1);
  const auto log = std::make_shared<Log>();
  const auto flight = Flight::launch(io.get_executor(), work(log, 1h));
  asio::co_spawn(io, wait(flight, log, never), ignore);
  flight->cancel();
  io.run();
  EXPECT_FALSE(log->begun);
  EXPECT_EQ(log->arrived, 1);
  EXPECT_TRUE(flight->cancelled());
  EXPECT_TRUE(flight->failed());
  EXPECT_THROW(flight->take(), boost::system::system_error);
}

TEST(Flight, EndsWithItsIoContextAndMayOutliveIt) {
  const auto log = std::make_shared<Log>();
  std::shared_ptr<Flight> flight;
  {
    asio::io_context io(1);
    flight = Flight::launch(io.get_executor(), work(log, 1h));
    asio::co_spawn(io, wait(flight, log, never), ignore);
    io.poll();
    EXPECT_TRUE(log->begun);
  }
  ASSERT_TRUE(flight->completed());
  EXPECT_FALSE(flight->failed()) << "the work has neither a result nor an exception";
  EXPECT_THROW(flight->take(), boost::system::system_error);
}

// Under ThreadSanitizer. A cancellation that meets the shutdown of Asio's scheduler is rare, so this test would miss it
// most of the time.
TEST(Flight, IsCancelledWhileItsContextGoes) {
  for (int round = 0; round < 100; ++round) {
    auto io = std::make_unique<asio::io_context>(1);
    const auto flight = Flight::launch(io->get_executor(), work(std::make_shared<Log>(), 1h));
    io->poll();
    std::atomic<int> ready{0};
    const auto together = [&] {
      for (++ready; ready < 2;) std::this_thread::yield();
    };
    std::thread cancels([&] {
      together();
      for (int i = 0; i < 20; ++i) flight->cancel();
    });
    together();
    std::this_thread::sleep_for(round % 20 * 1us);
    io.reset();
    cancels.join();
    EXPECT_TRUE(flight->completed());
  }
}

// ThreadSanitizer reports a race unless waking and the end of the timers exclude each other.
TEST(Flight, LandsWhileTheContextOfOneWhoWaitsGoes) {
  for (int round = 0; round < 100; ++round) {
    asio::io_context here(1);
    const auto flight = Flight::launch(here.get_executor(), work(std::make_shared<Log>(), 0s));
    auto there = std::make_unique<asio::io_context>(1);
    for (int i = 0; i < 50; ++i) asio::co_spawn(*there, wait(flight, std::make_shared<Log>(), never), ignore);
    there->poll();
    std::atomic<int> ready{0};
    const auto together = [&] {
      for (++ready; ready < 2;) std::this_thread::yield();
    };
    std::thread lands([&] {
      together();
      here.run();
    });
    together();
    std::this_thread::sleep_for(round % 20 * 5us);
    there.reset();
    lands.join();
  }
}

TEST(Flight, IsJoinedAndLeftOnManyThreads) {
  asio::io_context io(4);
  const auto log = std::make_shared<Log>();
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (int round = 0; round < 200; ++round) {
    const auto flight = Flight::launch(io.get_executor(), work(std::make_shared<Log>(), round % 3 * 1ms));
    for (int i = 0; i < 8; ++i) {
      asio::co_spawn(asio::make_strand(io), wait(flight, std::make_shared<Log>(), Steady::now() + i * 300us),
                     [&](std::exception_ptr) { ++done; });
    }
  }
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { io.run(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 1600);
}

}  // namespace
