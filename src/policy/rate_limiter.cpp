#include "policy/rate_limiter.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "box/error.hpp"
#include "box/support/time.hpp"
#include "policy/jitter.hpp"

namespace box::inline v0_1 {

namespace {

using Seconds = std::chrono::duration<double>;

/// If the limit is larger than this, there is no limit: the list of the calls in a window would need memory and have no
/// effect.
constexpr double largestLimit = 1e7;

/// About one call a day; a lower rate is a mistake.
constexpr double slowest = 1e-5;
constexpr double fastest = 1e6;
constexpr std::chrono::nanoseconds longest = std::chrono::hours(24);

/// While the rate is between `carefulFrom` and `carefulTo` times a refused rate, it grows at the share `careful` of its
/// usual pace: a faster rate gains little, and a 429 costs the whole Retry-After.
constexpr double carefulFrom = 0.85, carefulTo = 1.1, careful = 0.1;

void require(bool holds, const char* what) {
  if (!holds) throw BoxSdkError(Errc::invalidConfiguration, std::string("RateOptions::") + what);
}

const RateOptions& checked(const RateOptions& o) {
  // The conditions are written so that NaN does not fulfil them.
  require(o.start >= slowest, "start must be at least 0.00001 calls a second");
  require(o.cap >= slowest, "cap must be at least 0.00001 calls a second");
  require(o.floor >= slowest, "floor must be at least 0.00001 calls a second");
  require(o.increase >= 0 && o.increase <= fastest, "increase must be from 0 to 1000000");
  require(o.decrease > 0 && o.decrease <= 1, "decrease must be more than 0 and at most 1");
  require(o.window > o.window.zero() && o.window <= longest, "window must be more than 0 and at most 24 h");
  require(o.coolDown >= o.coolDown.zero() && o.coolDown <= longest, "coolDown must be from 0 to 24 h");
  require(o.longestCoolDown >= o.coolDown && o.longestCoolDown <= longest,
          "longestCoolDown must be from coolDown to 24 h");
  require(o.longestRetryAfter >= o.longestRetryAfter.zero() && o.longestRetryAfter <= longest,
          "longestRetryAfter must be from 0 to 24 h");
  return o;
}

}  // namespace

RateLimiter::RateLimiter(const RateOptions& options, TimePoint now)
    : options_(checked(options)),
      rate_(std::min(options.start, options.cap)),
      grownAt_(now),
      nextAt_(now),
      coolDownUntil_(now),
      decreasedAt_(TimePoint::min()) {
  options_.floor = std::min(options_.floor, options_.cap);
  const double limit = std::floor(options_.cap * Seconds(options_.window).count() + 1e-9);
  if (limit < largestLimit) limit_ = static_cast<std::size_t>(std::max(1.0, limit));
}

void RateLimiter::countEarlier(TimePoint at) {
  if (!limit_) return;
  ends_.insert(std::upper_bound(ends_.begin(), ends_.end(), at), at);
}

RateLimiter::TimePoint RateLimiter::next(TimePoint now) {
  TimePoint at = std::max(nextAt_, coolDownUntil_);
  if (!limit_) return at;
  const std::size_t counted = inWindow(now);
  if (counted < *limit_) return at;
  // This index in ends_ is that of the last call that must leave the window.
  const std::size_t leaving = counted - *limit_;
  if (leaving >= ends_.size()) return TimePoint::max();
  return std::max(at, after(ends_[leaving], options_.window));
}

void RateLimiter::sent(TimePoint now) {
  grow(now);
  ++inFlight_;
  // Rounded up, so that the spacing alone never allows one call more than the limit in a window.
  nextAt_ = after(now, std::chrono::duration<double, std::nano>(std::ceil(1e9 / rate_)));
}

void RateLimiter::replied(TimePoint now) {
  throttlesInARow_ = 0;
  if (inFlight_ > 0) --inFlight_;
  if (limit_) ends_.push_back(now);
}

void RateLimiter::throttled(TimePoint sentAt, std::optional<std::chrono::nanoseconds> retryAfter, double random,
                            TimePoint now) {
  if (inFlight_ > 0) --inFlight_;
  if (limit_) ends_.push_back(now);
  grow(now);
  // A call that was in progress at the last decrease gives no information about the rate since then.
  if (sentAt >= decreasedAt_) {
    // The server counts calls over a period, and most calls in it were sent before the present rate was reached.
    const double counted = static_cast<double>(inWindow(now)) / Seconds(options_.window).count();
    refused_ = limit_ ? std::min(rate_, counted) : rate_;
    rate_ = std::max(options_.floor, rate_ * options_.decrease);
    decreasedAt_ = now;
    if (!retryAfter) ++throttlesInARow_;
  }
  if (retryAfter) return pause(*retryAfter, random, now);
  const int doublings = static_cast<int>(std::min(throttlesInARow_, 20U)) - 1;
  const auto wait = saturatingCast<std::chrono::nanoseconds>(options_.coolDown * std::pow(2.0, std::max(0, doublings)));
  coolDown(std::min(wait, options_.longestCoolDown), random, now);
}

void RateLimiter::pause(std::chrono::nanoseconds asked, double random, TimePoint now) {
  coolDown(std::clamp(asked, std::chrono::nanoseconds(0), options_.longestRetryAfter), random, now);
}

void RateLimiter::coolDown(std::chrono::nanoseconds wait, double random, TimePoint now) {
  coolDownUntil_ = std::max(coolDownUntil_, after(now, withJitter(wait, random)));
  grownAt_ = std::max(grownAt_, coolDownUntil_);
}

std::size_t RateLimiter::inWindow(TimePoint now) {
  while (!ends_.empty() && after(ends_.front(), options_.window) <= now) ends_.pop_front();
  return inFlight_ + ends_.size();
}

double RateLimiter::rate(TimePoint now) {
  grow(now);
  return rate_;
}

void RateLimiter::grow(TimePoint now) {
  if (now <= grownAt_) return;
  double seconds = Seconds(between(grownAt_, now)).count();
  grownAt_ = now;
  const auto growTo = [&](double end, double pace) {
    if (rate_ >= end) return;
    const double needed = (end - rate_) / pace;
    rate_ = needed <= seconds ? end : rate_ + pace * seconds;
    seconds = std::max(0.0, seconds - needed);
  };
  if (refused_) {
    growTo(carefulFrom * *refused_, options_.increase);
    growTo(carefulTo * *refused_, options_.increase * careful);
    if (rate_ >= carefulTo * *refused_) refused_.reset();
  }
  rate_ = std::min(options_.cap, rate_ + options_.increase * seconds);
}

}  // namespace box::inline v0_1
