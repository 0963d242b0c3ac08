#include "transport/limits.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using TimePoint = TimeLimits::Clock::time_point;
constexpr TimePoint never = TimePoint::max();
constexpr TimePoint now = TimePoint(1000h);
constexpr auto endless = std::chrono::nanoseconds::max();

void expectLimit(const PhaseLimit& limit, TimePoint at, Errc code) {
  EXPECT_EQ(limit.at, at);
  EXPECT_EQ(limit.code, code);
}

TEST(TimeLimits, EndAPhaseAtTheEarliestOfThreeAndSayWhich) {
  TimeLimits limits(now + 10s);
  limits.beginAttempt(now, 5s);
  expectLimit(limits.phase(now, 1s, Errc::readTimeout), now + 1s, Errc::readTimeout);
  expectLimit(limits.phase(now, 7s, Errc::readTimeout), now + 5s, Errc::attemptTimeout);
  limits.beginAttempt(now, 20s);
  expectLimit(limits.phase(now, 30s, Errc::readTimeout), now + 10s, Errc::callTimeout);
}

TEST(TimeLimits, NameTheWiderLimitWhereTwoFallTogether) {
  // When the call's own time is up it cannot be retried, so that this must not be reported as a slow phase.
  TimeLimits limits(now + 5s);
  limits.beginAttempt(now, 5s);
  expectLimit(limits.phase(now, 5s, Errc::writeTimeout), now + 5s, Errc::callTimeout);
  TimeLimits later(now + 9s);
  later.beginAttempt(now, 5s);
  expectLimit(later.phase(now, 5s, Errc::writeTimeout), now + 5s, Errc::attemptTimeout);
  expectLimit(limits.waiting(now, 5s, Errc::poolTimeout), now + 5s, Errc::callTimeout);
}

TEST(TimeLimits, CountAPhaseFromItsOwnStartAndTheAttemptFromTheAttempts) {
  TimeLimits limits(now + 100s);
  limits.beginAttempt(now, 45s);
  expectLimit(limits.phase(now + 40s, 2s, Errc::readTimeout), now + 42s, Errc::readTimeout);
  expectLimit(limits.phase(now + 40s, 10s, Errc::readTimeout), now + 45s, Errc::attemptTimeout);
  limits.beginAttempt(now + 60s, 45s);
  expectLimit(limits.phase(now + 60s, 50s, Errc::readTimeout), now + 100s, Errc::callTimeout);
}

TEST(TimeLimits, LeaveAWaitBeforeTheAttemptOutOfIt) {
  TimeLimits limits(now + 100s);
  limits.beginAttempt(now, 1s);
  expectLimit(limits.waiting(now, 50s, Errc::poolTimeout), now + 50s, Errc::poolTimeout);
  expectLimit(limits.waiting(now, 500s, Errc::poolTimeout), now + 100s, Errc::callTimeout);
}

TEST(TimeLimits, HaveNoAttemptBeforeOneBegins) {
  const TimeLimits limits(now + 100s);
  expectLimit(limits.phase(now, 60s, Errc::connectTimeout), now + 60s, Errc::connectTimeout);
}

TEST(TimeLimits, AddUpWithoutOverflow) {
  TimeLimits limits(never);
  limits.beginAttempt(now, endless);
  EXPECT_EQ(limits.phase(now, endless, Errc::readTimeout).at, never);
  EXPECT_EQ(limits.waiting(now, endless, Errc::poolTimeout).at, never);
  EXPECT_EQ(limits.phase(now, endless - 1h, Errc::readTimeout).at, never);
  expectLimit(limits.phase(now, 1s, Errc::readTimeout), now + 1s, Errc::readTimeout);
  limits.beginAttempt(now, 2s);
  expectLimit(limits.phase(now, endless, Errc::readTimeout), now + 2s, Errc::attemptTimeout);
}

TEST(TimeLimits, KeepWhatHasPassed) {
  TimeLimits limits(now - 1s);
  limits.beginAttempt(now, 5s);
  expectLimit(limits.phase(now, 1s, Errc::readTimeout), now - 1s, Errc::callTimeout);
}

}  // namespace
}  // namespace box
