#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "box/bulk/journal_contents.hpp"

/// The text of a journal, without I/O. The header and each record are one line of ASCII, which ends with " *<crc>":
///
///   box-sessions-journal 1 <created> <job> <target> <host> <subject> <input> [<name>=<value>]...
///   <n> S <call> <ms> <indices>                             the call is about to be sent
///   <n> V <call> <ms> <a|r|u|d> <status> <code> <request id> <message>  a accepted, r rejected, u not done, d in doubt
///   <n> X <ms> <finished|stopped>                           the run ended
///   <n> N <ms> <name>=<value>...                            another run continues
///
/// n counts the lines after the header from 1; times are milliseconds since 1970; indices are ranges, such as "0-4,6".
/// Texts are percent-encoded; "-" is the empty text. The checksum is a CRC32C of the text before it and of the header's
/// own checksum, so a line from another journal has a wrong checksum; where a line is missing, repeated or out of
/// order, a number is wrong. It is not a signature: anybody who may write the file can compute it.
namespace box::inline v0_1 {

/// The longest line, with its line feed. A call has at most 10,000 entries, whose line is much shorter.
inline constexpr std::size_t maxJournalLine = 1024 * 1024;
/// All indices are less than this.
inline constexpr std::uint64_t maxJournalIndex = std::uint64_t{1} << 62;

/// Makes lines, each of which is to be appended by one write.
class JournalPen {
 public:
  /// For a new journal. header() must be called first.
  JournalPen() = default;
  /// Continues after `records` records.
  JournalPen(std::uint32_t headerChecksum, std::uint64_t records) : salt_(headerChecksum), records_(records) {}

  /// The first line. *Errors* of header() and record(): JournalError if the line is too long; of header() also if there
  /// are more than 64 notes.
  std::string header(const JournalHeader& header);
  /// The next record.
  std::string record(std::string_view payload);

 private:
  std::uint32_t salt_ = 0;
  std::uint64_t records_ = 0;
};

/// The content of a record that says that the call is about to be sent, for JournalPen::record().
std::string intentPayload(const BulkCall& call, std::chrono::system_clock::time_point now);
/// The content of a record that has the result of a call.
std::string verdictPayload(std::uint64_t call, const BulkVerdictDetails& verdict,
                           std::chrono::system_clock::time_point now);
/// The content of a record about a run that continues the journal.
std::string notePayload(const std::vector<std::pair<std::string, std::string>>& notes,
                        std::chrono::system_clock::time_point now);
/// The content of a record that has the end of a run. `finished`: as in BulkJournal::close().
std::string endPayload(bool finished, std::chrono::system_clock::time_point now);

/// The contents of a journal. Entries are stored as ranges, so that the memory grows with the number of calls, not of
/// entries.
struct JournalFacts {
  /// Consecutive entries that have the same state.
  struct Span {
    std::uint64_t last = 0;  ///< the last entry's index
    std::uint64_t call = 0;  ///< the call that decides their state
  };

  JournalHeader header;
  std::uint32_t headerChecksum = 0;
  std::uint64_t records = 0;
  std::uint64_t size = 0, truncated = 0;
  std::uint64_t lastCall = 0;
  bool finished = false;
  std::vector<JournalCall> calls;
  std::vector<JournalContinuation> continuations;
  std::vector<JournalEnd> ends;
  std::unordered_map<std::uint64_t, BulkPast> outcomes;  ///< by call
  std::map<std::uint64_t, Span> spans;                   ///< by their first index; they do not overlap

  /// The state of this entry; unset: no call had it, or the calls that had it were not carried out.
  std::optional<BulkPast> past(std::uint64_t index) const;
  /// How Box refused a call with this entry: the latest one that it refused. Unset if it refused none, or if another
  /// call gave the entry a state.
  std::optional<BulkPast> refusal(std::uint64_t index) const;

  /// JournalContents is the public form of the facts. These two functions convert one into the other.
  static const JournalFacts& of(const JournalContents& contents) noexcept { return *contents.facts_; }
  static JournalContents contents(std::shared_ptr<const JournalFacts> facts) noexcept {
    return JournalContents(std::move(facts));
  }

 private:
  /// What the journal says about an entry; null: nothing.
  const BulkPast* find(std::uint64_t index) const;
};

/// Reads a journal piece by piece.
class JournalParser {
 public:
  /// `name`: the name of the file, for errors. *Errors* of all functions: JournalError::Kind::corrupt.
  explicit JournalParser(std::string name) : name_(std::move(name)) {}

  /// Takes the next bytes of the file, in pieces of any size.
  void feed(std::string_view bytes);
  /// The file has ended. If the last bytes are not a valid record, a crash has cut them short, and they count as not
  /// written.
  JournalContents finish();

 private:
  // Ranges of indices, each with its first and its last one.
  using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  struct Intent {
    Ranges ranges;
    std::size_t call = 0;  ///< its place in JournalFacts::calls
  };

  void take(std::string_view line);
  void takeHeader(std::string_view line);
  bool takeRecord(std::string_view payload);
  static std::optional<Ranges> rangesIn(std::string_view list);
  bool takeIntent(const std::vector<std::string_view>& words);
  bool takeVerdict(const std::vector<std::string_view>& words);
  bool takeNotes(const std::vector<std::string_view>& words);
  void assign(std::uint64_t call, const Intent& intent, BulkPast past);
  [[noreturn]] void refuse(const std::string& reason) const;

  std::string name_;
  std::string line_;
  bool overlong_ = false;
  std::uint64_t lineNumber_ = 1;
  std::uint64_t badLine_ = 0;  // the first line that is not a valid record; 0: all are valid
  std::uint64_t fed_ = 0;
  std::shared_ptr<JournalFacts> facts_ = std::make_shared<JournalFacts>();
  std::unordered_map<std::uint64_t, Intent> open_;  // calls without a verdict
};

}  // namespace box::inline v0_1
