#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "box/bulk/bulk_termination.hpp"

namespace box {

/// How long the rest of a run will take at the rate of now; none where the total or the end of an outage is not known.
inline std::optional<std::chrono::milliseconds> timeLeftOf(const BulkProgress& progress,
                                                           std::size_t batchSize) noexcept {
  if (!progress.total || progress.outage > std::chrono::milliseconds(0)) return std::nullopt;
  const std::uint64_t done = std::min(progress.counts.total(), *progress.total);
  const double calls = static_cast<double>(*progress.total - done) / static_cast<double>(batchSize);
  constexpr double longest = 1e9;  // seconds
  return progress.coolDown +
         std::chrono::milliseconds(static_cast<std::int64_t>(1000 * std::min(longest, calls / progress.rate)));
}

}  // namespace box
