#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/file_journal.hpp>

#include "cli/entries.hpp"

namespace box::cli {

/// What a report says about the state accepted.
inline constexpr std::string_view acceptedMeans =
    "Accepted does not mean ended: Box ends sessions later, in the background. The admin events of the enterprise can "
    "show that somebody has signed in again, but not that nobody has.";

/// Who has begun or continued a run. An empty text: not known.
struct RunOrigin {
  std::chrono::system_clock::time_point begun{};
  std::string person, machine;
  std::string program;  ///< its version
  std::string account;  ///< whose the credentials were
  std::string leftOut;  ///< who was left out of the list, in words; empty: nobody
};

/// What a journal says about a run as a whole. The texts are not yet fit to be shown. The origin is that of its
/// beginning.
struct RunFacts : RunOrigin {
  using TimePoint = std::chrono::system_clock::time_point;

  Target target = Target::users;
  std::string journal, list;           ///< paths
  std::string host;                    ///< where the calls went
  std::string asUser;                  ///< empty: as the user of the credentials
  std::vector<RunOrigin> continued{};  ///< by whom the run was continued, in order
  std::optional<TimePoint> ended;      ///< time of the last record; not set: the journal has only its header
  bool finished = false;
  bool stopped = false;  ///< it has not finished, and its last run has recorded that it ended
  std::string resume;    ///< the command that continues a run that has not finished
  std::uint64_t calls = 0, limited = 0;
  int lastStatus =
      0;  ///< of a run that has not finished: the status of its last call; 0: it was accepted, or had no answer
};

/// "2026-11-29 05:12:34 UTC by ann on desk with box-sessions 0.1.0". As the other texts, it is not yet fit to be shown.
std::string inWords(const RunOrigin& origin);
/// The same about a run that continued another, with the owner of its credentials.
std::string continuedText(const RunOrigin& origin);

/// How the operator continues a run that has not finished, a sentence; empty: it has finished.
std::string howToContinue(const RunFacts& facts);
/// Where all of those are listed who were left out of the list, a sentence; empty: nobody was.
std::string whoIsLeftOut(const RunFacts& facts);

/// Why a run has not finished, as far as its last call tells; may be empty.
std::string whyNotFinished(const RunFacts& facts);

/// `isSettled`: whether every entry of the list that was to be sent has its final state. Such a run is finished also
/// where its end is not on record.
RunFacts factsOf(const JournalContents& contents, Target target, std::string journal, std::string list,
                 bool isSettled = false);

/// Records in the header who was left out of the list, for factsOf(). `lines`: in words.
void noteLeftOut(JournalHeader& header, const std::vector<std::string>& lines);
/// Records in the header who begins a run and with which program, for factsOf().
void noteOrigin(JournalHeader& header);

/// A row of a report: an entry, and the time at which it reached its state.
struct ReportRow {
  BulkRow row;
  std::optional<std::chrono::system_clock::time_point> time;
};

/// Counts entries by state and reason.
class ReasonTally {
 public:
  struct Reason {
    BulkState state = BulkState::notSent;
    int status = 0;
    std::string code, message;
    std::uint64_t count = 0;
  };
  /// The number of different reasons; further ones are counted together without a text.
  static constexpr std::size_t most = 50;

  void add(const BulkRow& row);
  /// The reasons, most frequent first.
  std::vector<Reason> reasons() const;

 private:
  std::map<std::tuple<BulkState, int, std::string, std::string>, std::uint64_t> counts_;
};

}  // namespace box::cli
