#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "box/bulk/bulk_termination.hpp"
#include "box/session_termination.hpp"
#include "box/support/asio.hpp"
#include "bulk/batch_sender.hpp"
#include "bulk/intake.hpp"
#include "bulk/scheduler.hpp"

namespace box {

/// One run: feeds the scheduler with entries and replies, sends its calls, writes its conclusions to the journal and tells
/// them. Everything in it happens on its strand; its coroutines keep it alive, and nothing else does.
class BulkRun : public std::enable_shared_from_this<BulkRun> {
 public:
  BulkRun(const asio::any_io_executor& strand, const SessionTerminationManager& manager, const BulkOptions& options,
          std::shared_ptr<BulkSource> source, std::shared_ptr<BulkListener> listener,
          std::shared_ptr<BulkJournal> journal);

  const asio::any_io_executor& strand() const noexcept { return strand_; }
  static asio::awaitable<BulkSummary> main(std::shared_ptr<BulkRun> self);
  /// Ends the run after the calls in flight, or at once.
  void interrupt(bool abort);

 private:
  using Clock = std::chrono::steady_clock;
  using TimePoint = Clock::time_point;
  struct Worker {
    asio::cancellation_signal signal;
  };
  class Leaving;
  class ReadEnd;
  class Settled;

  asio::awaitable<void> sleep(TimePoint until);
  void wake();
  void cancelFlights();
  void fail(BulkEnd end, std::string message);
  void failJournal(const char* what, const std::exception_ptr& error);

  void read();
  static asio::awaitable<bool> readChunk(std::shared_ptr<BulkRun> self);
  void takeChunk();

  void send(Scheduler::Call call);
  static asio::awaitable<void> work(std::shared_ptr<BulkRun> self, Scheduler::Call call);
  void replied(std::uint64_t call, CallReply reply);

  std::optional<BulkPast> past(std::uint64_t index);
  void settle();
  static asio::awaitable<void> write(std::shared_ptr<BulkRun> self, Scheduler::Conclusion conclusion);
  void lose(Scheduler::Conclusion& conclusion);
  void report(const Scheduler::Conclusion& conclusion);
  void tell(const BulkRow& row);
  TimePoint progressAt() const noexcept;
  void tellProgress(TimePoint now, bool last);
  std::optional<std::uint64_t> total();
  template <class Tell>
  void guarded(Tell tell);

  static asio::awaitable<void> close(std::shared_ptr<BulkRun> self);
  BulkSummary summary() const;
  std::chrono::nanoseconds elapsed(TimePoint now) const;

  const asio::any_io_executor strand_;
  const BulkOptions options_;
  const std::shared_ptr<BulkSource> source_;
  const std::shared_ptr<BulkListener> listener_;
  const std::shared_ptr<BulkJournal> journal_;
  const TimePoint startedAt_;

  Intake intake_;
  Scheduler scheduler_;
  const BatchSender sender_;
  BulkCounts counts_;
  std::vector<BulkEntry> chunk_;
  bool reading_ = false, exhausted_ = false, aborting_ = false, wakened_ = false;
  std::size_t unsettled_ = 0;
  std::set<std::uint64_t> unknownToJournal_;  // calls whose intent could not be written, and which were not sent
  std::set<std::uint64_t> unrecorded_;        // entries in a call whose verdict could not be written
  std::string journalFailure_;
  std::optional<TimePoint> toldAt_;
  asio::steady_timer wake_;  // main() sleeps on it
  asio::cancellation_signal readCancellation_;
  std::list<std::shared_ptr<Worker>> workers_;
};

}  // namespace box
