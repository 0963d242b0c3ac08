#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/file_journal.hpp>

#include "cli/entries.hpp"

namespace box::cli {

/// What a journal says of a run as a whole. Texts are as they stand in it: not yet fit to be shown.
struct RunFacts {
  using TimePoint = std::chrono::system_clock::time_point;

  Target target = Target::users;
  std::string journal, list;    ///< paths
  std::string host;             ///< where the calls went
  std::string account, asUser;  ///< whose credentials, and for whom; empty: not known, nobody
  std::string person, machine;  ///< who ran the program, and where; empty: not known
  std::string program;          ///< its version; empty: not known
  TimePoint begun{};
  std::optional<TimePoint> ended;  ///< of the last record; none: there is only the header
  bool finished = false;
  std::uint64_t calls = 0, limited = 0;
  std::size_t ends = 0;  ///< how many of its runs came to an end
};

RunFacts factsOf(const JournalContents& contents, Target target, std::string journal, std::string list);

/// Notes, for factsOf(), who begins a run and with which program.
void noteOrigin(JournalHeader& header);

/// A row of a report: an entry, and when its state came about.
struct ReportRow {
  BulkRow row;
  std::optional<std::chrono::system_clock::time_point> time;
};

/// How many entries are in which state for which reason.
class ReasonTally {
 public:
  struct Reason {
    BulkState state = BulkState::notSent;
    int status = 0;
    std::string code, message;
    std::uint64_t count = 0;
  };
  /// Reasons that are told apart; those after them are counted as one without words.
  static constexpr std::size_t most = 50;

  void add(const BulkRow& row);
  /// Most frequent first.
  std::vector<Reason> reasons() const;

 private:
  std::map<std::tuple<BulkState, int, std::string, std::string>, std::uint64_t> counts_;
};

/// "2026-11-29 05:10:11 UTC", and "2026-11-29T05:10:11Z".
std::string shownTime(std::chrono::system_clock::time_point time);
std::string isoTime(std::chrono::system_clock::time_point time);

}  // namespace box::cli
