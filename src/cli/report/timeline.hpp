#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <box/bulk/file_journal.hpp>

namespace box::cli {

/// The calls of a run over time: how many ended in which way in each of many equal spans.
struct Timeline {
  using TimePoint = std::chrono::system_clock::time_point;

  struct Bar {
    std::uint64_t accepted = 0, rejected = 0;
    std::uint64_t limited = 0;  ///< answered 429
    std::uint64_t failed = 0;   ///< no answer, or one that says nothing of the entries
    std::uint64_t total() const noexcept { return accepted + rejected + limited + failed; }
  };
  /// Box answered no call at all.
  struct Outage {
    TimePoint from{}, to{};
  };

  TimePoint start{}, end{};
  std::vector<Bar> bars;  ///< none: there were no calls
  std::vector<Outage> outages;

  std::chrono::nanoseconds barWidth() const noexcept;
  std::uint64_t highest() const noexcept;  ///< of all bars
};

/// An outage shorter than this is not shown: one call may wait so long.
inline constexpr std::chrono::seconds shortestOutage{10};

/// `most`: bars, 1 or more. Calls without a result count where they were sent, the others where their result came.
Timeline timelineOf(std::span<const JournalCall> calls, std::size_t most);

}  // namespace box::cli
