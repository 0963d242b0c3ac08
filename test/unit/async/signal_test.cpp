#include "async/signal.hpp"
#include "unit/async/steady.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;

TEST(Signal, WakesAllWhoHaveSubscribed) {
  asio::io_context io(1);
  const auto signal = std::make_shared<Signal>();
  Waiter first(io.get_executor(), never), second(io.get_executor(), never), third(io.get_executor(), never);
  const Signal::Subscription one(signal, first), two(signal, second), three(signal, third);
  EXPECT_FALSE(signal->isSet());
  signal->set();
  EXPECT_TRUE(signal->isSet());
  EXPECT_TRUE(first.woken() && second.woken() && third.woken());
}

TEST(Signal, WakesWhoComesTooLateAtOnce) {
  asio::io_context io(1);
  const auto signal = std::make_shared<Signal>();
  signal->set();
  Waiter waiter(io.get_executor(), never);
  const Signal::Subscription subscription(signal, waiter);
  EXPECT_TRUE(waiter.woken());
}

TEST(Signal, WakesNobodyWhoHasLeft) {
  asio::io_context io(1);
  const auto signal = std::make_shared<Signal>();
  Waiter first(io.get_executor(), never), second(io.get_executor(), never), third(io.get_executor(), never);
  const Signal::Subscription one(signal, first);
  {
    const Signal::Subscription two(signal, second);
    const Signal::Subscription three(signal, third);
  }
  signal->set();
  EXPECT_TRUE(first.woken());
  EXPECT_FALSE(second.woken() || third.woken());
}

TEST(Signal, LivesAsLongAsASubscription) {
  asio::io_context io(1);
  auto signal = std::make_shared<Signal>();
  const std::weak_ptr<Signal> observed = signal;
  Waiter waiter(io.get_executor(), never);
  {
    const Signal::Subscription subscription(signal, waiter);
    signal.reset();
    EXPECT_FALSE(observed.expired());
  }
  EXPECT_TRUE(observed.expired());
}

TEST(Signal, CountsAgainAfterItWasCleared) {
  asio::io_context io(1);
  const auto signal = std::make_shared<Signal>();
  signal->set();
  signal->clear();
  Waiter waiter(io.get_executor(), never);
  const Signal::Subscription subscription(signal, waiter);
  EXPECT_FALSE(waiter.woken());
  signal->set();
  EXPECT_TRUE(waiter.woken());
}

TEST(Signal, WakesFromAnyThreadWhileWaitersComeAndGo) {
  asio::io_context io(1);
  const auto signal = std::make_shared<Signal>();
  std::atomic<bool> over{false};
  std::thread setter([&] {
    while (!over) signal->set();
  });
  for (int i = 0; i < 500; ++i) {
    Waiter waiter(io.get_executor(), Steady::now() + 30s);
    const Signal::Subscription subscription(signal, waiter);
    bool done = false;
    waiter.asyncWait([&](boost::system::error_code) { done = true; });
    io.restart();
    io.run();
    EXPECT_TRUE(done);
    EXPECT_TRUE(waiter.woken());
    signal->clear();
  }
  over = true;
  setter.join();
}

}  // namespace
}  // namespace box
