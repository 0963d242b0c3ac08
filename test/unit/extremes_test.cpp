// Uses the largest, smallest and most unusual times, counts and rates that the types allow in all calculations. In a
// build with UndefinedBehaviorSanitizer, which the gate runs, no calculation may overflow.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/token_cache.hpp"
#include "auth/token_endpoint.hpp"
#include "policy/rate_limiter.hpp"
#include "box/error.hpp"
#include "box/network/session.hpp"
#include "box/policy/backoff.hpp"
#include "box/policy/retry.hpp"
#include "box/policy/retry_budget.hpp"
#include "box/support/deadline.hpp"
#include "bulk/breaker.hpp"
#include "policy/retry_state.hpp"
#include "pool/pool_core.hpp"
#include "transport/address_race.hpp"
#include "transport/limits.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Steady = std::chrono::steady_clock;
using TimePoint = Steady::time_point;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr std::array durations{nanoseconds::min(), -1ns, 0ns, 1ns, nanoseconds(1s), nanoseconds::max() - 1ns,
                               nanoseconds::max()};
constexpr std::array moments{TimePoint::min(), TimePoint(-1ns),        TimePoint(),
                             TimePoint(1h),    TimePoint::max() - 1ns, TimePoint::max()};
constexpr std::array waits{std::chrono::nanoseconds::min(), std::chrono::nanoseconds(-1),
                           std::chrono::nanoseconds(0),     std::chrono::nanoseconds(1),
                           std::chrono::nanoseconds(1h),    std::chrono::nanoseconds::max()};
constexpr std::array rates{-infinity, -1.0, 0.0, 5e-324, 1e-10, 1e-5, 1.0, 1e6, 1e300, infinity, nan};

TEST(Extremes, ADeadlineIsNeverBeforeItsStartNorBeyondTheClock) {
  for (const TimePoint start : moments) {
    for (const nanoseconds after : durations) {
      const TimePoint end = Deadline(after).resolve(start, Deadline());
      EXPECT_GE(end, start);
      EXPECT_EQ(Deadline().resolve(start, Deadline(after)), end);
    }
    EXPECT_GE(Deadline(std::chrono::hours::max()).resolve(start, Deadline()), start);
    EXPECT_EQ(Deadline(std::chrono::hours::min()).resolve(start, Deadline()), start);
  }
}

TEST(Extremes, APhaseEndsAtTheEarliestOfItsLimits) {
  for (const TimePoint call : moments) {
    for (const TimePoint now : moments) {
      for (const nanoseconds attempt : durations) {
        for (const nanoseconds own : durations) {
          TimeLimits limits(call);
          limits.beginAttempt(now, attempt);
          EXPECT_LE(limits.phase(now, own, Errc::readTimeout).at, call);
          EXPECT_LE(limits.waiting(now, own, Errc::poolTimeout).at, call);
        }
      }
    }
  }
}

TEST(Extremes, ARaceTriesEachAddress) {
  for (const TimePoint now : moments) {
    for (const nanoseconds each : durations) {
      AddressRace race(2, each);
      EXPECT_TRUE(race.next(now));
      static_cast<void>(race.wakeAt());
      while (race.expired(now)) {
      }
      race.failed(0);
      EXPECT_TRUE(race.next(now));
    }
  }
}

/// Whether options are refused. The text must name the option.
template <class Function>
bool isRefused(const std::string& option, const Function& make) {
  try {
    make();
    return false;
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    EXPECT_THAT(std::string(error.what()), testing::HasSubstr(option));
    return true;
  }
}

void exercise(const RateOptions& options, TimePoint now) {
  RateLimiter limiter(options, now);
  limiter.countEarlier(now);
  for (int i = 0; i < 3; ++i) {
    static_cast<void>(limiter.next(now));
    limiter.sent(now);
    limiter.throttled(now, std::nullopt, 0.999, now);
    limiter.sent(now);
    limiter.throttled(now, std::chrono::nanoseconds::max(), 0.999, now);
    limiter.pause(std::chrono::nanoseconds::min(), 0.999, now);
    limiter.sent(now);
    limiter.replied(now);
    now = after(now, 1h);
    EXPECT_GT(limiter.rate(now), 0) << "the limiter never stops for ever";
    EXPECT_GE(limiter.next(now), TimePoint::min());
  }
}

TEST(Extremes, ARateIsRefusedByNameOrKept) {
  const std::array members{std::pair("start", &RateOptions::start), std::pair("cap", &RateOptions::cap),
                           std::pair("floor", &RateOptions::floor), std::pair("increase", &RateOptions::increase),
                           std::pair("decrease", &RateOptions::decrease)};
  for (const auto& [name, member] : members) {
    for (const double rate : rates) {
      RateOptions options;
      options.*member = rate;
      if (isRefused(std::string("RateOptions::") + name, [&] { RateLimiter(options, TimePoint()); })) continue;
      for (const TimePoint now : moments) exercise(options, now);
    }
  }
  EXPECT_TRUE(isRefused("RateOptions::floor", [] { RateLimiter({.floor = 1e-10}, TimePoint()); }));
  EXPECT_FALSE(isRefused("RateOptions::cap", [] { RateLimiter({.cap = infinity}, TimePoint()); }));
}

TEST(Extremes, ATimeOfARateIsRefusedByNameOrKept) {
  const std::array members{std::pair("window", &RateOptions::window), std::pair("coolDown", &RateOptions::coolDown),
                           std::pair("longestCoolDown", &RateOptions::longestCoolDown),
                           std::pair("longestRetryAfter", &RateOptions::longestRetryAfter)};
  for (const auto& [name, member] : members) {
    for (const std::chrono::nanoseconds wait : waits) {
      RateOptions options;
      options.*member = wait;
      // The refusal of a coolDown above longestCoolDown names longestCoolDown, so that only the struct's name is
      // compared.
      if (isRefused("RateOptions::", [&] { RateLimiter(options, TimePoint()); })) continue;
      for (const TimePoint now : moments) exercise(options, now);
    }
    EXPECT_TRUE(isRefused("24 h", [&, member = member] {
      RateOptions options;
      options.*member = std::chrono::nanoseconds::max();
      RateLimiter(options, TimePoint());
    })) << name;
  }
}

TEST(Extremes, ABreakerOpensAndProbes) {
  for (const TimePoint now : moments) {
    for (const std::chrono::nanoseconds pause : waits) {
      if (pause <= std::chrono::nanoseconds(0)) continue;
      Breaker breaker(1, pause, std::chrono::nanoseconds::max());
      for (int i = 0; i < 80; ++i) breaker.noteFailure(now, i > 0);
      EXPECT_TRUE(breaker.isOpen());
      EXPECT_GE(breaker.probeAt(), now);
    }
  }
}

class FixedDelay : public BackoffPolicy {
 public:
  explicit FixedDelay(std::chrono::nanoseconds delay) : delay_(delay) {}
  std::chrono::nanoseconds delay(const BackoffContext&) const override { return delay_; }

 private:
  std::chrono::nanoseconds delay_;
};

TEST(Extremes, ARetryIsScheduledWithinReasonOrNotAtAll) {
  for (const TimePoint deadline : moments) {
    for (const TimePoint now : moments) {
      for (const std::chrono::nanoseconds wait : waits) {
        const NetworkSession session =
            NetworkSession().withBackoffPolicy(std::make_shared<FixedDelay>(wait)).withRetryBudget(nullptr);
        RetryState state({session.retryPolicy(), session.backoffPolicy(), session.retryBudget(), session.random()},
                         deadline);
        AttemptOutcome outcome;
        outcome.kind = FailureKind::throttle;
        outcome.retryAfter = wait;
        const RetryStep step = state.next(outcome, now);
        EXPECT_GE(step.delay, std::chrono::nanoseconds(0));
        EXPECT_LE(step.delay, 366 * 24h);
        if (deadline <= now && deadline != TimePoint::max()) EXPECT_EQ(step.ending, RetryEnding::deadline);
      }
    }
  }
}

TEST(Extremes, ABackoffIsNeverNegative) {
  using std::chrono::nanoseconds;
  const std::array times{nanoseconds::min(), nanoseconds(-1), nanoseconds(0),
                         nanoseconds(1),     nanoseconds(1h), unlimited};
  for (const nanoseconds base : times) {
    for (const nanoseconds cap : times) {
      for (const unsigned retry : {0U, 1U, 64U, std::numeric_limits<unsigned>::max()}) {
        const ExponentialBackoffPolicy policy({base, cap, base}, {cap, base, cap});
        BackoffContext context;
        context.retry = retry;
        context.random = 0.999;
        EXPECT_GE(policy.delay(context), std::chrono::nanoseconds(0));
        EXPECT_GE(BoxBackoffPolicy(base, nan).delay(context), std::chrono::nanoseconds(0));
      }
    }
  }
}

TEST(Extremes, ABudgetHoldsAnyCapacity) {
  for (const unsigned capacity : {0U, 1U, std::numeric_limits<unsigned>::max()}) {
    TokenRetryBudget budget(capacity);
    budget.deposit();
    EXPECT_EQ(budget.withdraw(AttemptOutcome()), capacity > 0);
    EXPECT_GE(budget.balance(), 0);
  }
}

TEST(Extremes, ATokensExpiryIsWithinTheClock) {
  using Wall = AccessToken::TimePoint;
  constexpr std::array walls{Wall::min(), Wall(), Wall::max()};
  for (const Wall now : walls) {
    const auto token = parseTokenResponse(R"({"access_token":"t","token_type":"bearer","expires_in":86400})", now);
    EXPECT_GE(*token->expiresAt(), now);
    for (const Wall expiry : walls) {
      TokenCache cache(24h);
      cache.renewed(std::make_shared<const AccessToken>(Secret("t"), expiry), now);
      cache.postponed(now);
      EXPECT_EQ(cache.need(nullptr, now) == TokenCache::Need::now, expiry <= now);
    }
  }
}

TEST(Extremes, APoolTakesAnyCountOrRefusesItByName) {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  EXPECT_TRUE(isRefused("PoolOptions::maxConnections", [] { NetworkSession().withPool({.maxConnections = most}); }));
  EXPECT_FALSE(isRefused("", [] {
    NetworkSession().withPool({.maxConnections = 65535,
                               .maxIdle = most,
                               .maxWaiters = most,
                               .maxRequests = most,
                               .idleTimeout = nanoseconds::max(),
                               .maxAge = nanoseconds::max()});
  }));
  PoolCore<std::unique_ptr<int>> core({65535, most, most});
  std::unique_ptr<int> item, surplus;
  EXPECT_EQ(core.acquire(false, item), PoolCore<std::unique_ptr<int>>::Decision::dial);
  EXPECT_EQ(core.release(std::make_unique<int>(1), TimePoint::max(), surplus), nullptr);
  EXPECT_EQ(core.acquire(false, item), PoolCore<std::unique_ptr<int>>::Decision::useIdle);
}

}  // namespace
}  // namespace box
