#include "box/bulk/bulk_termination.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/busy.hpp"
#include "async/context_end.hpp"
#include "async/flight.hpp"
#include "async/wait.hpp"
#include "async/waiter.hpp"
#include "bulk/bulk_options.hpp"
#include "bulk/bulk_run.hpp"
#include "support/operation_error.hpp"

namespace box::inline v0_1 {

namespace {

/// The details of the error of a run that its caller cancelled.
ErrorDetails detailsOf(const BulkSummary& summary) {
  const BulkCounts& counts = summary.counts;
  ErrorDetails details;
  if (summary.calls > 0 && (counts.accepted > 0 || counts.inDoubt > 0)) details.fate = Fate::inDoubt;
  details.operation = "BulkTermination::run";
  details.context = "of " + std::to_string(counts.total()) + " entries read, " + std::to_string(counts.accepted) +
                    " accepted, " + std::to_string(counts.inDoubt) + " in doubt, " + std::to_string(counts.notSent) +
                    " not sent";
  details.elapsed = summary.elapsed;
  return details;
}

}  // namespace

/// The state that a BulkTermination shares with its call of run() in progress.
struct BulkTermination::Shared {
  Shared(SessionTerminationManager m, const BulkOptions& o) : manager(std::move(m)), options(checked(o)) {}

  const SessionTerminationManager manager;
  const BulkOptions options;
  // Whether a call of run() is in progress; it begins before the member `run` is set, and ends after it is reset.
  std::atomic<bool> busy{false};
  // How often stop() and abort() were called: so a run knows of a call that came before its coroutine began.
  std::atomic<unsigned> stops{0}, aborts{0};
  std::mutex mutex;  // protects the members after it
  std::weak_ptr<BulkRun> run;
  std::shared_ptr<ContextEnd> contextEnd;  // of the run

  static asio::awaitable<BulkSummary> perform(std::shared_ptr<Shared> shared, std::shared_ptr<BulkSource> source,
                                              std::shared_ptr<BulkListener> listener,
                                              std::shared_ptr<BulkJournal> journal, unsigned stops, unsigned aborts);
  void interrupt(bool abort) noexcept;
};

asio::awaitable<BulkSummary> BulkTermination::Shared::perform(std::shared_ptr<Shared> shared,
                                                              std::shared_ptr<BulkSource> source,
                                                              std::shared_ptr<BulkListener> listener,
                                                              std::shared_ptr<BulkJournal> journal, unsigned stops,
                                                              unsigned aborts) {
  if (!source) throw operationError(Errc::invalidRequest, "BulkTermination::run", "source is null");
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    // It came before the run, and will not end the wait below.
    throw operationError(asio::error::operation_aborted, "BulkTermination::run", "before anything was sent");
  }
  const Busy busy(shared->busy, "BulkTermination::run", "a run");
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto run = std::make_shared<BulkRun>(executor, shared->manager, shared->options, std::move(source),
                                       std::move(listener), journal);
  {
    const std::lock_guard lock(shared->mutex);
    shared->run = run;
    shared->contextEnd = ContextEnd::of(executor);
  }
  const asio::any_io_executor strand = run->strand();
  const bool isAborted = shared->aborts != aborts;
  if (isAborted || shared->stops != stops) shared->interrupt(isAborted);  // the strand does it before the run begins
  const auto flight = Flight<BulkSummary>::launch(strand, BulkRun::main(std::move(run)));

  // After a cancellation the run still has to report rows and to close the journal, so the exception is thrown only
  // after that.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  Waiter waiter(executor, Waiter::Clock::time_point::max());
  bool aborted = false;
  {
    const Flight<BulkSummary>::Participant participant(flight, waiter);
    while (!waiter.woken()) {
      const asio::cancellation_type cancelled = co_await waitForCancellation(waiter);
      if (waiter.woken()) break;
      const bool terminal = (cancelled & asio::cancellation_type::terminal) != asio::cancellation_type::none;
      aborted = aborted || terminal;
      shared->interrupt(terminal);
    }
  }
  {
    // Forgets the run, so that a late stop() does not stop the next run.
    const std::lock_guard lock(shared->mutex);
    shared->run.reset();
    shared->contextEnd.reset();
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  BulkSummary summary = flight->take();
  if (aborted) throw BoxSdkError(asio::error::operation_aborted, detailsOf(summary));
  co_return summary;
}

void BulkTermination::Shared::interrupt(bool abort) noexcept {
  // Without a run there is nothing to do; if there is no memory, the caller can only try again.
  try {
    std::weak_ptr<BulkRun> current;
    std::shared_ptr<ContextEnd> end;
    {
      const std::lock_guard lock(mutex);
      current = run;
      end = contextEnd;
    }
    if (!end) return;
    // Another thread may destroy the context at the same time, and the run must not outlive it.
    end->before([&current, abort] {
      std::shared_ptr<BulkRun> now = current.lock();
      if (!now) return;
      const asio::any_io_executor strand = now->strand();
      asio::post(strand, [now = std::move(now), abort] { now->interrupt(abort); });
    });
  } catch (...) {
  }
}

BulkTermination::BulkTermination(SessionTerminationManager manager, BulkOptions options)
    : shared_(std::make_shared<Shared>(std::move(manager), options)) {}

asio::awaitable<BulkSummary> BulkTermination::run(std::shared_ptr<BulkSource> source,
                                                  std::shared_ptr<BulkListener> listener,
                                                  std::shared_ptr<BulkJournal> journal) const {
  return Shared::perform(shared_, std::move(source), std::move(listener), std::move(journal), shared_->stops,
                         shared_->aborts);
}

void BulkTermination::stop() const noexcept {
  ++shared_->stops;
  shared_->interrupt(false);
}

void BulkTermination::abort() const noexcept {
  ++shared_->aborts;
  shared_->interrupt(true);
}

std::shared_ptr<BulkSource> bulkSource(std::vector<std::string> entries) {
  return std::make_shared<detail::RangeSource<std::vector<std::string>>>(std::move(entries));
}

std::string_view toString(BulkEnd end) noexcept {
  switch (end) {
    case BulkEnd::finished: return "finished";
    case BulkEnd::stopped: return "stopped";
    case BulkEnd::cancelled: return "cancelled";
    case BulkEnd::deadline: return "deadline";
    case BulkEnd::systemic: return "systemic";
    case BulkEnd::tooManyRejected: return "tooManyRejected";
    case BulkEnd::unavailable: return "unavailable";
    case BulkEnd::failed: return "failed";
    case BulkEnd::journalFailed: return "journalFailed";
    case BulkEnd::sourceFailed: return "sourceFailed";
    case BulkEnd::listenerFailed: return "listenerFailed";
  }
  return "unknown";
}

}  // namespace box::inline v0_1
