#include "box/policy/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace box {
namespace {

/// Rounded towards zero and kept within what milliseconds hold.
std::chrono::milliseconds toMilliseconds(double milliseconds) {
  constexpr double longest = 1e12;  // about 30 years
  if (!(milliseconds > 0)) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(milliseconds, longest)));
}

double count(std::chrono::nanoseconds d) { return std::chrono::duration<double, std::milli>(d).count(); }

}  // namespace

ExponentialBackoffPolicy::ExponentialBackoffPolicy() : ExponentialBackoffPolicy(defaultTransient, defaultThrottle) {}

ExponentialBackoffPolicy::ExponentialBackoffPolicy(Curve transient, Curve throttle)
    : transient_(transient), throttle_(throttle) {}

std::chrono::milliseconds ExponentialBackoffPolicy::delay(const BackoffContext& context) const {
  const Curve& curve = context.kind == FailureKind::throttle ? throttle_ : transient_;
  const int doublings = static_cast<int>(std::min(context.retry, 64U)) - 1;
  const double ceiling = std::min(count(curve.cap), std::ldexp(count(curve.base), doublings));
  const double floor = std::min(count(curve.floor), ceiling);
  return toMilliseconds(floor + context.random * (ceiling - floor));
}

BoxBackoffPolicy::BoxBackoffPolicy(std::chrono::nanoseconds base, double randomizationFactor)
    : base_(base), factor_(std::clamp(randomizationFactor, 0.0, 1.0)) {}

std::chrono::milliseconds BoxBackoffPolicy::delay(const BackoffContext& context) const {
  const double middle = std::ldexp(count(base_), static_cast<int>(std::min(context.retry, 64U)));
  return toMilliseconds(middle * (1.0 - factor_ + 2.0 * factor_ * context.random));
}

}  // namespace box
