#include "box/support/time.hpp"

#include <chrono>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using TimePoint = std::chrono::steady_clock::time_point;

TEST(SaturatingCast, ConvertsWhatFits) {
  EXPECT_EQ(saturatingCast<nanoseconds>(1500us), 1500000ns);
  EXPECT_EQ(saturatingCast<milliseconds>(-1999us), -1ms);
  EXPECT_EQ(saturatingCast<nanoseconds>(nanoseconds::max()), nanoseconds::max());
  EXPECT_EQ(saturatingCast<nanoseconds>(nanoseconds::min()), nanoseconds::min());
  EXPECT_EQ(saturatingCast<nanoseconds>(seconds(9'223'372'036)), 9'223'372'036'000'000'000ns);
  EXPECT_EQ(saturatingCast<milliseconds>(std::chrono::duration<double>(0.25)), 250ms);
}

TEST(SaturatingCast, CutsOffWhatDoesNotFit) {
  EXPECT_EQ(saturatingCast<nanoseconds>(hours::max()), nanoseconds::max());
  EXPECT_EQ(saturatingCast<nanoseconds>(hours::min()), nanoseconds::min());
  EXPECT_EQ(saturatingCast<nanoseconds>(seconds(9'223'372'037)), nanoseconds::max());
  EXPECT_EQ(saturatingCast<nanoseconds>(seconds(-9'223'372'037)), nanoseconds::min());
  using Real = std::chrono::duration<double>;
  EXPECT_EQ(saturatingCast<nanoseconds>(Real(1e300)), nanoseconds::max());
  EXPECT_EQ(saturatingCast<nanoseconds>(Real(-std::numeric_limits<double>::infinity())), nanoseconds::min());
  EXPECT_EQ(saturatingCast<nanoseconds>(Real(std::numeric_limits<double>::quiet_NaN())), nanoseconds::max());
}

TEST(After, AddsWhatFits) {
  EXPECT_EQ(after(TimePoint(5s), 2ms), TimePoint(5002ms));
  EXPECT_EQ(after(TimePoint(5s), -7s), TimePoint(-2s));
  EXPECT_EQ(after(TimePoint(-5s), nanoseconds::max()), TimePoint(nanoseconds::max() - 5s));
  EXPECT_EQ(after(TimePoint::max(), 0ns), TimePoint::max());
  EXPECT_EQ(after(TimePoint::min(), nanoseconds::max()), TimePoint(-1ns));
}

TEST(After, StopsAtTheClocksEnds) {
  EXPECT_EQ(after(TimePoint(1ns), nanoseconds::max()), TimePoint::max());
  EXPECT_EQ(after(TimePoint::max(), 1ns), TimePoint::max());
  EXPECT_EQ(after(TimePoint(5s), hours::max()), TimePoint::max());
  EXPECT_EQ(after(TimePoint(-5s), hours::min()), TimePoint::min());
  EXPECT_EQ(after(TimePoint::min(), -1ns), TimePoint::min());
  EXPECT_EQ(after(TimePoint(-1ns), nanoseconds::min()), TimePoint::min());
}

TEST(Between, IsCutOffAtTheEnds) {
  EXPECT_EQ(between(TimePoint(1s), TimePoint(3s)), 2s);
  EXPECT_EQ(between(TimePoint(3s), TimePoint(1s)), -2s);
  EXPECT_EQ(between(TimePoint::min(), TimePoint(0s)), nanoseconds::max());
  EXPECT_EQ(between(TimePoint::min(), TimePoint::max()), nanoseconds::max());
  EXPECT_EQ(between(TimePoint::max(), TimePoint::min()), nanoseconds::min());
  EXPECT_EQ(between(TimePoint(0s), TimePoint::min()), nanoseconds::min());
  EXPECT_EQ(between(TimePoint::max(), TimePoint::max()), 0ns);
}

}  // namespace
}  // namespace box
