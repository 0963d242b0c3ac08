#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <box/bulk/file_journal.hpp>

namespace box::cli {

/// The calls of a run over time: for each of equal spans, how many ended in which way.
struct Timeline {
  using TimePoint = std::chrono::system_clock::time_point;

  struct Bar {
    std::uint64_t accepted = 0, rejected = 0;
    std::uint64_t limited = 0;  ///< answered with 429
    std::uint64_t failed = 0;   ///< no answer, or an answer that says nothing about the entries
    std::uint64_t total() const noexcept { return accepted + rejected + limited + failed; }
  };
  /// A time in which Box gave no usable answer: none, or a 5xx.
  struct Outage {
    TimePoint from{}, to{};
  };

  TimePoint start{}, end{};
  std::vector<Bar> bars;  ///< empty: the run made no calls
  std::vector<Outage> outages;

  std::chrono::nanoseconds barWidth() const noexcept;
  std::uint64_t highest() const noexcept;  ///< the highest total of all bars
};

/// Shorter outages are not shown, because a single call may wait this long.
inline constexpr std::chrono::seconds shortestOutage{10};

/// `most`: the number of bars, at least 1. A call counts at the time of its result, or without one at the time when it
/// was sent.
Timeline timelineOf(std::span<const JournalCall> calls, std::size_t most);

}  // namespace box::cli
