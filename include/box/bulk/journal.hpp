#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "box/bulk/bulk_entry.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// An entry of a bulk run that may be sent: valid and not a duplicate.
struct BulkItem {
  std::uint64_t index = 0;  ///< its place in the source, from 0
  std::uint64_t line = 0;   ///< as the source gave it; 0: not given
  std::string value;        ///< the id or the login
};

/// One call of a bulk run. An entry may be in several calls, one after the other, but never in two at the same time.
struct BulkCall {
  /// From 1; numbers continue after the journal's lastCall(), and a call that is sent again has a new number.
  std::uint64_t number = 0;
  /// Its entries, in ascending order of their indexes, which need not be consecutive.
  std::span<const BulkItem> items{};
};

/// The result of one call, which holds for all its entries.
enum class BulkVerdict : std::uint8_t {
  accepted,  ///< 202: final
  rejected,  ///< Box refused a call with a single entry
  notDone,   ///< Box has certainly not carried it out (429, a batch that is to be split, no byte was sent)
  inDoubt,   ///< it is not known whether Box accepted it
};

/// The result of one call, and what Box said.
struct BulkVerdictDetails {
  BulkVerdict verdict = BulkVerdict::inDoubt;  ///< the result
  int status = 0;                              ///< the HTTP status; 0: no response
  std::string code;                            ///< Box's own code ("not_found"); empty: none
  std::string message;                         ///< one line, safe to log and to keep; may be empty
  std::string requestId;                       ///< box-request-id; empty: none
};

/// The state of an entry after an earlier run, as a journal has it.
struct BulkPast {
  BulkState state = BulkState::inDoubt;            ///< accepted, rejected or inDoubt; see JournalContents::refusal()
  std::chrono::system_clock::time_point sentAt{};  ///< for inDoubt: when the last call with an unknown result was sent
  int status = 0;                                  ///< the HTTP status; 0: no response
  std::string code;                                ///< Box's own code ("not_found"); empty: none
  std::string message;                             ///< why the entry has this state, in one line; may be empty
  std::string requestId;                           ///< Box's header box-request-id; empty: none
  /// When its result was recorded; the start of the epoch where the journal has no result for it.
  std::chrono::system_clock::time_point settledAt{};
};

/// The record of a bulk run: it has each call before the call is sent, and each result. The next run reads it.
///
/// The state of an entry: it is accepted if a call with it was accepted. Otherwise its state is that of the latest call
/// with it that was rejected or is in doubt; a call without a verdict on record is in doubt. An entry without such a
/// call counts as never sent.
///
/// *Errors*: an exception of past(), intend() or settle() stops the run: no further call is sent, the run waits for the
/// calls in flight, and it ends as BulkEnd::journalFailed. So does a run whose close() throws. The entries of a call
/// whose verdict could not be written are in doubt; an entry whose past could not be read is not sent. An exception of
/// lastCall() or recentCalls() is thrown by BulkTermination::run(), before anything was read or sent. *Threads*:
/// lastCall() and recentCalls() are called first, close() is called last. The others are called on the run's strand;
/// several calls of intend() and settle() may be pending when past() is called. *Cancellation*: the operations are
/// never cancelled; they must complete soon.
class BOX_API BulkJournal {
 public:
  virtual ~BulkJournal() = default;

  /// The state of an entry after earlier runs; unset: it has to be sent. Called in ascending order of indexes for each
  /// valid entry that is not a duplicate, and later a second time for an entry that ends as notSent.
  virtual std::optional<BulkPast> past(std::uint64_t index) = 0;
  /// The highest call number on record; 0: none.
  virtual std::uint64_t lastCall() const = 0;
  /// The times at which calls of earlier runs were sent, at least those of the last 24 hours, in any order. With them
  /// two runs together keep to the rate limit. Calls that are older than RateOptions::window do not count.
  virtual std::vector<std::chrono::system_clock::time_point> recentCalls() const = 0;

  /// A call is about to be sent. Completes when the intent is written so that it survives the end of the process; the
  /// call is sent only then.
  virtual asio::awaitable<void> intend(BulkCall call) = 0;
  /// A call has its result. Completes when the verdict is as durable as the journal makes it; several verdicts may be
  /// made durable together. The result is reported only after that. `call.items` are valid until then.
  virtual asio::awaitable<void> settle(BulkCall call, BulkVerdictDetails verdict) = 0;
  /// The run ends, because it is finished or was stopped; no call is in flight. `finished`: whether the run came to the
  /// end of its list, and no entry is in doubt or not sent.
  virtual asio::awaitable<void> close(bool finished) = 0;
};

}  // namespace box::inline v0_1
