#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace box::soak {

/// Records how long calls took, to within 4 %, in constant memory. *Threads*: any.
class Latencies {
 public:
  void add(std::chrono::nanoseconds time) noexcept {
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(0, time / std::chrono::microseconds(1)));
    counts_[bucketOf(us)].fetch_add(1, std::memory_order_relaxed);
  }

  /// The time that this share of all calls did not exceed; zero if there were no calls.
  std::chrono::microseconds quantile(double share) const noexcept {
    std::uint64_t all = 0;
    for (const auto& count : counts_) all += count.load(std::memory_order_relaxed);
    const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(all));
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      before += counts_[i].load(std::memory_order_relaxed);
      if (before > rank || (before == all && all != 0)) return std::chrono::microseconds(upperEnd(i));
    }
    return std::chrono::microseconds(0);
  }

 private:
  static constexpr unsigned fineBits = 5;  // 32 steps for each doubling
  static constexpr std::uint64_t fine = 1U << fineBits;

  static std::size_t bucketOf(std::uint64_t us) noexcept {
    if (us < fine) return us;
    const auto doubling = static_cast<unsigned>(std::bit_width(us)) - fineBits - 1;
    return std::min<std::size_t>((doubling + 1) * fine + ((us >> doubling) - fine), buckets - 1);
  }
  static std::int64_t upperEnd(std::size_t bucket) noexcept {
    if (bucket < fine) return static_cast<std::int64_t>(bucket);
    const std::uint64_t doubling = bucket / fine - 1;
    return static_cast<std::int64_t>(((fine + bucket % fine + 1) << doubling) - 1);
  }

  static constexpr std::size_t buckets = 32 * fine;
  std::array<std::atomic<std::uint64_t>, buckets> counts_{};
};

}  // namespace box::soak
