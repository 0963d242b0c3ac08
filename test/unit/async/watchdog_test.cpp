#include "async/watchdog.hpp"

#include <chrono>
#include <memory>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using Clock = Watchdog::Clock;
using Guard = Watchdog::Guard;

constexpr auto patience = 30s;

/// Guards without a descriptor: they expire, and there is no operation to end.
class WatchdogTest : public testing::Test {
 protected:
  /// Runs until the guard has expired. False: it does not.
  bool fires(const Guard& guard) {
    io->restart();
    for (const auto end = Clock::now() + patience; !guard.fired() && Clock::now() < end;) {
      if (io->run_one_for(patience) == 0) break;
    }
    return guard.fired();
  }

  /// Runs until no work is left; the tick is work. False: it does not end.
  bool runsOut() {
    io->restart();
    io->run_for(patience);
    return io->stopped();
  }

  std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>(1);
  std::shared_ptr<Watchdog> watchdog = std::make_shared<Watchdog>(io->get_executor());
};

TEST_F(WatchdogTest, FiresAtTheDeadlineAndNotBefore) {
  Guard guard(watchdog);
  const auto deadline = Clock::now() + 50ms;
  guard.arm(deadline);
  EXPECT_FALSE(guard.fired());
  EXPECT_TRUE(fires(guard));
  EXPECT_GE(Clock::now(), deadline);
  EXPECT_TRUE(guard.disarm());
}

TEST_F(WatchdogTest, FiresOnlyThoseWhoseTimeIsUp) {
  Guard early(watchdog), late(watchdog), unlimited(watchdog), disarmed(watchdog);
  early.arm(Clock::now());
  late.arm(Clock::now() + 1h);
  unlimited.arm(Clock::time_point::max());
  disarmed.arm(Clock::now());
  EXPECT_FALSE(disarmed.disarm());
  EXPECT_TRUE(fires(early));
  EXPECT_FALSE(late.fired() || unlimited.fired() || disarmed.fired());
}

TEST_F(WatchdogTest, TakesTheDeadlineThatWasSetLast) {
  Guard guard(watchdog);
  guard.arm(Clock::now());
  guard.arm(Clock::now() + 1h);
  Guard other(watchdog);
  other.arm(Clock::now() + 40ms);
  EXPECT_TRUE(fires(other));
  EXPECT_FALSE(guard.fired());
  guard.arm(Clock::now());
  EXPECT_TRUE(fires(guard));
}

TEST_F(WatchdogTest, HasNothingToDoWithoutDeadlines) {
  Guard guard(watchdog);
  EXPECT_TRUE(runsOut());
  guard.arm(Clock::time_point::max());
  EXPECT_EQ(io->poll(), 0U) << "no deadline needs no tick";
}

TEST_F(WatchdogTest, LetsRunReturnAfterTheLastDeadline) {
  Guard guard(watchdog);
  for (int i = 0; i < 3; ++i) {
    guard.arm(Clock::now() + 1h);
    io->restart();
    io->run_one_for(patience);  // a tick that finds the deadline
    EXPECT_FALSE(guard.disarm());
    EXPECT_TRUE(runsOut());
  }
}

TEST_F(WatchdogTest, HasNoMoreWorkAtRest) {
  Guard guard(watchdog);
  for (int i = 0; i < 3; ++i) {
    guard.arm(Clock::now() + 1h);
    EXPECT_FALSE(guard.disarm());
    watchdog->rest();
    watchdog->rest();
    io->restart();
    io->poll();
    EXPECT_TRUE(io->stopped());
  }
}

TEST_F(WatchdogTest, GoesOnWhereADeadlineIsSetBeforeItCouldRest) {
  Guard guard(watchdog);
  guard.arm(Clock::now() + 1h);
  guard.disarm();
  watchdog->rest();
  guard.arm(Clock::now() + 40ms);
  io->poll();
  EXPECT_FALSE(io->stopped());
  EXPECT_TRUE(fires(guard));
}

TEST_F(WatchdogTest, DoesNotArmAGuardThatHasFired) {
  Guard guard(watchdog);
  guard.arm(Clock::now());
  ASSERT_TRUE(fires(guard));
  guard.arm(Clock::now() + 1h);
  EXPECT_TRUE(guard.fired());
}

TEST_F(WatchdogTest, FiresAllWhenItCloses) {
  Guard unarmed(watchdog), armed(watchdog);
  armed.arm(Clock::now() + 1h);
  EXPECT_FALSE(watchdog->closed());
  watchdog->close();
  EXPECT_TRUE(watchdog->closed());
  EXPECT_TRUE(unarmed.fired() && armed.fired());
  const Guard later(watchdog);
  EXPECT_TRUE(later.fired());
}

TEST_F(WatchdogTest, WakesThoseWhoAttendWhenItCloses) {
  Waiter waiter(io->get_executor(), Clock::time_point::max()), left(io->get_executor(), Clock::time_point::max());
  { const Watchdog::CloseSubscription attendance(watchdog, left); }
  const Watchdog::CloseSubscription attendance(watchdog, waiter);
  watchdog->close();
  EXPECT_TRUE(waiter.woken());
  EXPECT_FALSE(left.woken());
  const Watchdog::CloseSubscription tooLate(watchdog, left);
  EXPECT_TRUE(left.woken());
}

TEST_F(WatchdogTest, ClosesWithItsIoContextAndMayOutliveIt) {
  Guard guard(watchdog);
  guard.arm(Clock::now() + 1h);
  asio::io_context other(1);
  Waiter waiter(other.get_executor(), Clock::time_point::max());
  const Watchdog::CloseSubscription attendance(watchdog, waiter);
  io.reset();
  EXPECT_TRUE(watchdog->closed());
  EXPECT_TRUE(guard.fired());
  EXPECT_TRUE(waiter.woken()) << "it waits on another context";
  guard.arm(Clock::now());
  watchdog->close();
}

TEST_F(WatchdogTest, MayGoWhileItTicks) {
  {
    Guard guard(watchdog);
    guard.arm(Clock::now() + 1h);
    io->run_one_for(patience);
  }
  watchdog.reset();
  EXPECT_TRUE(runsOut());
}

}  // namespace
}  // namespace box
