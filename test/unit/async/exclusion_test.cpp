#include "async/exclusion.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

/// One who takes a turn.
struct Taker {
  std::optional<Exclusion::Turn> turn;
  asio::cancellation_signal signal;

  bool has() const { return turn && !turn->error(); }
};

class ExclusionTest : public testing::Test {
 protected:
  std::shared_ptr<Taker> take(Steady::duration limit, Steady::duration longest = 1h) {
    const auto taker = std::make_shared<Taker>();
    asio::co_spawn(io, takeFor(exclusion, taker, Steady::now() + limit, longest),
                   asio::bind_cancellation_slot(taker->signal.slot(), [](std::exception_ptr) {}));
    settle();
    return taker;
  }
  static asio::awaitable<void> takeFor(std::shared_ptr<Exclusion> exclusion, std::shared_ptr<Taker> taker,
                                       Exclusion::TimePoint until, Steady::duration longest) {
    Exclusion::Turn turn = co_await Exclusion::take(exclusion, until, longest);
    taker->turn.emplace(std::move(turn));
  }
  void settle() {
    io.restart();
    io.poll();
  }

  asio::io_context io{1};
  std::shared_ptr<Exclusion> exclusion = std::make_shared<Exclusion>();
};

TEST_F(ExclusionTest, OneAfterTheOtherHasTheTurn) {
  const auto first = take(1h), second = take(1h), third = take(1h);
  EXPECT_TRUE(first->has());
  EXPECT_FALSE(second->has() || third->has());
  first->turn.reset();
  settle();
  EXPECT_NE(second->has(), third->has());
  (second->has() ? second : third)->turn.reset();
  settle();
  EXPECT_TRUE(second->has() || third->has());
}

TEST_F(ExclusionTest, AWaitEndsAtItsTimeOrByCancellation) {
  const auto holder = take(1h), late = take(5ms), cancelled = take(1h);
  cancelled->signal.emit(asio::cancellation_type::terminal);
  io.restart();
  while (!late->turn && io.run_one_for(10s) != 0) {
  }
  ASSERT_TRUE(late->turn);
  EXPECT_EQ(late->turn->error(), Errc::callTimeout);
  settle();
  ASSERT_TRUE(cancelled->turn);
  EXPECT_EQ(cancelled->turn->error(), asio::error::operation_aborted);
  // They did not have the turn, so they return none.
  late->turn.reset();
  cancelled->turn.reset();
  const auto next = take(1h);
  EXPECT_FALSE(next->has());
  holder->turn.reset();
  settle();
  EXPECT_TRUE(next->has());
}

TEST_F(ExclusionTest, ATurnThatIsNotReturnedInItsTimeIsOver) {
  const auto stopped = take(1h, 20ms), next = take(1h);
  EXPECT_FALSE(next->has());
  io.restart();
  while (!next->turn && io.run_one_for(10s) != 0) {
  }
  EXPECT_TRUE(next->has());
  // The late return is not that of the next one.
  stopped->turn.reset();
  const auto third = take(1h);
  EXPECT_FALSE(third->has());
}

TEST_F(ExclusionTest, AWaiterMayGoWithItsContext) {
  auto other = std::make_unique<asio::io_context>(1);
  const auto holder = take(1h);
  asio::co_spawn(*other, takeFor(exclusion, std::make_shared<Taker>(), Steady::now() + 1h, 1h),
                 [](std::exception_ptr) {});
  other->poll();
  other.reset();
  holder->turn.reset();
  EXPECT_TRUE(take(1h)->has());
}

}  // namespace
}  // namespace box
