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
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// A journal cannot be used, or can no longer be written. what() names the file, the reason and the remedy.
class BOX_API JournalError : public std::runtime_error {
 public:
  /// What is wrong with a journal.
  enum class Kind : std::uint8_t {
    unusable,  ///< the file cannot be opened or made, or other users can use it
    locked,    ///< another run has it
    corrupt,   ///< it was changed after it was written, or is not a journal
    mismatch,  ///< it belongs to another list, host or account
    lost,      ///< a record could not be written, or not be made durable
  };
  /// `text`: what() gives it.
  JournalError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  /// What is wrong.
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
  JournalBinding binding;  ///< what it belongs to
  /// What a later run has to know, such as the list's path: it is not encrypted, so nothing secret. At most 64.
  std::vector<std::pair<std::string, std::string>> notes;
  std::string job;                                  ///< 32 hex digits, drawn when the journal is made
  std::chrono::system_clock::time_point created{};  ///< set when the journal is made
};

/// When records are made safe against a loss of power. A killed process loses nothing in any mode.
enum class JournalSync : std::uint8_t {
  always,  ///< each record by itself, before the call goes out and before its verdict is reported
  group,   ///< verdicts before they are reported, several at once
  off,     ///< never by the library: the system decides
};

/// How a journal's records are made durable. Trivially copyable, so that braces may stand in a line with co_await.
struct JournalOptions {
  JournalSync sync = JournalSync::group;  ///< when records are made durable
  /// With JournalSync::group, the longest wait of a verdict for others, up to 1 h; 0: none.
  std::chrono::nanoseconds groupWait = std::chrono::milliseconds(100);
  unsigned groupRecords = 32;  ///< verdicts that end the wait, 1 or more
};

/// A call as a journal has it.
struct JournalCall {
  std::uint64_t number = 0;                                        ///< as BulkCall::number
  std::uint64_t entries = 0;                                       ///< how many entries it named
  std::chrono::system_clock::time_point sentAt{};                  ///< when it was about to be sent
  std::optional<std::chrono::system_clock::time_point> settledAt;  ///< unset: no result is on record
  BulkVerdict verdict = BulkVerdict::inDoubt;                      ///< its result
  int status = 0;                                                  ///< HTTP; 0: no response
};

/// The end of a run, or of one that continued it.
struct JournalEnd {
  std::chrono::system_clock::time_point at{};  ///< when the run ended
  bool finished = false;                       ///< every entry had a final state
};

struct JournalFacts;

/// The contents of a journal's file, without a last record that a crash has cut short.
class BOX_API JournalContents {
 public:
  /// Reads the whole file, and blocks for that. It needs no lock: a run may be writing, and a record that it has only
  /// begun is left out. *Errors*: JournalError.
  static JournalContents read(const std::string& path);
  /// Reads a copy, such as a mail's attachment. Anybody may own or write the file, so use its contents for display
  /// only.
  static JournalContents readCopy(const std::string& path);

  /// Its first record.
  const JournalHeader& header() const noexcept;
  /// The value of the note with this name; empty where the journal has no such note.
  std::string note(std::string_view name) const;
  /// The state of the entry at this place in the list; unset: it has to be sent.
  std::optional<BulkPast> past(std::uint64_t index) const;
  /// The highest call number on record; 0: none.
  std::uint64_t lastCall() const noexcept;
  /// All calls, in the order in which they were sent.
  const std::vector<JournalCall>& calls() const noexcept;
  /// The ends of its runs that were recorded; a killed run has none.
  const std::vector<JournalEnd>& ends() const noexcept;
  /// Whether the last record says that every entry has a final state.
  bool finished() const noexcept;
  std::uint64_t size() const noexcept;            ///< bytes of whole and valid records
  std::uint64_t truncatedBytes() const noexcept;  ///< bytes after them: a record that was cut short

 private:
  friend struct JournalFacts;
  explicit JournalContents(std::shared_ptr<const JournalFacts> facts) noexcept : facts_(std::move(facts)) {}

  std::shared_ptr<const JournalFacts> facts_;
};

/// A journal in a file: one line a record, each with its number and checksum, appended only. The file is for its owner
/// alone (0600), locked as long as this object lives, and not a symbolic link; others may not replace it in its folder
/// (box/support/private_file.hpp has the rules).
///
/// The checksums find damage, cut ends and records of another journal. They are not signatures: the owner of the file,
/// and everybody whom the owner lets write it, can make records that Box never answered. Trust a journal as you trust
/// its owner.
///
/// *Lifetime*: may be destroyed while intend() or settle() is in progress. They write into the system's memory at once
/// and sync on a thread of the journal. *Threads*: as BulkJournal.
class BOX_API FileJournal final : public BulkJournal {
 public:
  /// Makes a new one, wholly or not at all, and blocks until it is durable. Sets the header's `job` and `created`.
  /// *Errors*: JournalError; a file that exists already is left as it is. BoxSdkError with Errc::invalidConfiguration
  /// where `options` are unusable.
  static std::shared_ptr<FileJournal> create(const std::string& path, JournalHeader header,
                                             JournalOptions options = JournalOptions());
  /// Continues one, after it has cut off a last record that is not whole. Reads the whole file, and blocks for that.
  /// *Errors*: JournalError, also where `binding` differs from the file's; BoxSdkError as create().
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

 private:
  friend std::shared_ptr<FileJournal> journalOn(std::unique_ptr<class JournalFile> file, JournalContents contents,
                                                JournalOptions options);
  struct State;
  FileJournal(JournalContents contents, std::shared_ptr<State> state) noexcept;

  JournalContents contents_;
  std::shared_ptr<State> state_;
};

}  // namespace box::inline v0_1
