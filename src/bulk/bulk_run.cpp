#include "bulk/bulk_run.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/waiter.hpp"
#include "box/network/session.hpp"
#include "box/support/time.hpp"
#include "bulk/progress.hpp"

namespace box::inline v0_1 {

namespace {

/// While more conclusions than this wait for the journal, no call is sent.
constexpr std::size_t mostUnsettled = 96;
/// After about this many entries were read or reported, and before a call with this many entries is sent, other work of
/// the executor runs. One call, with up to 10,000 entries, is sent and reported in one piece.
constexpr std::size_t entriesAtOnce = 512;
/// How long calls are held back at most while the source probably gives the rest of a batch at once.
constexpr std::chrono::milliseconds longestWaitForRest{100};

CallReply notSent(const char* why) {
  CallReply reply;
  reply.message = why;
  return reply;
}

}  // namespace

BulkRun::BulkRun(const asio::any_io_executor& executor, const SessionTerminationManager& manager,
                 const BulkOptions& options, std::shared_ptr<BulkSource> source, std::shared_ptr<BulkListener> listener,
                 const std::shared_ptr<BulkJournal>& journal)
    : executor_(executor),
      strand_(asio::make_strand(executor)),
      options_(options),
      source_(std::move(source)),
      listener_(std::move(listener)),
      clock_(manager.networkSession().clock()),
      startedAt_(Steady::now()),
      journal_(journal, [this](const std::string& failure) { fail(BulkEnd::journalFailed, failure); }),
      intake_(options_, [this](std::uint64_t index) { return journal_.past(index); }),
      scheduler_(options_, manager.networkSession().random(), startedAt_, journal ? journal->lastCall() : 0),
      sender_(std::make_shared<const BatchSender>(manager, options_, scheduler_.deadline())) {
  if (!journal) return;
  const auto wallNow = clock_->now();
  for (const auto sentAt : journal->recentCalls()) {
    // If the clock was set back in the meantime, the call counts as sent just now.
    const auto age = std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(between(sentAt, wallNow)));
    if (age < options_.rate.window) scheduler_.countEarlier(startedAt_ - age);
  }
}

asio::awaitable<BulkSummary> BulkRun::main(std::shared_ptr<BulkRun> self) {
  try {
    co_await feed(self);
  } catch (...) {
    self->breakOff(std::current_exception());
  }
  if (!self->broken_) co_return self->summary();
  // The read, the calls and the writes in progress use this object, so they must end first.
  self->readCancellation_.emit(asio::cancellation_type::terminal);
  self->cancelCalls();
  while (self->reading_ || !self->workers_.empty() || self->unsettled_ > 0) co_await self->sleep(TimePoint::max());
  std::rethrow_exception(self->broken_);
}

asio::awaitable<void> BulkRun::feed(std::shared_ptr<BulkRun> self) {
  while (!self->broken_) {
    self->changed_.clear();
    co_await settle(self);
    if (!self->reading_ && self->scheduler_.needsEntries()) self->read();
    const TimePoint now = Steady::now();
    self->tellProgress(now, false);
    Scheduler::Step step;
    if (now < self->noCallBefore_ && !self->scheduler_.ended()) {
      step.until = self->noCallBefore_;
    } else if (self->unsettled_ <= mostUnsettled) {
      step = self->scheduler_.next(now);
    }
    if (step.action == Scheduler::Action::send) {
      // The journal's record of a large call takes time, so other work of the executor runs before it.
      if (step.call.part.size() >= entriesAtOnce) co_await asio::post(asio::use_awaitable);
      self->send(std::move(step.call));
      continue;
    }
    if (step.action == Scheduler::Action::abandon) {
      self->cancelCalls();
      continue;
    }
    if (step.action == Scheduler::Action::done) break;
    co_await self->sleep(std::min(step.until, self->progressAt()));
  }
  // A read in progress may still give entries, and each entry needs its row.
  if (self->reading_) self->readCancellation_.emit(asio::cancellation_type::terminal);
  while (self->reading_ && !self->broken_) co_await self->sleep(TimePoint::max());
  self->scheduler_.next(Steady::now());
  co_await settle(self);
  while (self->unsettled_ > 0 && !self->broken_) co_await self->sleep(TimePoint::max());
  if (self->broken_) co_return;
  const bool finished = self->scheduler_.reason() == BulkEnd::finished && !self->lateFailure_ &&
                        self->counts_.inDoubt == 0 && self->counts_.notSent == 0;
  co_await self->journal_.close(finished);
  self->tellProgress(Steady::now(), true);
}

/// Ends the run with an exception, because an entry may be without its row: there was no memory.
void BulkRun::breakOff(const std::exception_ptr& failure) noexcept {
  if (!broken_) broken_ = failure;
  wake();
}

void BulkRun::interrupt(bool abort) {
  scheduler_.end(abort ? BulkEnd::cancelled : BulkEnd::stopped, abort ? "cancelled" : "stopped", Steady::now());
  if (abort) cancelCalls();
  wake();
}

/// Sleeps until `until`, or until wake() is called. Nothing cancels main(), so the end of the wait has no other cause.
asio::awaitable<void> BulkRun::sleep(TimePoint until) {
  {
    Waiter waiter(strand_, until);
    const Signal::Subscription change(std::shared_ptr<Signal>(shared_from_this(), &changed_), waiter);
    co_await waiter.asyncWait(asio::as_tuple(asio::use_awaitable));
  }
  changed_.clear();
}

void BulkRun::wake() { changed_.set(); }

void BulkRun::cancelCalls() {
  aborting_ = true;
  for (const Worker& worker : workers_) {
    if (worker.call) worker.call->cancel();
  }
}

void BulkRun::fail(BulkEnd end, std::string message) {
  if (scheduler_.ended()) {
    // The last rows are reported after the scheduler has ended.
    if (!lateFailure_ && end == BulkEnd::listenerFailed) lateFailure_ = std::move(message);
    return;
  }
  scheduler_.end(end, std::move(message), Steady::now());
  wake();
}

/// The completion handler of a coroutine that main() waits for. When the coroutine has ended or is destroyed, `Undo`
/// takes back what was noted about it.
template <class Undo>
class BulkRun::Ending {
 public:
  Ending(std::shared_ptr<BulkRun> run, Undo undo) noexcept : run_(std::move(run)), undo_(std::move(undo)) {}
  Ending(Ending&&) noexcept = default;
  Ending& operator=(Ending&&) = delete;
  ~Ending() {
    if (run_) undo_(*run_);
  }
  void operator()(const std::exception_ptr& failure) {
    const std::shared_ptr<BulkRun> run = std::move(run_);
    undo_(*run);
    if (failure) run->breakOff(failure);
    run->wake();
  }

 private:
  std::shared_ptr<BulkRun> run_;
  Undo undo_;
};

// --- the source

/// The completion handler of one read. The read has ended when it is destroyed.
class BulkRun::ReadEnd {
 public:
  explicit ReadEnd(std::shared_ptr<BulkRun> run) noexcept : run_(std::move(run)) { run_->reading_ = true; }
  ReadEnd(ReadEnd&&) noexcept = default;
  ReadEnd& operator=(ReadEnd&&) = delete;
  ~ReadEnd() {
    if (run_) run_->reading_ = false;
  }
  void operator()(const std::exception_ptr& failure, bool more) const {
    run_->reading_ = false;
    run_->noCallBefore_ = TimePoint::min();
    if (failure) {
      run_->fail(BulkEnd::sourceFailed, "the entries cannot be read: " + describe(failure));
    } else if (!more) {
      run_->exhausted_ = true;
      run_->scheduler_.endOfInput();
    }
    run_->wake();
  }

 private:
  std::shared_ptr<BulkRun> run_;
};

void BulkRun::read() {
  asio::co_spawn(strand_, readChunk(shared_from_this()),
                 asio::bind_cancellation_slot(readCancellation_.slot(), ReadEnd(shared_from_this())));
}

asio::awaitable<bool> BulkRun::readChunk(std::shared_ptr<BulkRun> self) {
  const std::size_t wanted = 2 * self->options_.batchSize;
  for (std::size_t taken = 0;;) {
    // A source that never waits would otherwise block all other work of the thread.
    co_await asio::post(asio::use_awaitable);
    if (self->scheduler_.ended()) co_return true;
    self->chunk_.clear();
    const std::size_t most = std::min(wanted - taken, entriesAtOnce);
    bool more = false;
    std::exception_ptr failure;
    try {
      more = co_await self->source_->read(self->chunk_, most);
    } catch (...) {
      failure = std::current_exception();
    }
    // Each entry that was read needs its row, also if the read has failed after it.
    self->takeInChunk();
    if (failure) std::rethrow_exception(failure);
    taken += self->chunk_.size();
    const bool givesRestAtOnce = more && self->chunk_.size() == most && taken < wanted;
    if (!givesRestAtOnce) co_return more;  // what was read can be sent now
    self->noCallBefore_ = Steady::now() + longestWaitForRest;
    self->wake();
  }
}

void BulkRun::takeInChunk() noexcept try {
  const auto now = clock_->now();
  for (BulkEntry& entry : chunk_) takeIn(entry, now);
} catch (...) {
  breakOff(std::current_exception());
}

void BulkRun::takeIn(BulkEntry& entry, Intake::WallTime now) {
  const Intake::Decision decision = intake_.decide(entry, now);
  if (decision.settled) return tell(decision.row);
  BulkItem item;
  item.index = decision.row.index;
  item.line = entry.line;
  item.value = std::move(entry.value);
  scheduler_.add(std::move(item), decision.doubted);
}

// --- calls

void BulkRun::send(NextCall call) {
  const auto place = workers_.emplace(workers_.end());
  Ending ending(shared_from_this(), [place](BulkRun& run) { run.workers_.erase(place); });
  asio::co_spawn(strand_, work(shared_from_this(), std::move(call), *place), std::move(ending));
}

asio::awaitable<void> BulkRun::work(std::shared_ptr<BulkRun> self, NextCall call, Worker& worker) {
  const bool written = co_await self->journal_.intend(call);  // the intent is written even in a cancelled run
  CallReply reply =
      notSent(written ? "cancelled" : "not sent: the journal cannot be written, and may show this entry as in doubt");
  // The run may have ended, or have broken off, while the journal was written.
  if (written && !self->aborting_ && !self->scheduler_.ended())
    reply = co_await perform(self, std::move(call.part), worker);
  self->scheduler_.reply(call.number, std::move(reply), Steady::now());
  self->wake();
}

asio::awaitable<CallReply> BulkRun::perform(std::shared_ptr<BulkRun> self, BulkPart part, Worker& worker) {
  Waiter waiter(self->strand_, TimePoint::max());
  worker.call = Flight<CallReply>::launch(self->executor_, BatchSender::send(self->sender_, std::move(part)));
  const Flight<CallReply>::Participant participant(worker.call, waiter);
  while (!waiter.woken()) co_await waiter.asyncWait(asio::as_tuple(asio::use_awaitable));
  try {
    co_return worker.call->take();
  } catch (const boost::system::system_error&) {
    // BatchSender throws nothing. If the flight has failed(), the call was cancelled before it began. Otherwise the
    // flight has no result, because there was no memory to deliver it.
    if (!worker.call->failed()) throw std::bad_alloc();
    co_return notSent("cancelled");
  }
}

// --- conclusions

/// Writes and reports conclusions. Those without a call are made only at the end of a run. They are reported after all
/// others were written, because the state that the journal has for their entries depends on the earlier calls.
asio::awaitable<void> BulkRun::settle(std::shared_ptr<BulkRun> self) {
  std::vector<Conclusion> conclusions = self->scheduler_.takeConclusions();
  std::size_t entries = 0;
  for (Conclusion& conclusion : conclusions) {
    while (conclusion.call == 0 && self->unsettled_ > 0 && !self->broken_) co_await self->sleep(TimePoint::max());
    if (entries >= entriesAtOnce) {
      co_await asio::post(asio::use_awaitable);
      entries = 0;
    }
    entries += conclusion.part.size();
    if (self->journal_.wants(conclusion)) {
      ++self->unsettled_;
      Ending ending(self, [](BulkRun& run) { --run.unsettled_; });
      asio::co_spawn(self->strand_, write(self, std::move(conclusion)), std::move(ending));
    } else {
      self->report(conclusion);
    }
  }
}

asio::awaitable<void> BulkRun::write(std::shared_ptr<BulkRun> self, Conclusion conclusion) {
  co_await self->journal_.settle(conclusion);
  self->report(conclusion);
}

void BulkRun::report(const Conclusion& conclusion) {
  if (!conclusion.state) return;
  for (const BulkItem& item : conclusion.part.items()) {
    BulkRow row;
    row.index = item.index;
    row.line = item.line;
    row.value = item.value;
    row.state = *conclusion.state;
    row.status = conclusion.verdict.status;
    row.code = conclusion.verdict.code;
    row.message = conclusion.verdict.message;
    row.requestId = conclusion.verdict.requestId;
    row.call = conclusion.call;
    if (journal_.lost(item.index)) {
      row.state = BulkState::inDoubt;
    } else {
      intake_.keepPast(row);
    }
    tell(row);
  }
}

void BulkRun::tell(const BulkRow& row) {
  counts_.add(row.state);
  if (listener_) guarded([&] { listener_->onRow(row); });
}

/// When progress is to be reported although nothing has changed in the run.
BulkRun::TimePoint BulkRun::progressAt() const noexcept {
  const bool timed = toldAt_ && options_.progressInterval > std::chrono::nanoseconds(0);
  return timed ? after(*toldAt_, options_.progressInterval) : TimePoint::max();
}

void BulkRun::tellProgress(TimePoint now, bool last) {
  if (!listener_ || (!last && toldAt_ && now < after(*toldAt_, options_.progressInterval))) return;
  toldAt_ = now;
  BulkProgress progress;
  progress.counts = counts_;
  progress.read = intake_.count();
  progress.total = total();
  progress.calls = scheduler_.calls();
  progress.throttled = scheduler_.throttled();
  progress.inFlight = scheduler_.inFlight();
  progress.rate = scheduler_.rate(now);
  progress.coolDown = scheduler_.coolDown(now);
  progress.outage = scheduler_.outage(now);
  progress.outageStatus = scheduler_.outageStatus();
  progress.elapsed = elapsed(now);
  progress.timeLeft = timeLeftOf(progress, scheduler_.batchSize());
  guarded([&] { listener_->onProgress(progress); });
}

std::optional<std::uint64_t> BulkRun::total() {
  try {
    return source_->size();
  } catch (...) {
    fail(BulkEnd::sourceFailed, "the entries cannot be counted: " + describe(std::current_exception()));
    return std::nullopt;
  }
}

template <class Tell>
void BulkRun::guarded(Tell tell) {
  try {
    tell();
  } catch (...) {
    fail(BulkEnd::listenerFailed, describe(std::current_exception()));
  }
}

}  // namespace box::inline v0_1
