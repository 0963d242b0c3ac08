#include "async/watchdog.hpp"

#include <chrono>
#include <memory>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;

// A cancelled tick ends on one thread while the next one begins on another.
TEST(WatchdogThreads, ADeadlineMayBeSetWhileTheTickRests) {
  asio::io_context io(2);
  auto work = asio::make_work_guard(io);
  const auto watchdog = std::make_shared<Watchdog>(io.get_executor());
  std::thread first([&] { io.run(); }), second([&] { io.run(); });
  {
    Watchdog::Guard guard(watchdog);
    for (int round = 0; round < 1000; ++round) {
      guard.arm(Watchdog::Clock::now() + 1h);
      guard.disarm();
      watchdog->rest();
      std::this_thread::sleep_for(std::chrono::microseconds(round % 60));
    }
  }
  work.reset();
  first.join();
  second.join();
  EXPECT_FALSE(watchdog->closed());
}

}  // namespace
}  // namespace box
