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

/// One call of a bulk run. An entry may be in many calls, one after another, never in two at once.
struct BulkCall {
  std::uint64_t number = 0;           ///< from 1, counting on from the journal's lastCall(); each sending has its own
  std::span<const BulkItem> items{};  ///< its entries, ascending by index, with gaps
};

/// The result of one call, the same for all its entries.
enum class BulkVerdict : std::uint8_t {
  accepted,  ///< 202: final
  rejected,  ///< Box refused a single entry
  notDone,   ///< Box has certainly not carried it out (429, a batch that is to be split, not a byte sent)
  inDoubt,   ///< it is not known whether Box accepted it
};

/// The result of one call, and what Box said.
struct BulkVerdictDetails {
  BulkVerdict verdict = BulkVerdict::inDoubt;  ///< the result
  int status = 0;                              ///< HTTP; 0: no response
  std::string code;                            ///< Box's own code ("not_found"); empty: none
  std::string message;                         ///< one line, safe to log and to keep; may be empty
  std::string requestId;                       ///< box-request-id; empty: none
};

/// The state of an entry after an earlier run, as a journal has it.
struct BulkPast {
  BulkState state = BulkState::inDoubt;            ///< accepted, rejected or inDoubt
  std::chrono::system_clock::time_point sentAt{};  ///< inDoubt: of the last sending whose end is not known
  int status = 0;                                  ///< HTTP; 0: no response
  std::string code;                                ///< Box's own code ("not_found"); empty: none
  std::string message;                             ///< why, in one line; may be empty
  std::string requestId;                           ///< Box's header box-request-id; empty: none
  /// When its result was written; the start of the epoch where the journal has no result of it.
  std::chrono::system_clock::time_point settledAt{};
};

/// Where a bulk run writes each call before it is sent and each result, and where the next run learns them from.
///
/// The state of an entry: accepted if a call with it was accepted. Otherwise the latest call counts that was rejected
/// or in doubt; a call without a verdict on record is in doubt. An entry without such a call counts as never sent.
///
/// *Errors*: an exception of past(), intend() or settle() stops the run: nothing more is sent, the calls in flight are
/// waited for, and the run ends as BulkEnd::journalFailed. The entries of a call whose verdict could not be written are
/// in doubt; an entry whose past could not be read is not sent. An exception of lastCall() or recentCalls() is thrown
/// by BulkTermination::run(), before anything was read or sent.
/// *Threads*: lastCall() and recentCalls() come first, close() comes last. The others come from the run's strand;
/// past() also while intend() and settle() are pending, and several of those may be pending at once.
/// *Cancellation*: these are never cancelled; they must complete soon.
class BOX_API BulkJournal {
 public:
  virtual ~BulkJournal() = default;

  /// The state of an entry after earlier runs; unset: it has to be sent. Called for each valid entry that is not a
  /// duplicate, ascending by index, and later once more for an entry that the run did not send.
  virtual std::optional<BulkPast> past(std::uint64_t index) = 0;
  /// The highest call number on record; 0: none.
  virtual std::uint64_t lastCall() const = 0;
  /// When calls of earlier runs were sent, those of the last 24 hours at least, in any order: so that two runs together
  /// keep to the rate. Calls that are older than RateOptions::window do not count.
  virtual std::vector<std::chrono::system_clock::time_point> recentCalls() const = 0;

  /// A call is about to be sent. Completes when the intent is written (survives a kill); the call is sent only then.
  virtual asio::awaitable<void> intend(BulkCall call) = 0;
  /// A call has its result. Completes when the verdict is durable (synced, several at once); only then is it reported.
  /// `call.items` are valid until then.
  virtual asio::awaitable<void> settle(BulkCall call, BulkVerdictDetails verdict) = 0;
  /// The run ends, by itself or stopped; no call is in flight. `finished`: every entry has a final state.
  virtual asio::awaitable<void> close(bool finished) = 0;
};

}  // namespace box::inline v0_1
