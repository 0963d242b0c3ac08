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

/// What one call came to, for all its entries alike.
enum class BulkVerdict : std::uint8_t {
  accepted,  ///< 202: final
  rejected,  ///< Box refused them, and each stood alone (or alone with its reason): final
  undone,  ///< Box has surely not done it (429, a batch that is to be split, not a byte sent): they are sent again, or were stopped
  inDoubt,  ///< nobody knows: they are sent again, or were given up
};

struct BulkVerdictDetails {
  BulkVerdict verdict = BulkVerdict::inDoubt;
  int status = 0;         ///< HTTP; 0: no response
  std::string code;       ///< Box's own code ("not_found"), or the name of our error; may be empty
  std::string message;    ///< one line, safe to log and to keep; may be empty
  std::string requestId;  ///< box-request-id; empty: none
};

/// What a journal knows of an entry from an earlier run.
struct BulkPast {
  enum class State : std::uint8_t { accepted, rejected, inDoubt };
  State state = State::inDoubt;
  std::chrono::system_clock::time_point sentAt{};  ///< inDoubt: of the last sending whose end is not known
  int status = 0;
  std::string code;
  std::string message;
  std::string requestId;
};

/// Where a bulk run writes what it is about to do and what came of it, and where the next run learns it from.
///
/// Per entry: accepted if a call with it was accepted; else rejected if one was rejected; else in doubt if a call with it
/// ended in doubt or has no verdict on record; else it is as if it had never been sent.
///
/// *Errors*: whatever intend() or settle() throws stops the run: nothing more is sent, what is in flight is waited for, and
/// the run ends as BulkEnd::journalFailed. *Threads*: one call at a time of past(), lastCall(), sentLately(), before the
/// first intend() or between; intend() and settle() come from one strand, several may be pending at once.
/// *Cancellation*: none is asked for; they complete by themselves, and soon.
class BOX_API BulkJournal {
 public:
  virtual ~BulkJournal() = default;

  /// Nothing: it is to be sent. Asked once for each valid entry that is no duplicate, ascending by index.
  virtual std::optional<BulkPast> past(std::uint64_t index) = 0;
  /// The highest call number on record; 0: none.
  virtual std::uint64_t lastCall() const = 0;
  /// When calls of earlier runs were sent, as far as that is within the last minute: so that two runs together keep the rate.
  virtual std::vector<std::chrono::system_clock::time_point> sentLately() const = 0;

  /// Completes when the intent is written (survives a kill); the call is sent only then.
  virtual asio::awaitable<void> intend(BulkCall call) = 0;
  /// Completes when the verdict is durable (synced, by groups); only then is it reported. `call.items` stay until then.
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
    corrupt,   ///< it was changed after it was written, or is none
    mismatch,  ///< it belongs to another list, host or account
    lost,      ///< a record could not be written, or not be made durable
  };
  JournalError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

/// What a journal belongs to. A run that goes on with it must bring the same. Texts of any kind, compared byte by byte: a
/// digest where the thing itself is secret or long.
struct JournalBinding {
  std::string target;   ///< "users" or "groups"
  std::string host;     ///< whom the calls go to
  std::string subject;  ///< in whose name
  std::string input;    ///< of the list: its digest
};

/// The first record of a journal.
struct JournalHeader {
  JournalBinding binding;
  /// What whoever goes on has to know, such as the list's path: kept in the clear, so nothing secret. At most 64.
  std::vector<std::pair<std::string, std::string>> notes;
  std::string job;                                  ///< 32 hex digits, drawn when the journal is made
  std::chrono::system_clock::time_point created{};  ///< set when the journal is made
};

/// When what was written is made safe against a loss of power. A killed process loses nothing in any mode.
enum class JournalSync : std::uint8_t {
  always,  ///< each record by itself, before the call goes out and before its verdict is reported
  group,   ///< verdicts before they are reported, several at once
  off,     ///< the system's business
};

/// Trivially copyable, so that braces may stand in a line with co_await.
struct JournalOptions {
  JournalSync sync = JournalSync::group;
  std::chrono::milliseconds groupWait = std::chrono::milliseconds(100);  ///< longest wait for others; 0: none
  unsigned groupRecords = 32;                                            ///< verdicts that end the wait, 1 or more
};

/// A journal as it lies in a file, without an end of it that was torn off in a crash.
class BOX_API JournalContents {
 public:
  /// *Errors*: JournalError. Needs no lock: a run may be writing, and what it has begun to write is left out.
  static JournalContents read(const std::string& path);

  const JournalHeader& header() const noexcept;
  /// The value of a note; empty: there is none.
  std::string note(std::string_view name) const;
  std::optional<BulkPast> past(std::uint64_t index) const;
  std::uint64_t lastCall() const noexcept;
  /// The last record says that every entry has a final state.
  bool finished() const noexcept;
  std::uint64_t size() const noexcept;  ///< bytes that are good
  std::uint64_t torn() const noexcept;  ///< bytes behind them, which are not

  struct Facts;
  explicit JournalContents(std::shared_ptr<const Facts> facts) noexcept : facts_(std::move(facts)) {}
  const Facts& facts() const noexcept { return *facts_; }

 private:
  std::shared_ptr<const Facts> facts_;
};

/// A journal in a file: one line a record, each with its number and checksum, appended only. The file is for its owner
/// alone (0600), locked as long as this object lives, and no symbolic link.
///
/// *Lifetime*: may go while intend() or settle() is under way. *Threads*: as BulkJournal.
class BOX_API FileJournal final : public BulkJournal {
 public:
  /// Makes a new one, wholly or not at all. Sets the header's `job` and `created`. *Errors*: JournalError; a file that is
  /// there already is left as it is.
  static std::shared_ptr<FileJournal> create(const std::string& path, JournalHeader header,
                                             JournalOptions options = JournalOptions());
  /// Goes on with one: cuts off an end that was torn off. *Errors*: JournalError, also where `binding` is another one.
  static std::shared_ptr<FileJournal> open(const std::string& path, const JournalBinding& binding,
                                           JournalOptions options = JournalOptions());

  /// What was in it when it was opened.
  const JournalContents& contents() const noexcept { return contents_; }

  std::optional<BulkPast> past(std::uint64_t index) override { return contents_.past(index); }
  std::uint64_t lastCall() const override { return contents_.lastCall(); }
  std::vector<std::chrono::system_clock::time_point> sentLately() const override;
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
