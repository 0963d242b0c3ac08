#include "box/policy/backoff.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace box::inline v0_1 {
namespace {

double count(std::chrono::nanoseconds d) { return std::chrono::duration<double, std::nano>(d).count(); }

/// The delay, which is at least zero, and so short that it can be added to any point in time.
std::chrono::nanoseconds delayOf(double nanoseconds) {
  constexpr double longest = 1e18;  // about 30 years
  if (!(nanoseconds > 0)) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(nanoseconds, longest)));
}

}  // namespace

ExponentialBackoffPolicy::ExponentialBackoffPolicy() : ExponentialBackoffPolicy(defaultTransient, defaultThrottle) {}

ExponentialBackoffPolicy::ExponentialBackoffPolicy(Curve transient, Curve throttle)
    : transient_(transient), throttle_(throttle) {}

std::chrono::nanoseconds ExponentialBackoffPolicy::delay(const BackoffContext& context) const {
  const Curve& curve = context.kind == FailureKind::throttle ? throttle_ : transient_;
  const int doublings = static_cast<int>(std::min(context.retry, 64U)) - 1;
  const double ceiling = std::min(count(curve.cap), std::ldexp(count(curve.base), doublings));
  const double floor = std::min(count(curve.floor), ceiling);
  return delayOf(floor + context.random * (ceiling - floor));
}

BoxBackoffPolicy::BoxBackoffPolicy(std::chrono::nanoseconds base, double randomizationFactor)
    : base_(base), factor_(std::clamp(randomizationFactor, 0.0, 1.0)) {}

std::chrono::nanoseconds BoxBackoffPolicy::delay(const BackoffContext& context) const {
  const double middle = std::ldexp(count(base_), static_cast<int>(std::min(context.retry, 64U)));
  return delayOf(middle * (1.0 - factor_ + 2.0 * factor_ * context.random));
}

}  // namespace box::inline v0_1
