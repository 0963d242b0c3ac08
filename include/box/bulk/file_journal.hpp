#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "box/bulk/journal.hpp"
#include "box/bulk/journal_contents.hpp"
#include "box/support/asio.hpp"
#include "box/support/clock.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// When records are made safe against a loss of power. If only the process is killed, no record is lost in any mode.
enum class JournalSync : std::uint8_t {
  /// Each record is synced without a wait for others: the intent before its call is sent, the verdict before it is
  /// reported.
  always,
  group,  ///< verdicts are synced before they are reported, several at once
  off,    ///< records are written, but not synced: the operating system decides when they reach the disk
};

/// How a journal's records are made durable. The type is trivially copyable, so that `{.groupRecords = 8}` may stand in
/// an expression with co_await although g++ 12 destroys such a temporary twice.
struct JournalOptions {
  JournalSync sync = JournalSync::group;  ///< when records are made durable
  /// With JournalSync::group, the longest time that a verdict waits for others, up to 1 h; 0: it does not wait.
  std::chrono::nanoseconds groupWait = std::chrono::milliseconds(100);
  unsigned groupRecords = 32;  ///< the wait ends when this many verdicts wait; 1 or more
};

/// A journal in a file. Each record is one line with its number and a checksum; records are only appended. Only the
/// owner may use the file (mode 0600). The path must not be a symbolic link, and other users must not be able to
/// replace the file in its folder (box/support/private_file.hpp has the rules). The file is locked until close() has
/// completed or this object is destroyed.
///
/// The checksums detect damage, truncated records and records of another journal. They are not signatures: the owner of
/// the file, and everybody whom the owner lets write it, can make records that Box never answered. Trust a journal as
/// you trust its owner.
///
/// *Lifetime*: may be destroyed while intend() or settle() is in progress. They hand the record to the operating system
/// at once, and a thread of the journal makes it durable (fsync). *Threads*: as for BulkJournal.
class BOX_API FileJournal final : public BulkJournal {
 public:
  /// Makes a new journal, wholly or not at all, and blocks until it is durable. Sets the header's `job` and `created`.
  /// `clock` gives the times in the journal; null: the system's clock. A run compares them with the clock of its
  /// session (NetworkSession::clock()), so give the same clock to both.
  /// *Errors*: JournalError; a file that exists already is left as it is. BoxSdkError with Errc::invalidConfiguration
  /// where `options` are unusable.
  static std::shared_ptr<FileJournal> create(const std::string& path, JournalHeader header,
                                             JournalOptions options = JournalOptions(),
                                             std::shared_ptr<const Clock> clock = nullptr);
  /// Opens an existing journal, which a run is to continue, and removes a last record that is not complete. Reads the
  /// whole file, and blocks while it reads. `clock`: as for create().
  /// *Errors*: JournalError, also where `binding` differs from that of the file; BoxSdkError as for create().
  static std::shared_ptr<FileJournal> open(const std::string& path, const JournalBinding& binding,
                                           JournalOptions options = JournalOptions(),
                                           std::shared_ptr<const Clock> clock = nullptr);

  /// Records that a run continues the journal, and what is to be known about that run: 1 to 64 notes, which must not
  /// contain secrets. Blocks until the record is handed to the operating system. *Errors*: JournalError.
  void note(const std::vector<std::pair<std::string, std::string>>& notes);

  /// The contents of the journal when it was opened.
  const JournalContents& contents() const noexcept { return contents_; }

  std::optional<BulkPast> past(std::uint64_t index) override { return contents_.past(index); }
  std::uint64_t lastCall() const override { return contents_.lastCall(); }
  std::vector<std::chrono::system_clock::time_point> recentCalls() const override;
  asio::awaitable<void> intend(BulkCall call) override;
  asio::awaitable<void> settle(BulkCall call, BulkVerdictDetails verdict) override;
  asio::awaitable<void> close(bool finished) override;

 private:
  friend std::shared_ptr<FileJournal> journalOn(std::unique_ptr<class JournalFile> file, JournalContents contents,
                                                JournalOptions options, std::shared_ptr<const Clock> clock);
  struct State;
  FileJournal(JournalContents contents, std::shared_ptr<State> state) noexcept;

  JournalContents contents_;
  std::shared_ptr<State> state_;
};

}  // namespace box::inline v0_1
