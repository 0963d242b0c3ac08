#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>

#include "async/flight.hpp"
#include "async/signal.hpp"
#include "box/bulk/bulk_termination.hpp"
#include "box/session_termination.hpp"
#include "box/support/asio.hpp"
#include "box/support/clock.hpp"
#include "bulk/batch_sender.hpp"
#include "bulk/intake.hpp"
#include "bulk/run_journal.hpp"
#include "bulk/scheduler.hpp"

namespace box::inline v0_1 {

/// One run: feeds the scheduler with entries and replies, sends its calls, writes its conclusions to the journal and
/// reports them to the listener. It works on its strand only. Each call is a Flight on another strand: a strand runs
/// all its ready handlers in one handler of the event loop, and two TLS handshakes in one such handler would hold up
/// the caller's event loop for too long. Only the coroutines of the run keep it alive.
class BulkRun : public std::enable_shared_from_this<BulkRun> {
 public:
  BulkRun(const asio::any_io_executor& executor, const SessionTerminationManager& manager, const BulkOptions& options,
          std::shared_ptr<BulkSource> source, std::shared_ptr<BulkListener> listener,
          const std::shared_ptr<BulkJournal>& journal);

  const asio::any_io_executor& strand() const noexcept { return strand_; }
  /// Returns the summary. If there was no memory for the run, it throws std::bad_alloc or the like, but only after all
  /// that was in progress has ended.
  static asio::awaitable<BulkSummary> main(std::shared_ptr<BulkRun> self);
  /// Ends the run: at once if `abort` is true, else after the calls in flight.
  void interrupt(bool abort);

 private:
  using Steady = std::chrono::steady_clock;
  using TimePoint = Steady::time_point;
  struct Worker {
    std::shared_ptr<Flight<CallReply>> call;  // null until the journal has the intent
  };
  template <class Undo>
  class Ending;
  class ReadEnd;

  static asio::awaitable<void> feed(std::shared_ptr<BulkRun> self);
  void breakOff(const std::exception_ptr& failure) noexcept;
  asio::awaitable<void> sleep(TimePoint until);
  void wake();
  void cancelCalls();
  void fail(BulkEnd end, std::string message);

  void read();
  static asio::awaitable<bool> readChunk(std::shared_ptr<BulkRun> self);
  void takeInChunk() noexcept;
  void takeIn(BulkEntry& entry, Intake::WallTime now);

  void send(NextCall call);
  static asio::awaitable<void> work(std::shared_ptr<BulkRun> self, NextCall call, Worker& worker);
  static asio::awaitable<CallReply> perform(std::shared_ptr<BulkRun> self, BulkPart part, Worker& worker);

  static asio::awaitable<void> settle(std::shared_ptr<BulkRun> self);
  static asio::awaitable<void> write(std::shared_ptr<BulkRun> self, Conclusion conclusion);
  void report(const Conclusion& conclusion);
  void tell(const BulkRow& row);
  TimePoint progressAt() const noexcept;
  void tellProgress(TimePoint now, bool last);
  std::optional<std::uint64_t> total();
  template <class Tell>
  void guarded(Tell tell);

  BulkSummary summary() const;
  std::chrono::nanoseconds elapsed(TimePoint now) const;

  const asio::any_io_executor executor_, strand_;
  const BulkOptions options_;
  const std::shared_ptr<BulkSource> source_;
  const std::shared_ptr<BulkListener> listener_;
  const std::shared_ptr<const Clock> clock_;  // the session's: its time is compared with the times in the journal
  std::exception_ptr broken_;                 // why the run cannot give a summary
  const TimePoint startedAt_;

  RunJournal journal_;
  Intake intake_;
  Scheduler scheduler_;
  const std::shared_ptr<const BatchSender> sender_;
  BulkCounts counts_;
  std::vector<BulkEntry> chunk_;
  // Before this time no call is sent, because the source probably gives the rest of the batch at once.
  TimePoint noCallBefore_ = TimePoint::min();
  bool reading_ = false, exhausted_ = false, aborting_ = false;
  std::size_t unsettled_ = 0;
  std::optional<TimePoint> toldAt_;
  std::optional<std::string> lateFailure_;  // a failure of the listener after the scheduler had ended
  Signal changed_;                          // main() waits for it
  asio::cancellation_signal readCancellation_;
  std::list<Worker> workers_;
};

}  // namespace box::inline v0_1
