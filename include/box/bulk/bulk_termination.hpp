#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "box/bulk/bulk_entry.hpp"
#include "box/bulk/journal.hpp"
#include "box/policy/rate_options.hpp"
#include "box/bulk/bulk_source.hpp"
#include "box/error.hpp"
#include "box/session_termination.hpp"
#include "box/support/asio.hpp"
#include "box/support/deadline.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Why a run ended.
enum class BulkEnd : std::uint8_t {
  finished,         ///< the list is at its end, and no call is left to send
  stopped,          ///< stop() was called, and the calls in flight have ended
  cancelled,        ///< abort() was called
  deadline,         ///< BulkOptions::deadline passed
  systemic,         ///< Box rejects all requests, or all of the last ones, the same way: wrong scope or account
  tooManyRejected,  ///< the share of rejected entries exceeded BulkOptions::rejectedShare
  unavailable,      ///< Box was down for longer than BulkOptions::longestOutage
  failed,           ///< a failure that retries do not change: token, certificate, configuration
  journalFailed,    ///< the journal could not be read or written
  sourceFailed,     ///< the source threw
  listenerFailed,   ///< the listener threw
};
/// The enumerator's name, "finished".
BOX_API std::string_view toString(BulkEnd end) noexcept;

/// What to do about entries that an earlier run left in doubt.
enum class InDoubt : std::uint8_t {
  retryFresh,  ///< those younger than BulkOptions::inDoubtAge are sent again, older ones are reported as in doubt
  retry,       ///< all are sent again
  report,      ///< they are reported, and not sent again
};

/// Options of a run; each has a default. Durations are 0 or more unless said otherwise; box::unlimited means "never".
/// The type is trivially copyable, so that `{.batchSize = 50}` may stand in an expression with co_await although g++ 12
/// destroys such a temporary twice.
struct BulkOptions {
  BulkTarget target = BulkTarget::users;  ///< whose sessions to end: entries are users, or groups
  std::size_t batchSize = 100;            ///< entries per call, 1 to 10,000; Box documents no limit
  /// Calls in flight at most, 1 to 64. Above PoolOptions::maxConnections, calls only wait for a connection.
  std::size_t concurrency = 8;
  RateOptions rate{};  ///< how fast calls are sent
  /// How many calls that fail for temporary reasons a batch gets, 1 or more. Not counted: a 429, the first call whose
  /// idle connection had been closed, and, while Box is down, a probe, unless its answer says that nothing was carried
  /// out (such as a 500). After `attempts` counted calls have failed, the batch is put off, and sent in halves at the
  /// end of the run, or earlier: once 64 batches or parts of them are put off, or once 64 calls wait for a retry and a
  /// further batch is ready. Each part of a batch that was put off gets at most two counted calls while it has several
  /// entries, and a single entry gets `attempts`. A single entry is not put off: it ends as in doubt or not sent.
  unsigned attempts = 5;
  Deadline deadline{};  ///< when the whole run must have ended; unset: never
  /// The time limit of one call; each retry is a new call. More than 0.
  std::chrono::nanoseconds callTimeout = std::chrono::seconds(60);
  /// How long calls in flight may continue after stop(), or after the run has ended early for another reason.
  std::chrono::nanoseconds stopGrace = std::chrono::seconds(10);
  /// Consecutive failures, over all calls, after which one call at a time probes Box; 1 or more.
  unsigned breakerFailures = 10;
  std::chrono::nanoseconds breakerPause =
      std::chrono::seconds(5);  ///< the pause before the first probe, doubled for each further one; more than 0
  /// The longest pause between probes; breakerPause or more.
  std::chrono::nanoseconds longestBreakerPause = std::chrono::seconds(60);
  /// The run ends as `unavailable` when Box has been down for this long. More than 0.
  std::chrono::nanoseconds longestOutage = std::chrono::minutes(30);
  /// The run ends as `systemic` when this many batches and systemicSingles single entries, in any order, were rejected
  /// with the same status, and no call between them was accepted or rejected with another status. If that status is 403
  /// and no call of the run was accepted before, one batch is enough, with the single entries; and if the list then
  /// ends before there were that many single entries, those that were sent are enough (at least one). The entries of
  /// these calls count as not sent, and a later run sends them, after the cause was removed. Any other single entry
  /// that Box refused gets its state from what comes next: after an accepted call it is `rejected`; after a call that
  /// is rejected with another status, or at the end of the list, it is `rejected` too, or `notSent` if Box refused the
  /// entry itself with 403 and no call of the run was accepted before; if the run ends early, it is `notSent`. An entry
  /// that was in doubt before gets `inDoubt` in place of `notSent`. 0 for one of the two options: no run ends as
  /// `systemic`, and each rejected entry counts as rejected at once.
  unsigned systemicBatches = 3;
  /// How many single entries must be rejected: see systemicBatches.
  unsigned systemicSingles = 10;
  /// The run ends as `tooManyRejected` when the share of rejected entries among the accepted and rejected ones is more
  /// than this, 0 to 1; 1: never.
  double rejectedShare = 0.5;
  /// How many entries must be accepted or rejected before rejectedShare can stop a run.
  std::uint64_t rejectedSample = 1000;
  bool retryRejected = false;             ///< whether entries that an earlier run recorded as rejected are sent again
  InDoubt inDoubt = InDoubt::retryFresh;  ///< what to do about entries that an earlier run left in doubt
  /// The age up to which InDoubt::retryFresh sends entries again; 0: no entry is sent again.
  std::chrono::nanoseconds inDoubtAge = std::chrono::hours(24);
  /// The shortest time between two calls of BulkListener::onProgress(); 0: at each change.
  std::chrono::nanoseconds progressInterval = std::chrono::milliseconds(100);
};
static_assert(std::is_trivially_copyable_v<BulkOptions>);

/// Whether a run with these options sends an entry again that has the state `past` after an earlier run.
BOX_API bool isSentAgain(const BulkOptions& options, const BulkPast& past,
                         std::chrono::system_clock::time_point now) noexcept;

/// The progress of a run.
struct BulkProgress {
  BulkCounts counts;                   ///< final states so far
  std::uint64_t read = 0;              ///< entries taken from the source
  std::optional<std::uint64_t> total;  ///< how many entries there will be, as BulkSource::size() says; unset: not known
  std::uint64_t calls = 0;      ///< calls begun so far, also those not sent because the journal cannot record them
  std::uint64_t throttled = 0;  ///< calls answered with 429
  std::size_t inFlight = 0;     ///< calls in progress
  double rate = 0;              ///< how many calls per second may be sent now
  /// After a 429, or a failure with Retry-After: the time until calls are sent again; 0: there is no pause now.
  std::chrono::nanoseconds coolDown{};
  std::chrono::nanoseconds outage{};   ///< how long Box has been down; 0: Box is not down
  int outageStatus = 0;                ///< in an outage: the HTTP status of the last answer; 0: there was no answer
  std::chrono::nanoseconds elapsed{};  ///< the time since the run began
  /// An estimate of the time left; unset where the total is not known, and during an outage, because its end
  /// is not known.
  std::optional<std::chrono::nanoseconds> timeLeft;
};

/// Receives the events of a run. Its functions are called on the run's strand and must not block. *Errors*: an
/// exception ends the run with BulkEnd::listenerFailed.
class BOX_API BulkListener {
 public:
  virtual ~BulkListener() = default;
  /// An entry has its final state. Called once for each entry that was read from the source, in the order in which the
  /// states become final, which is not that of the list. With a journal, an entry is reported as accepted or rejected
  /// only after the journal has recorded it; if the journal cannot be written, such an entry is in doubt.
  virtual void onRow(const BulkRow&) {}
  /// The run has progressed. Called at most once per BulkOptions::progressInterval, and once at the end.
  virtual void onProgress(const BulkProgress&) {}
};

/// How a run ended.
struct BulkSummary {
  BulkEnd end = BulkEnd::finished;     ///< why it ended
  BulkCounts counts;                   ///< the counts of all entries that were read
  bool sourceExhausted = false;        ///< false: the source may have more entries, which were neither read nor sent
  std::uint64_t calls = 0;             ///< how many calls were begun; see BulkProgress::calls
  std::uint64_t throttled = 0;         ///< how many calls were answered with 429
  std::chrono::nanoseconds elapsed{};  ///< the time from its start to its end
  /// Why it ended, in one line; for `listenerFailed`, the text of the listener's exception; empty: finished. If the
  /// listener throws for one of the last rows of a run that has ended for another reason, both are in it.
  std::string message;
  /// The error with which the run ended as `failed`, `systemic` or `unavailable`. Also set after `deadline`, and after
  /// `finished` with entries in doubt or not sent: then it is the last failure after the last accepted call. Unset
  /// where no call has failed after that one.
  std::optional<BoxSdkError> failure;
};

/// Asks Box to end the sessions of the users or groups in a list of any length. It sends the entries in batches at a
/// limited rate, finds the entries that Box refuses, waits for the end of outages, and gives each entry a state.
///
/// *Memory*: does not grow with the list, except for what finds duplicates: at most 100 bytes per entry.
/// *Lifetime*: a run keeps what it needs; this object may be destroyed.
/// *Threads*: stop() and abort() may be called from any thread; only one run at a time may be in progress.
class BOX_API BulkTermination {
 public:
  /// `manager`: the manager of the client that is to send the calls. *Errors*: BoxSdkError with
  /// Errc::invalidConfiguration; its text names the option.
  explicit BulkTermination(SessionTerminationManager manager, BulkOptions options = BulkOptions());

  /// Asks Box to end the sessions of all users or groups that `source` names. Completes when every entry that was read
  /// has its row, no read is in progress, and the journal is closed. An end other than `finished` is in the summary,
  /// not thrown. `listener` and `journal` may be null. *Errors*: BoxSdkError with Errc::invalidRequest where `source`
  /// is null or a run is in progress; the exceptions of the journal's lastCall() and recentCalls(). std::bad_alloc
  /// where there is no memory for the run itself: then entries may be without their rows; the journal has every call
  /// that was sent, and a call without a verdict counts as in doubt. *Cancellation*: terminal has the effect of
  /// abort(); then, after the last row, BoxSdkError with operation_aborted is thrown, with Fate::inDoubt where the run
  /// has begun a call and entries are accepted or in doubt. Total has the effect of stop(), if the coroutine lets it
  /// through: see SessionTerminationManager. *Executor*: works on a strand of the executor of the awaiting coroutine;
  /// each of its calls has another strand.
  asio::awaitable<BulkSummary> run(std::shared_ptr<BulkSource> source, std::shared_ptr<BulkListener> listener = nullptr,
                                   std::shared_ptr<BulkJournal> journal = nullptr) const;

  /// No further call is sent; the run ends with the last call in flight, or after BulkOptions::stopGrace.
  void stop() const noexcept;
  /// As stop(), but ends the calls in flight at once.
  void abort() const noexcept;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace box::inline v0_1
