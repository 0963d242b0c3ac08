#pragma once

#include <chrono>
#include <type_traits>

namespace box::inline v0_1 {

/// `time` as a duration of another type, rounded towards zero; a value outside the range of that type becomes the
/// nearer end of the range, and NaN the longest duration. It is needed because hours::max() does not fit into
/// nanoseconds: chrono's own conversions and comparisons overflow there.
template <class To, class Rep, class Period>
constexpr To saturatingCast(std::chrono::duration<Rep, Period> time) noexcept {
  if constexpr (std::is_same_v<To, std::chrono::duration<Rep, Period>>) {
    return time;
  } else {
    const double ticks = std::chrono::duration<double, typename To::period>(time).count();
    if (!(ticks < static_cast<double>(To::max().count()))) return To::max();
    if (!(ticks > static_cast<double>(To::min().count()))) return To::min();
    return std::chrono::duration_cast<To>(time);
  }
}

/// The point in time that is `time` later than `start` (earlier if `time` is negative). A sum outside the clock's range
/// becomes the end of that range, so that the longest duration means "never".
template <class Clock, class Duration, class Rep, class Period>
constexpr std::chrono::time_point<Clock, Duration> after(std::chrono::time_point<Clock, Duration> start,
                                                         std::chrono::duration<Rep, Period> time) noexcept {
  using TimePoint = std::chrono::time_point<Clock, Duration>;
  const auto step = saturatingCast<Duration>(time);
  if (step >= Duration::zero()) return start > TimePoint::max() - step ? TimePoint::max() : start + step;
  return start < TimePoint::min() - step ? TimePoint::min() : start + step;
}

/// The time from `start` to `end`, negative where `end` is earlier; a difference that the type cannot hold becomes the
/// nearest value.
template <class Clock, class Duration>
constexpr Duration between(std::chrono::time_point<Clock, Duration> start,
                           std::chrono::time_point<Clock, Duration> end) noexcept {
  const Duration from = start.time_since_epoch(), to = end.time_since_epoch();
  if (from < Duration::zero() && to > Duration::max() + from) return Duration::max();
  if (from > Duration::zero() && to < Duration::min() + from) return Duration::min();
  return to - from;
}

}  // namespace box::inline v0_1
