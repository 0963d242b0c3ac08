#include "bulk/bulk_run.hpp"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "box/policy/retry.hpp"
#include "box/support/random.hpp"
#include "box/support/time.hpp"
#include "bulk/entry_kind.hpp"
#include "bulk/progress.hpp"

namespace box {

namespace {

/// Conclusions that the journal has not yet written, beyond which nothing more is sent.
constexpr std::size_t mostUnsettled = 96;

/// The scheduler retries: a 429 has to hold back all calls, not one, and each request has to pass the rate limiter.
class NoRetries : public RetryPolicy {
 public:
  RetryDecision judge(const AttemptOutcome&) const override { return RetryDecision::stop; }
};

const std::shared_ptr<const RetryPolicy>& noRetries() {
  static const std::shared_ptr<const RetryPolicy> policy = std::make_shared<NoRetries>();
  return policy;
}

std::string describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an unknown exception";
  }
}

BulkCall callOf(std::uint64_t number, const BulkPart& part) {
  BulkCall call;
  call.number = number;
  call.items = part.items();
  return call;
}

}  // namespace

BulkRun::BulkRun(const asio::any_io_executor& strand, const SessionTerminationManager& manager,
                 const BulkOptions& options, std::shared_ptr<BulkSource> source, std::shared_ptr<BulkListener> listener,
                 std::shared_ptr<BulkJournal> journal)
    : strand_(strand),
      manager_(manager),
      options_(options),
      source_(std::move(source)),
      listener_(std::move(listener)),
      journal_(std::move(journal)),
      startedAt_(Clock::now()),
      deadline_(options_.deadline.resolve(startedAt_, unlimited)),
      intake_(options_, journal_),
      scheduler_(options_, systemRandom(), startedAt_, journal_ ? journal_->lastCall() : 0),
      wake_(strand),
      hunger_(strand) {
  if (!journal_) return;
  const auto wallNow = std::chrono::system_clock::now();
  for (const auto sentAt : journal_->recentCalls()) {
    const auto age =
        std::clamp<Clock::duration>(between(sentAt, wallNow), Clock::duration::zero(), std::chrono::hours(1));
    scheduler_.countEarlier(startedAt_ - age);
  }
}

asio::awaitable<BulkSummary> BulkRun::main(std::shared_ptr<BulkRun> self) {
  asio::co_spawn(self->strand_, readAll(self), asio::bind_cancellation_slot(self->reading_.slot(), asio::detached));
  for (;;) {
    self->wakened_ = false;
    self->settle();
    const TimePoint now = Clock::now();
    self->tellProgress(now, false);
    Scheduler::Step step;
    if (self->unsettled_ <= mostUnsettled) step = self->scheduler_.next(now);
    if (self->scheduler_.ended()) self->hunger_.cancel();
    if (step.action == Scheduler::Action::send) {
      self->send(std::move(step.call));
      continue;
    }
    if (step.action == Scheduler::Action::abandon) {
      self->cancelFlights();
      continue;
    }
    if (step.action == Scheduler::Action::done) break;
    if (self->listener_) step.until = std::min(step.until, after(self->toldAt_, self->options_.progressInterval));
    co_await self->sleep(step.until);
  }
  self->reading_.emit(asio::cancellation_type::terminal);
  // Entries that no call settled come last: what the journal has of them depends on the calls before.
  while (self->unsettled_ > 0) co_await self->sleep(TimePoint::max());
  self->settle();
  while (self->unsettled_ > 0) co_await self->sleep(TimePoint::max());
  co_await close(self);
  self->tellProgress(Clock::now(), true);
  co_return self->summary();
}

void BulkRun::interrupt(bool abort) {
  scheduler_.end(abort ? BulkEnd::cancelled : BulkEnd::stopped, abort ? "cancelled" : "stopped", Clock::now());
  if (abort) cancelFlights();
  wake();
}

asio::awaitable<void> BulkRun::sleep(TimePoint until) {
  if (!wakened_) {
    wake_.expires_at(until);
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  wakened_ = false;
}

void BulkRun::wake() {
  wakened_ = true;
  wake_.cancel();
}

void BulkRun::cancelFlights() {
  aborting_ = true;
  // A worker that ends in here takes itself off the list.
  const std::vector<std::shared_ptr<Worker>> workers(workers_.begin(), workers_.end());
  for (const auto& worker : workers) worker->signal.emit(asio::cancellation_type::terminal);
}

void BulkRun::fail(BulkEnd end, std::string message) {
  scheduler_.end(end, std::move(message), Clock::now());
  wake();
}

void BulkRun::failJournal(const std::exception_ptr& error) {
  if (journalFailure_.empty()) journalFailure_ = "the journal cannot be written: " + describe(error);
  fail(BulkEnd::journalFailed, journalFailure_);
}

// --- the source

asio::awaitable<void> BulkRun::readAll(std::shared_ptr<BulkRun> self) {
  std::exception_ptr failure;
  try {
    bool more = true;
    while (more && !self->scheduler_.ended()) {
      while (!self->scheduler_.needsEntries() && !self->scheduler_.ended()) {
        self->hunger_.expires_at(TimePoint::max());
        co_await self->hunger_.async_wait(asio::as_tuple(asio::use_awaitable));
      }
      if (self->scheduler_.ended()) break;
      self->chunk_.clear();
      more = co_await self->source_->read(self->chunk_, 2 * self->options_.batchSize);
      self->takeChunk();
      // A source that never waits would keep all others from the thread.
      co_await asio::post(asio::use_awaitable);
    }
    if (!more) {
      self->exhausted_ = true;
      self->scheduler_.endOfInput();
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure && !self->scheduler_.ended()) {
    self->fail(BulkEnd::sourceFailed, "the entries cannot be read: " + describe(failure));
  }
  self->wake();
}

void BulkRun::takeChunk() {
  const auto now = std::chrono::system_clock::now();
  for (BulkEntry& entry : chunk_) {
    const Intake::Decision decision = intake_.decide(entry, now);
    if (decision.settled) {
      tell(decision.row);
      continue;
    }
    BulkItem item;
    item.index = decision.row.index;
    item.line = entry.line;
    item.value = std::move(entry.value);
    scheduler_.add(std::move(item), decision.doubted);
  }
  wake();
}

// --- calls

/// The end of a worker's coroutine.
class BulkRun::Leaving {
 public:
  Leaving(std::shared_ptr<BulkRun> run, std::shared_ptr<Worker> worker,
          std::list<std::shared_ptr<Worker>>::iterator place) noexcept
      : run_(std::move(run)), worker_(std::move(worker)), place_(place) {}
  void operator()(std::exception_ptr) const {
    run_->workers_.erase(place_);
    run_->wake();
  }

 private:
  std::shared_ptr<BulkRun> run_;
  std::shared_ptr<Worker> worker_;  // its signal outlives the coroutine
  std::list<std::shared_ptr<Worker>>::iterator place_;
};

void BulkRun::send(Scheduler::Call call) {
  const auto worker = std::make_shared<Worker>();
  const auto place = workers_.insert(workers_.end(), worker);
  asio::co_spawn(strand_, work(shared_from_this(), std::move(call)),
                 asio::bind_cancellation_slot(worker->signal.slot(), Leaving(shared_from_this(), worker, place)));
}

asio::awaitable<void> BulkRun::work(std::shared_ptr<BulkRun> self, Scheduler::Call call) {
  // It is the root of its coroutines, so the state is its own. The intent is written even in a cancelled run.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  CallReply reply;
  if (self->journal_) {
    std::exception_ptr failure;
    try {
      const BulkCall intent = callOf(call.number, call.part);
      co_await self->journal_->intend(intent);
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) {
      self->failJournal(failure);
      self->unknownToJournal_.insert(call.number);
      reply.message = "not sent: the journal cannot be written";
      self->replied(call.number, std::move(reply));
      co_return;
    }
  }
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  if (self->aborting_) {
    reply.message = "cancelled";
    self->replied(call.number, std::move(reply));
    co_return;
  }
  std::exception_ptr failure;
  try {
    CallResult<SessionTerminationMessage> result = co_await tryAwait(self->start(call.part));
    reply = result ? replyOf(*result) : replyOf(result.error());
  } catch (...) {
    failure = std::current_exception();  // out of memory, or a policy or an interceptor of the caller's
  }
  if (failure) {
    reply.kind = CallReply::Kind::fatal;
    reply.fate = Fate::inDoubt;
    reply.message = describe(failure);
  }
  self->replied(call.number, std::move(reply));
}

/// An ordinary function: the call copies its arguments before it returns.
asio::awaitable<SessionTerminationMessage> BulkRun::start(const BulkPart& part) const {
  std::vector<std::string_view> ids, logins;
  for (const BulkItem& item : part.items()) {
    (isLogin(options_.target, item.value) ? logins : ids).push_back(item.value);
  }
  TerminateSessionsOptionalsView optionals;
  const TimePoint until = Deadline(options_.callTimeout).resolve(Clock::now(), unlimited);
  optionals.deadline = Deadline(std::min(until, deadline_));
  optionals.retryPolicy = noRetries();
  if (options_.target == BulkTarget::groups) {
    TerminateGroupsSessionsRequestBodyView body;
    body.groupIds = ids;
    return manager_.terminateGroupsSessions(body, optionals);
  }
  TerminateUsersSessionsRequestBodyView body;
  body.userIds = ids;
  body.userLogins = logins;
  return manager_.terminateUsersSessions(body, optionals);
}

void BulkRun::replied(std::uint64_t call, CallReply reply) {
  scheduler_.reply(call, std::move(reply), Clock::now());
  wake();
}

// --- conclusions

/// Writes and reports what has become certain. Without a call to write, it waits until the calls before it are written.
void BulkRun::settle() {
  if (scheduler_.needsEntries()) hunger_.cancel();
  for (Scheduler::Conclusion& conclusion : scheduler_.takeConclusions()) {
    if (conclusion.call == 0 || !journal_ || unknownToJournal_.erase(conclusion.call) > 0) {
      report(conclusion);
      continue;
    }
    ++unsettled_;
    asio::co_spawn(strand_, write(shared_from_this(), std::move(conclusion)), asio::detached);
  }
}

asio::awaitable<void> BulkRun::write(std::shared_ptr<BulkRun> self, Scheduler::Conclusion conclusion) {
  std::exception_ptr failure;
  try {
    const BulkCall call = callOf(conclusion.call, conclusion.part);
    co_await self->journal_->settle(call, conclusion.verdict);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    self->failJournal(failure);
    self->lose(conclusion);
  }
  self->report(conclusion);
  --self->unsettled_;
  self->wake();
}

/// The journal has the call and not its end: its entries are in doubt there, and so they are told.
void BulkRun::lose(Scheduler::Conclusion& conclusion) {
  for (const BulkItem& item : conclusion.part.items()) unrecorded_.insert(item.index);
  if (!conclusion.state) return;
  if (*conclusion.state == BulkState::accepted) {
    conclusion.verdict.message = "Box accepted it, but the journal could not be written: a later run sends it again";
  }
  conclusion.state = BulkState::inDoubt;
}

void BulkRun::report(const Scheduler::Conclusion& conclusion) {
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
    if (unrecorded_.contains(item.index)) {
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

void BulkRun::tellProgress(TimePoint now, bool last) {
  if (!listener_ || (!last && now < after(toldAt_, options_.progressInterval))) return;
  toldAt_ = now;
  BulkProgress progress;
  progress.counts = counts_;
  progress.read = intake_.count();
  progress.total = source_->size();
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

template <class Tell>
void BulkRun::guarded(Tell tell) {
  try {
    tell();
  } catch (...) {
    fail(BulkEnd::listenerFailed, "the listener failed: " + describe(std::current_exception()));
  }
}

// --- the end

asio::awaitable<void> BulkRun::close(std::shared_ptr<BulkRun> self) {
  if (!self->journal_) co_return;
  std::exception_ptr failure;
  try {
    const bool finished =
        self->scheduler_.reason() == BulkEnd::finished && self->counts_.inDoubt == 0 && self->counts_.notSent == 0;
    co_await self->journal_->close(finished);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure && self->journalFailure_.empty())
    self->journalFailure_ = "the journal cannot be closed: " + describe(failure);
}

BulkSummary BulkRun::summary() const {
  BulkSummary summary;
  summary.end = scheduler_.reason();
  summary.message = scheduler_.message();
  if (!journalFailure_.empty()) {  // also where the run had ended for another reason: its record is not whole
    summary.end = BulkEnd::journalFailed;
    summary.message = journalFailure_;
  }
  summary.counts = counts_;
  summary.sourceExhausted = exhausted_;
  summary.calls = scheduler_.calls();
  summary.throttled = scheduler_.throttled();
  summary.elapsed = elapsed(Clock::now());
  const bool because =
      summary.end == BulkEnd::failed || summary.end == BulkEnd::systemic || summary.end == BulkEnd::unavailable;
  if (because) summary.failure = scheduler_.failure();
  return summary;
}

std::chrono::nanoseconds BulkRun::elapsed(TimePoint now) const { return now - startedAt_; }

}  // namespace box
