#pragma once

#include <chrono>

#include "box/bulk/file_journal.hpp"

namespace box::test {

/// When a run of the tests began: 2023-11-14 22:13:20 UTC.
inline constexpr std::chrono::system_clock::time_point runStart{std::chrono::seconds(1'700'000'000)};

/// A call of that run for one entry, sent and settled so long after its start.
inline JournalCall journalCall(std::chrono::seconds sent, std::chrono::seconds settled, BulkVerdict verdict,
                               int status) {
  JournalCall out;
  out.entries = 1;
  out.sentAt = runStart + sent;
  out.settledAt = runStart + settled;
  out.verdict = verdict;
  out.status = status;
  return out;
}

}  // namespace box::test
