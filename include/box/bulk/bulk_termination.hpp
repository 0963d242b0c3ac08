#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "box/bulk/journal.hpp"
#include "box/bulk/rate_limiter.hpp"
#include "box/error.hpp"
#include "box/session_termination.hpp"
#include "box/support/asio.hpp"
#include "box/support/deadline.hpp"
#include "box/support/export.hpp"

namespace box {

/// Whom a bulk run is about.
enum class BulkTarget : std::uint8_t { users, groups };

/// What became of an entry. Every entry of the source ends in exactly one of these.
enum class BulkState : std::uint8_t {
  accepted,   ///< Box answered 202: its job will run
  rejected,   ///< Box refused this very entry
  invalid,    ///< no id or login that could be sent
  duplicate,  ///< the same as an earlier entry, whose state holds for it
  inDoubt,    ///< sent, and nobody knows what became of it
  notSent,    ///< not sent, or surely not done: a later run may send it
};

/// Why a run ended.
enum class BulkEnd : std::uint8_t {
  finished,         ///< every entry was dealt with
  stopped,          ///< stop(), and what was in flight came to its end
  cancelled,        ///< abort()
  deadline,         ///< BulkOptions::deadline
  systemic,         ///< Box refuses everything alike: wrong scope, wrong account; see BulkSummary::message
  tooManyRejected,  ///< BulkOptions::rejectedShare
  unavailable,      ///< Box was down for longer than BulkOptions::outage
  failed,           ///< a failure that no repeat cures: token, certificate, configuration
  journalFailed,    ///< the journal could not be written
  sourceFailed,     ///< the source threw
  listenerFailed,   ///< the listener threw
};

BOX_API std::string_view toString(BulkState state) noexcept;
BOX_API std::string_view toString(BulkEnd end) noexcept;

/// What to do about entries that an earlier run has left in doubt.
enum class InDoubt : std::uint8_t {
  repeatFresh,  ///< those younger than BulkOptions::inDoubtAge are sent again, older ones are reported as in doubt
  repeat,       ///< all are sent again
  report,       ///< none is
};

/// Figures of a run; all have defaults. Trivially copyable, so that braces may stand in a line with co_await.
struct BulkOptions {
  BulkTarget target = BulkTarget::users;
  std::size_t batchSize = 100;  ///< entries a call, 1 to 10,000; Box tells no limit
  std::size_t concurrency = 8;  ///< calls in flight at most, 1 to 64
  RateOptions rate{};
  unsigned attempts = 5;  ///< of one batch, for failures that may pass; then it waits for the end and goes in halves
  Deadline deadline{};    ///< of the whole run; unset: never
  std::chrono::milliseconds callTimeout = std::chrono::seconds(60);
  std::chrono::milliseconds stopGrace = std::chrono::seconds(10);  ///< what stop() leaves to calls in flight
  unsigned breakerFailures = 10;  ///< in a row, over all calls, until nothing but one probe at a time goes out
  std::chrono::milliseconds breakerPause = std::chrono::seconds(5);  ///< before the first probe, then doubled
  std::chrono::milliseconds longestBreakerPause = std::chrono::seconds(60);
  std::chrono::milliseconds outage = std::chrono::minutes(30);  ///< without any answer, until the run gives up
  unsigned systemicBatches = 3;                                 ///< batches, and
  unsigned systemicSingles = 10;  ///< single entries refused alike, nothing accepted between, that stop a run; 0: never
  double rejectedShare = 0.5;     ///< of at least rejectedSample entries, that stops a run; 1: never
  std::uint64_t rejectedSample = 1000;
  InDoubt inDoubt = InDoubt::repeatFresh;
  std::chrono::milliseconds inDoubtAge = std::chrono::hours(24);
  std::chrono::milliseconds progressInterval = std::chrono::milliseconds(100);  ///< at least this
};
static_assert(std::is_trivially_copyable_v<BulkOptions>);

/// One entry as a source gives it.
struct BulkEntry {
  std::string value;  ///< users: an id, or a login (what has an @); groups: an id. Spaces around it are not cut off
  std::uint64_t line = 0;  ///< for the report; 0: unknown
  std::string fault;       ///< not empty: the source itself knows it to be unusable, and why
};

/// Where entries come from, in order, any number of them. A source is read once.
class BOX_API BulkSource {
 public:
  virtual ~BulkSource() = default;
  /// Appends up to `most` entries to `into`, at least one unless it returns false: there are no more (it may have appended
  /// the last ones then). One read at a time. *Errors*: end the run as sourceFailed. *Cancellation*: terminal.
  virtual asio::awaitable<bool> read(std::vector<BulkEntry>& into, std::size_t most) = 0;
  /// How many there will be, where that is known: for the time left.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

namespace detail {

template <class Range>
class RangeSource final : public BulkSource {
 public:
  explicit RangeSource(Range range) : range_(std::move(range)), next_(std::ranges::begin(range_)) {}
  RangeSource(const RangeSource&) = delete;
  RangeSource& operator=(const RangeSource&) = delete;

  asio::awaitable<bool> read(std::vector<BulkEntry>& into, std::size_t most) override {
    for (; most > 0 && next_ != std::ranges::end(range_); --most, ++next_) {
      BulkEntry& entry = into.emplace_back();
      entry.value = std::string(*next_);
      entry.line = ++line_;
    }
    co_return next_ != std::ranges::end(range_);
  }
  std::optional<std::uint64_t> size() const override {
    if constexpr (std::ranges::sized_range<const Range>) {
      return std::ranges::size(range_);
    } else {
      return std::nullopt;
    }
  }

 private:
  Range range_;
  std::ranges::iterator_t<Range> next_;
  std::uint64_t line_ = 0;
};

}  // namespace detail

/// Entries in memory. Lines are counted from 1.
BOX_API std::shared_ptr<BulkSource> bulkSource(std::vector<std::string> entries);
/// Entries of any range whose elements a std::string can be made of: a container, which is kept, or a view, which what it
/// looks at has to outlive the run. Each element is asked for once, when its turn comes.
template <std::ranges::input_range Range>
requires std::constructible_from<std::string, std::ranges::range_reference_t<Range>> std::shared_ptr<BulkSource>
bulkSource(Range range) {
  return std::make_shared<detail::RangeSource<Range>>(std::move(range));
}

/// The last word on one entry. Views hold during the call that hands it over.
struct BulkRow {
  std::uint64_t index = 0;
  std::uint64_t line = 0;
  std::string_view value;
  BulkState state = BulkState::notSent;
  int status = 0;                         ///< HTTP; 0: none
  std::string_view code;                  ///< Box's own code, or the name of our error
  std::string_view message;               ///< why, in one line; a server's text in it is cleaned
  std::string_view requestId;             ///< box-request-id
  std::uint64_t call = 0;                 ///< the call that settled it; 0: none of this run
  std::optional<std::uint64_t> original;  ///< duplicate: the index of the entry that it repeats
  bool fromJournal = false;               ///< an earlier run has settled it
};

struct BulkCounts {
  std::uint64_t accepted = 0, rejected = 0, invalid = 0, duplicate = 0, inDoubt = 0, notSent = 0;
  std::uint64_t total() const noexcept { return accepted + rejected + invalid + duplicate + inDoubt + notSent; }
};

/// How far a run is.
struct BulkProgress {
  BulkCounts counts;                   ///< final states so far
  std::uint64_t read = 0;              ///< entries taken from the source
  std::optional<std::uint64_t> total;  ///< BulkSource::size()
  std::uint64_t calls = 0;             ///< sent
  std::uint64_t throttled = 0;         ///< answered 429
  std::size_t inFlight = 0;
  double rate = 0;                       ///< calls a second, as allowed now
  std::chrono::milliseconds coolDown{};  ///< until calls go out again after a 429
  std::chrono::milliseconds outage{};    ///< how long Box has been down; 0: it is not
  std::chrono::milliseconds elapsed{};
  std::optional<std::chrono::milliseconds> timeLeft;  ///< an estimate, where the total is known
};

/// Learns of everything that happens in a run. Called on the run's strand; must not block. *Errors*: stop the run.
class BOX_API BulkListener {
 public:
  virtual ~BulkListener() = default;
  /// Once for each entry of the source that was read, as they are settled: not in order.
  virtual void onRow(const BulkRow&) {}
  /// At most once in BulkOptions::progressInterval, and once at the end.
  virtual void onProgress(const BulkProgress&) {}
};

struct BulkSummary {
  BulkEnd end = BulkEnd::finished;
  BulkCounts counts;             ///< of all entries read
  bool sourceExhausted = false;  ///< false: the source had more, which nobody looked at; they are not sent
  std::uint64_t calls = 0, throttled = 0;
  std::chrono::milliseconds elapsed{};
  std::string message;                 ///< why it ended so, in one line; empty: finished
  std::optional<BoxSdkError> failure;  ///< the error behind `failed`, `systemic` and `unavailable`
};

/// Ends the sessions of lists of any length: in batches, paced, around bad entries, through outages, accounted for.
///
/// Memory does not grow with the list but for what tells duplicates apart: at most 100 bytes an entry.
/// *Lifetime*: a run keeps what it needs; this object may go, and, as its client, has to before the io_context.
/// *Threads*: stop() and abort() from any; one run at a time.
class BOX_API BulkTermination {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration, naming the option.
  explicit BulkTermination(SessionTerminationManager manager, BulkOptions options = BulkOptions());

  /// Completes when every entry read has its row and the journal is closed. Anything but finished is told in the summary,
  /// not thrown. `listener` and `journal` may be null.
  /// *Cancellation*: terminal is abort() and then operation_aborted, thrown when all rows were given; total is stop().
  /// *Executor*: works on a strand of the awaiting coroutine's.
  asio::awaitable<BulkSummary> run(std::shared_ptr<BulkSource> source, std::shared_ptr<BulkListener> listener = nullptr,
                                   std::shared_ptr<BulkJournal> journal = nullptr) const;

  /// Sends nothing more; the run ends when what is in flight has, or after BulkOptions::stopGrace.
  void stop() const noexcept;
  /// Ends what is in flight at once as well.
  void abort() const noexcept;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace box
