#include "box/support/deadline.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using TimePoint = Deadline::Clock::time_point;
constexpr TimePoint start = TimePoint(1000h);
constexpr TimePoint never = TimePoint::max();

TimePoint resolved(Deadline deadline) { return deadline.resolve(start, Deadline(7s)); }

TEST(Deadline, FallsBackWhereItIsUnset) {
  EXPECT_FALSE(Deadline().isSet());
  EXPECT_EQ(resolved(Deadline()), start + 7s);
  EXPECT_EQ(Deadline().resolve(start, start + 9s), start + 9s);
  EXPECT_EQ(Deadline().resolve(start, Deadline()), never);
}

TEST(Deadline, CountsADurationFromTheStart) {
  EXPECT_TRUE(Deadline(30s).isSet());
  EXPECT_EQ(resolved(30s), start + 30s);
  EXPECT_EQ(resolved(1ns), start + 1ns);
  EXPECT_EQ(resolved(1500us), start + 1500us);
  EXPECT_EQ(resolved(std::chrono::duration<double>(0.5)), start + 500ms);
  EXPECT_EQ(resolved(std::chrono::hours(24 * 365 * 100)), start + std::chrono::hours(24 * 365 * 100));
}

TEST(Deadline, TakesAPointInTimeAsItIs) {
  EXPECT_EQ(resolved(start + 5s), start + 5s);
  EXPECT_EQ(resolved(start - 5s), start - 5s);
  EXPECT_EQ(resolved(never), never);
  EXPECT_EQ(resolved(TimePoint::min()), TimePoint::min());
}

TEST(Deadline, IsOverAlreadyForZeroAndLess) {
  EXPECT_EQ(resolved(0s), start);
  EXPECT_EQ(resolved(-1ns), start);
  EXPECT_EQ(resolved(-30s), start);
  EXPECT_EQ(resolved(std::chrono::nanoseconds::min()), start);
  EXPECT_EQ(resolved(std::chrono::hours::min()), start);
  EXPECT_EQ(resolved(std::chrono::duration<double>(-std::numeric_limits<double>::infinity())), start);
}

TEST(Deadline, IsNeverForWhatIsTooLongForTheClock) {
  EXPECT_EQ(resolved(unlimited), never);
  EXPECT_EQ(resolved(std::chrono::nanoseconds::max()), never);
  EXPECT_EQ(resolved(std::chrono::milliseconds::max()), never);
  EXPECT_EQ(resolved(std::chrono::hours::max()), never);
  EXPECT_EQ(resolved(std::chrono::duration<std::int64_t, std::ratio<31556952>>::max()), never);
  EXPECT_EQ(resolved(std::chrono::duration<double>(std::numeric_limits<double>::infinity())), never);
  EXPECT_EQ(resolved(std::chrono::duration<double>(1e300)), never);
  EXPECT_EQ(resolved(std::chrono::hours(24 * 365 * 293)), never);
  // The deadline is within the range of the clock, but beyond it when added to the call's start.
  EXPECT_EQ(
      Deadline(std::chrono::hours(24 * 365 * 280)).resolve(TimePoint(std::chrono::hours(24 * 365 * 100)), Deadline()),
      never);
  EXPECT_EQ(Deadline().resolve(start, std::chrono::nanoseconds::max()), never);
}

TEST(Deadline, IsKnownAtCompileTime) {
  static_assert(Deadline(1s).resolve(TimePoint(5s), Deadline()) == TimePoint(6s));
  static_assert(Deadline(std::chrono::hours::max()).resolve(TimePoint(5s), Deadline()) == TimePoint::max());
  static_assert(!Deadline().isSet());
}

}  // namespace
}  // namespace box
