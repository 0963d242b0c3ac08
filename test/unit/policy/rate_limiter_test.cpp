#include "policy/rate_limiter.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "box/error.hpp"

namespace {

using namespace std::chrono_literals;
using box::RateLimiter;
using box::RateOptions;
using TimePoint = RateLimiter::TimePoint;

const TimePoint start{1000h};

RateOptions steady(double rate) {
  RateOptions options;
  options.start = options.cap = rate;
  return options;
}

/// The highest number of times in any span of this length.
std::size_t most(std::vector<TimePoint> times, std::chrono::nanoseconds span) {
  std::sort(times.begin(), times.end());
  std::size_t best = 0, first = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    while (times[first] <= times[i] - span) ++first;
    best = std::max(best, i - first + 1);
  }
  return best;
}

TEST(RateLimiter, SpacesCallsEvenlyAndGivesNoCreditForIdleTime) {
  RateLimiter limiter(steady(10), start);
  EXPECT_LE(limiter.next(start), start);
  limiter.sent(start);
  limiter.replied(start);
  EXPECT_EQ(limiter.next(start), start + 100ms);
  const TimePoint later = start + 1h;
  limiter.sent(later);
  limiter.replied(later);
  EXPECT_EQ(limiter.next(later), later + 100ms);
}

TEST(RateLimiter, GrowsSecondBySecondUpToTheCap) {
  RateLimiter limiter(RateOptions(), start);
  EXPECT_DOUBLE_EQ(limiter.rate(start), 12);
  EXPECT_NEAR(limiter.rate(start + 20s), 13, 1e-9);
  EXPECT_DOUBLE_EQ(limiter.rate(start + 10min), 15);
}

TEST(RateLimiter, SpacesCallsByTheRateThatHasGrown) {
  RateLimiter limiter(RateOptions(), start);  // from 12 to 15 calls a second
  const TimePoint later = start + 10min;
  limiter.sent(later);
  EXPECT_EQ(limiter.next(later), later + std::chrono::nanoseconds(66'666'667));
}

TEST(RateLimiter, ABurstOf429sCountsOnceAndANewOneAgain) {
  RateLimiter limiter(steady(10), start);
  limiter.sent(start);
  limiter.sent(start + 100ms);
  limiter.throttled(start, 1s, 0, start + 200ms);
  EXPECT_NEAR(limiter.rate(start + 200ms), 7, 1e-9);
  limiter.throttled(start + 100ms, 1s, 0, start + 210ms);
  EXPECT_NEAR(limiter.rate(start + 210ms), 7, 1e-9);
  limiter.sent(start + 2s);
  const double before = limiter.rate(start + 2100ms);
  limiter.throttled(start + 2s, 1s, 0, start + 2100ms);
  EXPECT_NEAR(limiter.rate(start + 2100ms), before * 0.7, 1e-9);
}

TEST(RateLimiter, A429DecreasesTheRateThatHasGrownUntilThen) {
  RateOptions options;
  options.start = 10;
  options.cap = 100;
  options.increase = 1;
  RateLimiter limiter(options, start);
  limiter.sent(start);
  limiter.throttled(start, 0s, 0, start + 10s);
  EXPECT_NEAR(limiter.rate(start + 10s), 14, 1e-9);
}

TEST(RateLimiter, OnlyA429WithoutRetryAfterDoublesTheNextPause) {
  RateLimiter limiter(steady(10), start);
  limiter.throttled(start, 1s, 0, start);
  const TimePoint later = start + 10s;
  limiter.throttled(later, std::nullopt, 0, later);
  EXPECT_EQ(limiter.coolDownUntil(), later + 2s);
  limiter.throttled(later + 5s, std::nullopt, 0, later + 5s);
  EXPECT_EQ(limiter.coolDownUntil(), later + 5s + 4s);
}

TEST(RateLimiter, TheLimitOfRetryAfterDoesNotCutAPauseOfItsOwn) {
  RateOptions options = steady(10);
  options.longestRetryAfter = 1s;
  RateLimiter limiter(options, start);
  limiter.throttled(start, 5s, 0, start);
  EXPECT_EQ(limiter.coolDownUntil(), start + 1s);
  const TimePoint later = start + 10s;
  limiter.throttled(later, std::nullopt, 0, later);
  EXPECT_EQ(limiter.coolDownUntil(), later + 2s);
}

TEST(RateLimiter, ACallThatWasSentAfterTheDecreaseCountsAtTheSameInstantToo) {
  RateLimiter limiter(steady(10), start);
  limiter.sent(start);
  limiter.throttled(start, 0s, 0, start);
  limiter.sent(start);
  limiter.throttled(start, 0s, 0, start);
  EXPECT_NEAR(limiter.rate(start), 10 * 0.7 * 0.7, 1e-9);
}

TEST(RateLimiter, AFloorAboveTheCapIsTheCap) {
  RateOptions options = steady(10);
  options.floor = 20;
  RateLimiter limiter(options, start);
  limiter.sent(start);
  limiter.throttled(start, 0s, 0, start);
  EXPECT_DOUBLE_EQ(limiter.rate(start), 10);
}

TEST(RateLimiter, GrowsWithCareNearTheRateThatWasRefused) {
  RateOptions options;
  options.cap = 100;
  options.start = 10;
  options.increase = 1;
  RateLimiter limiter(options, start);
  TimePoint now = start;
  // A minute at 10 a second; then the server refuses a call.
  for (int i = 0; i < 600; ++i, now += 100ms) {
    limiter.sent(now);
    limiter.replied(now);
    limiter.pause(0ms, 0, now + 100ms);  // prevents the rate from growing
  }
  ASSERT_DOUBLE_EQ(limiter.rate(now), 10);
  limiter.sent(now);
  limiter.throttled(now, 0s, 0, now);
  EXPECT_NEAR(limiter.rate(now), 7, 1e-9);
  EXPECT_NEAR(limiter.rate(now + 1s), 8, 1e-9);
  EXPECT_NEAR(limiter.rate(now + 1500ms), 8.5, 0.02);
  EXPECT_NEAR(limiter.rate(now + 11500ms), 9.5, 0.02) << "a tenth of the pace";
  EXPECT_NEAR(limiter.rate(now + 26500ms), 11, 0.03);
  EXPECT_NEAR(limiter.rate(now + 31500ms), 16, 0.3) << "what was refused once is granted now";
}

TEST(RateLimiter, GrowsAsFarInOneStepAsInMany) {
  RateOptions options;
  options.cap = 1e6;  // so large that no window has a limit; then the rate itself counts as refused
  options.start = 10;
  options.increase = 1;
  const struct {
    std::chrono::milliseconds step;
    double rate;
  } rows[] = {{1s, 8}, {1500ms, 8.5}, {11'500ms, 9.5}, {26'500ms, 11}, {31'500ms, 16}};
  for (const auto& row : rows) {
    RateLimiter limiter(options, start);
    limiter.sent(start);
    limiter.throttled(start, 0s, 0, start);
    EXPECT_NEAR(limiter.rate(start + row.step), row.rate, 1e-6);
  }
}

TEST(RateLimiter, GrowsWithoutCareWhereFewCallsWereRefused) {
  RateOptions options;
  options.cap = 100;
  options.start = 10;
  options.increase = 1;
  RateLimiter limiter(options, start);
  limiter.sent(start);
  limiter.throttled(start, 0s, 0, start);
  EXPECT_NEAR(limiter.rate(start), 7, 1e-9);
  EXPECT_NEAR(limiter.rate(start + 5s), 12, 1e-9) << "one call in a minute says nothing of ten in a second";
}

TEST(RateLimiter, NothingGoesUntilRetryAfterHasPassedAndThenOneByOne) {
  RateLimiter limiter(steady(10), start);
  limiter.sent(start);
  limiter.throttled(start, 100s, 0.5, start);
  // A random part is added, of at most a tenth and at most a second.
  EXPECT_EQ(limiter.next(start), start + 100s + 500ms);
  const TimePoint after = start + 100s + 500ms;
  limiter.sent(after);
  EXPECT_NEAR(std::chrono::duration<double>(limiter.next(after) - after).count(), 1 / 7.0, 1e-6);
}

TEST(RateLimiter, WithoutRetryAfterTheCoolDownDoublesUntilSomethingElseIsAnswered) {
  RateLimiter limiter(steady(10), start);
  TimePoint now = start;
  for (const auto expected : {2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    limiter.sent(now);
    limiter.throttled(now, std::nullopt, 0, now);
    EXPECT_EQ(limiter.coolDownUntil() - now, expected);
    now = limiter.coolDownUntil();
  }
  limiter.sent(now);
  limiter.replied(now);
  limiter.sent(now + 10s);
  limiter.throttled(now + 10s, std::nullopt, 0, now + 10s);
  EXPECT_EQ(limiter.coolDownUntil() - (now + 10s), 2s);
}

TEST(RateLimiter, ARetryAfterBeyondReasonIsCut) {
  RateLimiter limiter(steady(10), start);
  limiter.sent(start);
  limiter.throttled(start, std::chrono::nanoseconds::max(), 0, start);
  EXPECT_EQ(limiter.coolDownUntil(), start + 15min);
}

TEST(RateLimiter, TheWindowCountsACallUntilAMinuteAfterItsAnswer) {
  RateOptions options = steady(2);
  options.window = 1s;  // two calls
  RateLimiter limiter(options, start);
  limiter.sent(start);
  limiter.sent(start + 500ms);
  EXPECT_EQ(limiter.next(start + 10s), TimePoint::max()) << "both may be seen at any time";
  limiter.replied(start + 10s);
  EXPECT_EQ(limiter.next(start + 10s), start + 11s);
  limiter.replied(start + 20s);
  EXPECT_LE(limiter.next(start + 20s), start + 20s);
}

TEST(RateLimiter, TheWindowCountsAThrottledCallLikeAnyOther) {
  RateOptions options = steady(1);
  options.window = 1s;  // one call
  RateLimiter limiter(options, start);
  limiter.sent(start);
  limiter.throttled(start, 0s, 0, start + 2s);
  EXPECT_EQ(limiter.next(start + 2s), start + 3s);
}

TEST(RateLimiter, TheCallsOfAnEarlierRunCount) {
  RateOptions options = steady(2);
  options.window = 1s;
  RateLimiter limiter(options, start);
  limiter.countEarlier(start - 100ms);
  limiter.countEarlier(start - 300ms);
  EXPECT_EQ(limiter.next(start), start + 700ms);
}

TEST(RateLimiter, AnInfiniteCapHoldsNothingBack) {
  RateLimiter limiter(steady(std::numeric_limits<double>::infinity()), start);
  for (int i = 0; i < 100000; ++i) {
    ASSERT_LE(limiter.next(start), start);
    limiter.sent(start);
  }
}

TEST(RateLimiter, AReplyWithoutAReleaseDoesNotHoldTheNextCallsBack) {
  RateOptions options = steady(2);
  options.window = 1s;
  RateLimiter limiter(options, start);
  limiter.replied(start);
  limiter.throttled(start, 0s, 0, start);
  EXPECT_EQ(limiter.next(start), start + 1s) << "two calls were answered now";
}

/// The option whose value the limiter refuses; empty: it takes all of them.
template <class Change>
std::string refusedBy(Change change) {
  RateOptions options;
  change(options);
  try {
    RateLimiter(options, start);
  } catch (const box::BoxSdkError& error) {
    EXPECT_EQ(error.code(), box::Errc::invalidConfiguration);
    const std::string text = error.what();
    const std::size_t name = text.find("RateOptions::") + 13;
    return text.substr(name, text.find(' ', name) - name);
  }
  return {};
}

TEST(RateLimiter, RefusesFiguresThatMakeNoSense) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double rate : {0.0, -1.0, 0.99e-5, nan}) {
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.start = rate; }), "start") << rate;
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.cap = rate; }), "cap") << rate;
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.floor = rate; }), "floor") << rate;
  }
  for (const double pace : {-0.1, 1'000'000.1, nan}) {
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.increase = pace; }), "increase") << pace;
  }
  for (const double factor : {0.0, -1.0, 1.1, nan}) {
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.decrease = factor; }), "decrease") << factor;
  }
  for (const std::chrono::nanoseconds time : {std::chrono::nanoseconds(-1ns), std::chrono::nanoseconds(24h + 1ns)}) {
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.window = time; }), "window");
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.coolDown = time; }), "coolDown");
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.longestCoolDown = time; }), "longestCoolDown");
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.longestRetryAfter = time; }), "longestRetryAfter");
  }
  EXPECT_EQ(refusedBy([](RateOptions& o) { o.window = 0s; }), "window");
  EXPECT_EQ(refusedBy([](RateOptions& o) { o.longestCoolDown = 2s - 1ns; }), "longestCoolDown");
}

TEST(RateLimiter, TakesEachFigureUpToItsLimits) {
  EXPECT_EQ(refusedBy([](RateOptions& o) { o.start = o.cap = o.floor = 1e-5; }), "");
  EXPECT_EQ(refusedBy([](RateOptions& o) { o.start = o.cap = o.floor = 1e9; }), "");
  for (const double pace : {0.0, 1e6}) EXPECT_EQ(refusedBy([=](RateOptions& o) { o.increase = pace; }), "");
  for (const double factor : {1e-9, 1.0}) EXPECT_EQ(refusedBy([=](RateOptions& o) { o.decrease = factor; }), "");
  for (const std::chrono::nanoseconds time : {std::chrono::nanoseconds(1ns), std::chrono::nanoseconds(24h)}) {
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.window = time; }), "");
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.coolDown = o.longestCoolDown = time; }), "");
    EXPECT_EQ(refusedBy([=](RateOptions& o) { o.longestRetryAfter = time; }), "");
  }
  EXPECT_EQ(refusedBy([](RateOptions& o) { o.coolDown = o.longestCoolDown = o.longestRetryAfter = 0s; }), "");
}

// Holds for all latencies, and whenever the server counts a call between its sending and its answer.
TEST(RateLimiter, NoWindowAtTheServerHasMoreThanTheLimitWhateverTheLatencies) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    const auto upTo = [&](int n) { return std::uniform_int_distribution<int>(0, n)(random); };
    RateOptions options = steady(5 + upTo(20));
    options.window = 2s;
    const auto limit = static_cast<std::size_t>(options.cap * 2);
    RateLimiter limiter(options, start);
    struct SentCall {
      TimePoint sentAt, endsAt;
    };
    std::vector<SentCall> calls;
    std::vector<TimePoint> sent, seen;
    TimePoint now = start;
    for (int step = 0; step < 3000; ++step) {
      std::erase_if(calls, [&](const SentCall& call) {
        if (call.endsAt > now) return false;
        if (upTo(99) < 2) {
          limiter.throttled(call.sentAt, std::chrono::milliseconds(upTo(300)), 0.5, now);
        } else {
          limiter.replied(now);
        }
        return true;
      });
      if (limiter.next(now) <= now) {
        limiter.sent(now);
        const auto latency = std::chrono::milliseconds(upTo(9) == 0 ? upTo(3000) : upTo(200));
        calls.push_back({now, now + latency});
        sent.push_back(now);
        seen.push_back(now + latency * upTo(100) / 100);
      }
      now += std::chrono::milliseconds(upTo(30));
    }
    ASSERT_GT(sent.size(), limit * 3) << seed;
    EXPECT_LE(most(sent, 2s), limit) << seed;
    EXPECT_LE(most(seen, 2s), limit) << seed;
  }
}

}  // namespace
