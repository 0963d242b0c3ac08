#include "async/waiter.hpp"
#include "unit/async/steady.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include "async/wait.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;

class WaiterTest : public testing::Test {
 protected:
  auto ended() {
    return [this](boost::system::error_code ec) { code = ec; };
  }

  std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>(1);
  std::optional<boost::system::error_code> code;  // result of the wait; no value: it has not ended
};

TEST_F(WaiterTest, EndsWhenItIsWoken) {
  Waiter waiter(io->get_executor(), never);
  waiter.asyncWait(ended());
  io->poll();
  EXPECT_FALSE(code);
  waiter.wake();
  EXPECT_FALSE(code) << "never from within wake()";
  io->run();
  EXPECT_TRUE(code);
  EXPECT_TRUE(waiter.woken());
}

TEST_F(WaiterTest, LosesNoWakeUpThatCameBeforeTheWait) {
  Waiter waiter(io->get_executor(), never);
  waiter.wake();
  waiter.wake();
  waiter.asyncWait(ended());
  EXPECT_FALSE(code);
  io->run();
  EXPECT_TRUE(code);
}

TEST_F(WaiterTest, EndsAtItsTimeWithoutBeingWoken) {
  Waiter waiter(io->get_executor(), Steady::now());
  waiter.asyncWait(ended());
  io->run();
  EXPECT_TRUE(code);
  EXPECT_FALSE(waiter.woken());
}

TEST_F(WaiterTest, EndsWhenItIsCancelled) {
  asio::cancellation_signal signal;
  Waiter waiter(io->get_executor(), never);
  waiter.asyncWait(asio::bind_cancellation_slot(signal.slot(), ended()));
  io->poll();
  signal.emit(asio::cancellation_type::total);
  io->run();
  EXPECT_EQ(code, asio::error::operation_aborted);
  EXPECT_FALSE(waiter.woken());
}

TEST_F(WaiterTest, ACancellationThatComesWithTheWakeUpIsNotUndoneByAnotherThatTheCallerDoesNotLetThrough) {
  asio::cancellation_signal signal;
  Waiter waiter(io->get_executor(), never);
  const std::shared_ptr<Watchdog> none;  // the wait refers to it
  asio::co_spawn(*io, waitWhileOpen(waiter, none),
                 asio::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr thrown, error_code ended) {
                   EXPECT_FALSE(thrown);
                   code = ended;
                 }));
  io->poll();
  asio::post(*io, [&] {
    waiter.wake();
    signal.emit(asio::cancellation_type::terminal);
    signal.emit(asio::cancellation_type::total);  // co_spawn lets only the terminal type through
  });
  io->run();
  EXPECT_EQ(code, asio::error::operation_aborted);
}

TEST_F(WaiterTest, IsWokenFromAnotherThread) {
  Waiter waiter(io->get_executor(), Steady::now() + 30s);
  waiter.asyncWait(ended());
  std::thread other([&] { waiter.wake(); });
  io->run();
  other.join();
  EXPECT_TRUE(waiter.woken());
}

TEST_F(WaiterTest, GoesWithItsIoContextWhoeverWakesItThen) {
  // The handler owns the waiter, as a coroutine's frame does. The wake-up comes while the io_context is destroyed.
  struct Frame {
    explicit Frame(asio::io_context& io) : waiter(io.get_executor(), never) {}
    ~Frame() { waiter.wake(); }
    Waiter waiter;
  };
  auto frame = std::make_unique<Frame>(*io);
  Waiter& waiter = frame->waiter;
  waiter.asyncWait([frame = std::move(frame)](boost::system::error_code) { FAIL() << "the wait has not ended"; });
  io.reset();
}

}  // namespace
}  // namespace box
