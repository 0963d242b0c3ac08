#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "box/bulk/bulk_entry.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box {

/// An entry of a bulk run that may be sent: valid, and not there before.
struct BulkItem {
  std::uint64_t index = 0;  ///< its place in the source, from 0
  std::uint64_t line = 0;   ///< as the source told it; 0: it did not
  std::string value;        ///< the id or the login
};

/// One call of a bulk run. An entry may be in many calls, one after another, never in two at once.
struct BulkCall {
  std::uint64_t number = 0;           ///< from 1, counting on from the journal's lastCall(); each sending has its own
  std::span<const BulkItem> items{};  ///< ascending by index, with gaps
};

/// The result of one call, the same for all its entries.
enum class BulkVerdict : std::uint8_t {
  accepted,  ///< 202: final
  rejected,  ///< Box refused a single entry
  notDone,   ///< Box has surely not done it (429, a batch that is to be split, not a byte sent)
  inDoubt,   ///< it is not known whether Box accepted it
};

struct BulkVerdictDetails {
  BulkVerdict verdict = BulkVerdict::inDoubt;
  int status = 0;         ///< HTTP; 0: no response
  std::string code;       ///< Box's own code ("not_found"); empty: none
  std::string message;    ///< one line, safe to log and to keep; may be empty
  std::string requestId;  ///< box-request-id; empty: none
};

/// The state of an entry after an earlier run, as a journal has it.
struct BulkPast {
  BulkState state = BulkState::inDoubt;            ///< accepted, rejected or inDoubt
  std::chrono::system_clock::time_point sentAt{};  ///< inDoubt: of the last sending whose end is not known
  int status = 0;
  std::string code;
  std::string message;
  std::string requestId;
  /// When its result was written; the start of the epoch where there is none.
  std::chrono::system_clock::time_point settledAt{};
};

/// Where a bulk run writes each call before it is sent and each result, and where the next run learns them from.
///
/// The state of an entry: accepted if a call with it was accepted. Otherwise the latest of its calls counts that was
/// rejected, ended in doubt, or has no verdict on record (in doubt). Otherwise it is as if it had never been sent.
///
/// *Errors*: an exception of past(), intend() or settle() stops the run: nothing more is sent, the calls in flight are waited
/// for, and the run ends as BulkEnd::journalFailed. The entries of a call whose verdict could not be written are in doubt; an
/// entry whose past could not be read is not sent. An exception of lastCall() or recentCalls() is thrown by
/// BulkTermination::run(), before anything was read or sent.
/// *Threads*: lastCall() and recentCalls() come first, close() comes last. The others come from the run's strand; past() also
/// while intend() and settle() are pending, and several of those may be pending at once.
/// *Cancellation*: none is asked for; they complete by themselves, and soon.
class BOX_API BulkJournal {
 public:
  virtual ~BulkJournal() = default;

  /// Nothing: it has to be sent. Asked for each valid entry that is no duplicate, ascending by index, and later once more
  /// for an entry that the run did not send.
  virtual std::optional<BulkPast> past(std::uint64_t index) = 0;
  /// The highest call number on record; 0: none.
  virtual std::uint64_t lastCall() const = 0;
  /// When calls of earlier runs were sent, those of the last 24 hours at least, in any order: so that two runs together keep
  /// the rate. Those further back than RateOptions::window do not count.
  virtual std::vector<std::chrono::system_clock::time_point> recentCalls() const = 0;

  /// Completes when the intent is written (survives a kill); the call is sent only then.
  virtual asio::awaitable<void> intend(BulkCall call) = 0;
  /// Completes when the verdict is durable (synced, several at once); only then is it reported. `call.items` stay until then.
  virtual asio::awaitable<void> settle(BulkCall call, BulkVerdictDetails verdict) = 0;
  /// The run ends, by itself or stopped; no call is in flight. `finished`: every entry has a final state.
  virtual asio::awaitable<void> close(bool finished) = 0;
};

/// A journal cannot be used, or can no longer be written. what() names the file, the reason and the remedy.
class BOX_API JournalError : public std::runtime_error {
 public:
  enum class Kind : std::uint8_t {
    unusable,  ///< the file cannot be opened or made, or others may use it
    locked,    ///< another run has it
    corrupt,   ///< it was changed after it was written, or is not a journal
    mismatch,  ///< it belongs to another list, host or account
    lost,      ///< a record could not be written, or not be made durable
  };
  JournalError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

/// What a journal belongs to. A run that continues it must bring the same. Texts of any kind, compared byte by byte: a
/// digest where the thing itself is secret or long.
struct JournalBinding {
  std::string target;   ///< "users" or "groups"
  std::string host;     ///< where the calls are sent
  std::string subject;  ///< the account in whose name they are sent
  std::string input;    ///< the digest of the list
};

/// The first record of a journal.
struct JournalHeader {
  JournalBinding binding;
  /// What a later run has to know, such as the list's path: kept in the clear, so nothing secret. At most 64.
  std::vector<std::pair<std::string, std::string>> notes;
  std::string job;                                  ///< 32 hex digits, drawn when the journal is made
  std::chrono::system_clock::time_point created{};  ///< set when the journal is made
};

/// When records are made safe against a loss of power. A killed process loses nothing in any mode.
enum class JournalSync : std::uint8_t {
  always,  ///< each record by itself, before the call goes out and before its verdict is reported
  group,   ///< verdicts before they are reported, several at once
  off,     ///< the system's business
};

/// Trivially copyable, so that braces may stand in a line with co_await.
struct JournalOptions {
  JournalSync sync = JournalSync::group;
  std::chrono::nanoseconds groupWait = std::chrono::milliseconds(100);  ///< longest wait for others, up to 1 h; 0: none
  unsigned groupRecords = 32;                                           ///< verdicts that end the wait, 1 or more
};

/// A call as a journal has it.
struct JournalCall {
  std::uint64_t number = 0;
  std::uint64_t entries = 0;
  std::chrono::system_clock::time_point sentAt{};
  std::optional<std::chrono::system_clock::time_point> settledAt;  ///< none: no result is on record
  BulkVerdict verdict = BulkVerdict::inDoubt;
  int status = 0;  ///< HTTP; 0: no response
};

/// The end of a run, or of one that continued it.
struct JournalEnd {
  std::chrono::system_clock::time_point at{};
  bool finished = false;  ///< every entry had a final state
};

/// The contents of a journal's file, without a last record that a crash has cut short.
class BOX_API JournalContents {
 public:
  /// Reads the whole file, and blocks for that. It needs no lock: a run may be writing, and a record that it has only begun
  /// is left out. *Errors*: JournalError.
  static JournalContents read(const std::string& path);
  /// The same for a copy, such as an attachment: whosever file it is and whoever may write it. Only to be shown.
  static JournalContents readCopy(const std::string& path);

  const JournalHeader& header() const noexcept;
  /// The value of a note; empty: there is none.
  std::string note(std::string_view name) const;
  std::optional<BulkPast> past(std::uint64_t index) const;
  std::uint64_t lastCall() const noexcept;
  /// All calls, in the order in which they were sent.
  const std::vector<JournalCall>& calls() const noexcept;
  /// The ends of its runs that were recorded; a killed run has none.
  const std::vector<JournalEnd>& ends() const noexcept;
  /// The last record says that every entry has a final state.
  bool finished() const noexcept;
  std::uint64_t size() const noexcept;            ///< bytes that are good
  std::uint64_t truncatedBytes() const noexcept;  ///< bytes after them: a record that was cut short

  struct Facts;
  explicit JournalContents(std::shared_ptr<const Facts> facts) noexcept : facts_(std::move(facts)) {}
  const Facts& facts() const noexcept { return *facts_; }

 private:
  std::shared_ptr<const Facts> facts_;
};

/// A journal in a file: one line a record, each with its number and checksum, appended only. The file is for its owner
/// alone (0600), locked as long as this object lives, and not a symbolic link; others may not replace it in its folder
/// (box/support/private_file.hpp has the rules).
///
/// The checksums find damage, cut ends and records of another journal. They are not signatures: the owner of the file, and
/// everybody whom the owner lets write it, can make records that Box never answered. Trust a journal as you trust its owner.
///
/// *Lifetime*: may go while intend() or settle() is in progress. They write into the system's memory at once and sync on a
/// thread of the journal. *Threads*: as BulkJournal.
class BOX_API FileJournal final : public BulkJournal {
 public:
  /// Makes a new one, wholly or not at all, and blocks until it is durable. Sets the header's `job` and `created`.
  /// *Errors*: JournalError; a file that exists already is left as it is. BoxSdkError with Errc::invalidConfiguration where
  /// `options` are unusable.
  static std::shared_ptr<FileJournal> create(const std::string& path, JournalHeader header,
                                             JournalOptions options = JournalOptions());
  /// Continues one, after it has cut off a last record that is not whole. Reads the whole file, and blocks for that.
  /// *Errors*: JournalError, also where `binding` is another one; BoxSdkError as create().
  static std::shared_ptr<FileJournal> open(const std::string& path, const JournalBinding& binding,
                                           JournalOptions options = JournalOptions());

  /// Its contents when it was opened.
  const JournalContents& contents() const noexcept { return contents_; }

  std::optional<BulkPast> past(std::uint64_t index) override { return contents_.past(index); }
  std::uint64_t lastCall() const override { return contents_.lastCall(); }
  std::vector<std::chrono::system_clock::time_point> recentCalls() const override;
  asio::awaitable<void> intend(BulkCall call) override;
  asio::awaitable<void> settle(BulkCall call, BulkVerdictDetails verdict) override;
  asio::awaitable<void> close(bool finished) override;

  struct State;
  FileJournal(JournalContents contents, std::shared_ptr<State> state) noexcept;

 private:
  JournalContents contents_;
  std::shared_ptr<State> state_;
};

}  // namespace box
