#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "box/bulk/journal.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// A failure to use or to write a journal. what() has the reason, and in most cases the file and the remedy.
class BOX_API JournalError : public std::runtime_error {
 public:
  /// What is wrong with a journal.
  enum class Kind : std::uint8_t {
    unusable,  ///< the file cannot be opened or made, or other users can use it
    locked,    ///< another run uses it
    corrupt,   ///< it was changed after it was written, or is not a journal
    mismatch,  ///< it belongs to another list, host or account
    lost,      ///< a record could not be written, or could not be made durable
  };
  /// `text`: the result of what().
  JournalError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  /// What is wrong.
  Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

/// What a journal belongs to. A run that continues the journal must have the same binding. The members are texts of any
/// kind, which are compared byte by byte; use a digest instead of a text that is secret or long.
struct JournalBinding {
  std::string target;   ///< "users" or "groups"
  std::string host;     ///< the host to which the calls are sent
  std::string subject;  ///< the account in whose name they are sent
  std::string input;    ///< the digest of the list
};

/// The first record of a journal.
struct JournalHeader {
  JournalBinding binding;  ///< what it belongs to
  /// What a later run has to know, such as the path of the list; at most 64 notes. They are not encrypted, so they must
  /// not contain secrets.
  std::vector<std::pair<std::string, std::string>> notes;
  std::string job;                                  ///< 32 hex digits, chosen at random when the journal is made
  std::chrono::system_clock::time_point created{};  ///< set when the journal is made
};

/// A call as a journal records it.
struct JournalCall {
  std::uint64_t number = 0;                        ///< as BulkCall::number
  std::uint64_t entries = 0;                       ///< how many entries it named
  std::chrono::system_clock::time_point sentAt{};  ///< when it was about to be sent
  /// When its result was recorded; unset: no result is on record.
  std::optional<std::chrono::system_clock::time_point> settledAt;
  BulkVerdict verdict = BulkVerdict::inDoubt;  ///< its result
  int status = 0;                              ///< the HTTP status; 0: no response
};

/// A run that continued a journal.
struct JournalContinuation {
  std::chrono::system_clock::time_point at{};              ///< when it began
  std::vector<std::pair<std::string, std::string>> notes;  ///< what FileJournal::note() was given
};

/// The end of one run. A journal that was continued may have several.
struct JournalEnd {
  std::chrono::system_clock::time_point at{};  ///< when the run ended
  bool finished = false;                       ///< as in BulkJournal::close()
};

struct JournalFacts;

/// The contents of a journal's file, except for an incomplete last record, which a crash may leave.
class BOX_API JournalContents {
 public:
  /// Reads the whole file, and blocks while it reads. It takes no lock: a run may be writing the file, and a record
  /// that is not complete yet is left out. *Errors*: JournalError.
  static JournalContents read(const std::string& path);
  /// Reads a copy of a journal, such as an attachment of a mail. Anybody may own or write the file, so use its contents
  /// for display only. *Errors*: JournalError.
  static JournalContents readCopy(const std::string& path);

  /// The first record of the journal.
  const JournalHeader& header() const noexcept;
  /// The value of the note with this name; empty where the journal has no such note.
  std::string note(std::string_view name) const;
  /// The state of the entry at this place in the list; unset: it has to be sent.
  std::optional<BulkPast> past(std::uint64_t index) const;
  /// How Box refused a call with this entry: the latest one that it refused. Its `state` is notSent, because nothing
  /// was carried out and a later run sends the entry. Unset if Box refused no call with it, or if another call gave the
  /// entry a state.
  std::optional<BulkPast> refusal(std::uint64_t index) const;
  /// The highest call number on record; 0: none.
  std::uint64_t lastCall() const noexcept;
  /// All calls, in the order in which they were sent.
  const std::vector<JournalCall>& calls() const noexcept;
  /// The runs that continued the journal and called FileJournal::note(), in their order.
  const std::vector<JournalContinuation>& continuations() const noexcept;
  /// The recorded ends of its runs; a run that was killed has none.
  const std::vector<JournalEnd>& ends() const noexcept;
  /// Whether the last record says that the run is finished: JournalEnd::finished.
  bool finished() const noexcept;
  std::uint64_t size() const noexcept;            ///< the bytes of complete and valid records
  std::uint64_t truncatedBytes() const noexcept;  ///< the bytes after them: a record that was cut short

 private:
  friend struct JournalFacts;
  explicit JournalContents(std::shared_ptr<const JournalFacts> facts) noexcept : facts_(std::move(facts)) {}

  std::shared_ptr<const JournalFacts> facts_;
};

}  // namespace box::inline v0_1
