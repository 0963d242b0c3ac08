#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "box/bulk/bulk_termination.hpp"
#include "box/support/time.hpp"

namespace box::inline v0_1 {

/// How long the rest of a run will take at the present rate; unset if the total number of entries is not known, and in
/// an outage.
inline std::optional<std::chrono::nanoseconds> timeLeftOf(const BulkProgress& progress,
                                                          std::size_t batchSize) noexcept {
  if (!progress.total || progress.outage > std::chrono::nanoseconds(0)) return std::nullopt;
  const std::uint64_t done = std::min(progress.counts.total(), *progress.total);
  const double calls = static_cast<double>(*progress.total - done) / static_cast<double>(batchSize);
  constexpr double longest = 1e9;  // seconds
  return progress.coolDown + saturatingCast<std::chrono::nanoseconds>(
                                 std::chrono::duration<double>(std::min(longest, calls / progress.rate)));
}

}  // namespace box::inline v0_1
