#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
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
  std::uint64_t number = 0;              ///< from 1, counting on from the journal's lastCall(); each sending has its own
  std::span<const BulkItem> items{};     ///< ascending by index, with gaps
};

/// What one call came to, for all its entries alike.
enum class BulkVerdict : std::uint8_t {
  accepted,  ///< 202: final
  rejected,  ///< Box refused them, and each stood alone (or alone with its reason): final
  undone,    ///< Box has surely not done it (429, a batch that is to be split, not a byte sent): they are sent again, or were stopped
  inDoubt,   ///< nobody knows: they are sent again, or were given up
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

}  // namespace box
