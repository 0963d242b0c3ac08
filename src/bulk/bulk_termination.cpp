#include "box/bulk/bulk_termination.hpp"

#include <algorithm>
#include <exception>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/waiter.hpp"
#include "box/policy/retry.hpp"
#include "box/support/random.hpp"
#include "bulk/planner.hpp"
#include "bulk/scheduler.hpp"

namespace box {

namespace {

/// Conclusions that the journal has not yet written, beyond which nothing more is sent.
constexpr std::size_t mostUnsettled = 96;

/// Repeats are the scheduler's: a 429 has to hold back all calls, not one, and each request has to pass the rate limiter.
class NoRepeats : public RetryPolicy {
 public:
  RetryDecision judge(const AttemptOutcome&) const override { return RetryDecision::stop; }
};

void require(bool holds, const char* what) {
  if (!holds) throw BoxSdkError(Errc::invalidConfiguration, std::string("BulkOptions::") + what);
}

const BulkOptions& checked(const BulkOptions& o) {
  using std::chrono::milliseconds;
  require(o.batchSize >= 1 && o.batchSize <= 10000, "batchSize must be 1 to 10000");
  require(o.concurrency >= 1 && o.concurrency <= 64, "concurrency must be 1 to 64");
  require(o.attempts >= 1, "attempts must be 1 or more");
  require(o.callTimeout > milliseconds(0), "callTimeout must be more than 0");
  require(o.stopGrace >= milliseconds(0), "stopGrace must be 0 or more");
  require(o.breakerFailures >= 1, "breakerFailures must be 1 or more");
  require(o.breakerPause > milliseconds(0), "breakerPause must be more than 0");
  require(o.longestBreakerPause >= o.breakerPause, "longestBreakerPause must be breakerPause or more");
  require(o.outage > milliseconds(0), "outage must be more than 0");
  require(o.rejectedShare >= 0 && o.rejectedShare <= 1, "rejectedShare must be 0 to 1");
  require(o.inDoubtAge >= milliseconds(0), "inDoubtAge must be 0 or more");
  require(o.progressInterval >= milliseconds(0), "progressInterval must be 0 or more");
  RateLimiter(o.rate, std::chrono::steady_clock::time_point());
  return o;
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

}  // namespace

/// What a BulkTermination and its run share.
struct BulkTermination::Shared {
  Shared(SessionTerminationManager m, const BulkOptions& o) : manager(std::move(m)), options(checked(o)) {}

  class Run;

  const SessionTerminationManager manager;
  const BulkOptions options;
  std::mutex mutex;
  std::weak_ptr<Run> run;

  static asio::awaitable<BulkSummary> perform(std::shared_ptr<Shared> shared, std::shared_ptr<BulkSource> source,
                                              std::shared_ptr<BulkListener> listener,
                                              std::shared_ptr<BulkJournal> journal);
  void interrupt(bool abort) const noexcept;
};

/// One run. Everything in it happens on its strand; its coroutines keep it, and nothing else does.
class BulkTermination::Shared::Run : public std::enable_shared_from_this<Run> {
 public:
  using Clock = std::chrono::steady_clock;
  using TimePoint = Clock::time_point;

  Run(const asio::any_io_executor& strand, std::shared_ptr<Shared> shared, std::shared_ptr<BulkSource> source,
      std::shared_ptr<BulkListener> listener, std::shared_ptr<BulkJournal> journal)
      : strand_(strand),
        manager_(shared->manager),
        options_(shared->options),
        source_(std::move(source)),
        listener_(std::move(listener)),
        journal_(std::move(journal)),
        startedAt_(Clock::now()),
        deadline_(options_.deadline.resolve(startedAt_, Deadline::never())),
        planner_(options_.target),
        scheduler_(options_, systemRandom(), startedAt_, journal_ ? journal_->lastCall() : 0),
        wake_(strand),
        hunger_(strand) {
    if (!journal_) return;
    const auto wallNow = std::chrono::system_clock::now();
    for (const auto sentAt : journal_->sentLately()) {
      const auto age = std::clamp<Clock::duration>(wallNow - sentAt, Clock::duration::zero(), std::chrono::hours(1));
      scheduler_.countEarlier(startedAt_ - age);
    }
  }

  const asio::any_io_executor& strand() const noexcept { return strand_; }

  static asio::awaitable<BulkSummary> main(std::shared_ptr<Run> self) {
    co_await asio::post(asio::use_awaitable);
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
      if (self->listener_) step.until = std::min(step.until, self->toldAt_ + self->options_.progressInterval);
      co_await self->sleep(step.until);
    }
    self->settle();
    self->reading_.emit(asio::cancellation_type::terminal);
    while (self->unsettled_ > 0) co_await self->sleep(TimePoint::max());
    co_await close(self);
    self->tellProgress(Clock::now(), true);
    co_return self->summary();
  }

  void interrupt(bool abort) {
    scheduler_.end(abort ? BulkEnd::cancelled : BulkEnd::stopped, abort ? "cancelled" : "stopped", Clock::now());
    if (abort) cancelFlights();
    wake();
  }

 private:
  struct Worker {
    asio::cancellation_signal signal;
  };

  asio::awaitable<void> sleep(TimePoint until) {
    if (!wakened_) {
      wake_.expires_at(until);
      co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    wakened_ = false;
  }
  void wake() {
    wakened_ = true;
    wake_.cancel();
  }
  void cancelFlights() {
    aborting_ = true;
    // A worker that ends meanwhile takes itself off the list.
    std::vector<std::shared_ptr<Worker>> workers(workers_.begin(), workers_.end());
    for (const auto& worker : workers) worker->signal.emit(asio::cancellation_type::terminal);
  }
  void fail(BulkEnd end, std::string message) {
    scheduler_.end(end, std::move(message), Clock::now());
    wake();
  }

  // --- the source

  static asio::awaitable<void> readAll(std::shared_ptr<Run> self) {
    std::exception_ptr failure;
    try {
      bool more = true;
      while (more && !self->scheduler_.ended()) {
        while (!self->scheduler_.hungry() && !self->scheduler_.ended()) {
          self->hunger_.expires_at(TimePoint::max());
          co_await self->hunger_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        if (self->scheduler_.ended()) break;
        self->chunk_.clear();
        more = co_await self->source_->read(self->chunk_, 2 * self->options_.batchSize);
        self->takeChunk();
        // In between, so that a source that never waits does not keep everybody else from it.
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
      self->fail(BulkEnd::sourceFailed, "the source failed: " + describe(failure));
    }
    self->wake();
  }

  void takeChunk() {
    for (BulkEntry& entry : chunk_) {
      const Planner::Finding finding = planner_.look(entry);
      BulkRow row;
      row.index = finding.index;
      row.line = entry.line;
      row.value = entry.value;
      row.message = finding.invalid;
      row.original = finding.original;
      if (!finding.invalid.empty()) {
        row.state = BulkState::invalid;
        tell(row);
      } else if (finding.original) {
        row.state = BulkState::duplicate;
        tell(row);
      } else if (!isSettledBefore(row)) {
        BulkItem item;
        item.index = finding.index;
        item.line = entry.line;
        item.value = std::move(entry.value);
        scheduler_.add(std::move(item), doubtedBefore_);
      }
    }
    wake();
  }

  /// Whether an earlier run has said the last word on it, which is told again then.
  bool isSettledBefore(BulkRow& row) {
    doubtedBefore_ = false;
    if (!journal_) return false;
    const std::optional<BulkPast> past = journal_->past(row.index);
    if (!past) return false;
    switch (past->state) {
      case BulkPast::State::accepted: row.state = BulkState::accepted; break;
      case BulkPast::State::rejected: row.state = BulkState::rejected; break;
      case BulkPast::State::inDoubt: {
        const bool fresh = std::chrono::system_clock::now() - past->sentAt <= options_.inDoubtAge;
        if (options_.inDoubt == InDoubt::repeat || (options_.inDoubt == InDoubt::repeatFresh && fresh)) {
          doubtedBefore_ = true;
          return false;
        }
        row.state = BulkState::inDoubt;
        break;
      }
    }
    row.status = past->status;
    row.code = past->code;
    row.message = past->message;
    row.requestId = past->requestId;
    row.fromJournal = true;
    tell(row);
    return true;
  }

  // --- calls

  void send(Scheduler::Call call) {
    const auto worker = std::make_shared<Worker>();
    const auto place = workers_.insert(workers_.end(), worker);
    asio::co_spawn(strand_, work(shared_from_this(), std::move(call)),
                   asio::bind_cancellation_slot(worker->signal.slot(), Leaving(shared_from_this(), worker, place)));
  }

  /// The end of a worker's coroutine.
  class Leaving {
   public:
    Leaving(std::shared_ptr<Run> run, std::shared_ptr<Worker> worker,
            std::list<std::shared_ptr<Worker>>::iterator place) noexcept
        : run_(std::move(run)), worker_(std::move(worker)), place_(place) {}
    void operator()(std::exception_ptr) const {
      run_->workers_.erase(place_);
      run_->wake();
    }

   private:
    std::shared_ptr<Run> run_;
    std::shared_ptr<Worker> worker_;  // its signal outlives the coroutine
    std::list<std::shared_ptr<Worker>>::iterator place_;
  };

  static asio::awaitable<void> work(std::shared_ptr<Run> self, Scheduler::Call call) {
    // It is the root of its coroutines, so the state is its own. The intent is written whatever happens.
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
        self->fail(BulkEnd::journalFailed, "the journal cannot be written: " + describe(failure));
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

  /// An ordinary function: the call copies what its arguments look at before it returns.
  asio::awaitable<SessionTerminationMessage> start(const BulkPart& part) const {
    std::vector<std::string_view> ids, logins;
    for (const BulkItem& item : part.items()) {
      (isLogin(options_.target, item.value) ? logins : ids).push_back(item.value);
    }
    TerminateSessionsOptionalsView optionals;
    const TimePoint until = Deadline(options_.callTimeout).resolve(Clock::now(), Deadline::never());
    optionals.deadline = Deadline(std::min(until, deadline_));
    optionals.retryPolicy = noRepeats();
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

  static const std::shared_ptr<const RetryPolicy>& noRepeats() {
    static const std::shared_ptr<const RetryPolicy> policy = std::make_shared<NoRepeats>();
    return policy;
  }

  void replied(std::uint64_t call, CallReply reply) {
    scheduler_.reply(call, std::move(reply), Clock::now());
    wake();
  }

  // --- what comes of them

  static BulkCall callOf(std::uint64_t number, const BulkPart& part) {
    BulkCall call;
    call.number = number;
    call.items = part.items();
    return call;
  }

  /// Writes and reports what has become certain.
  void settle() {
    if (scheduler_.hungry()) hunger_.cancel();
    for (Scheduler::Conclusion& conclusion : scheduler_.takeConclusions()) {
      if (conclusion.call == 0 || !journal_ || unknownToJournal_.erase(conclusion.call) > 0) {
        report(conclusion);
        continue;
      }
      ++unsettled_;
      asio::co_spawn(strand_, write(shared_from_this(), std::move(conclusion)), asio::detached);
    }
  }

  static asio::awaitable<void> write(std::shared_ptr<Run> self, Scheduler::Conclusion conclusion) {
    std::exception_ptr failure;
    try {
      const BulkCall call = callOf(conclusion.call, conclusion.part);
      co_await self->journal_->settle(call, conclusion.verdict);
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) self->fail(BulkEnd::journalFailed, "the journal cannot be written: " + describe(failure));
    self->report(conclusion);
    --self->unsettled_;
    self->wake();
  }

  void report(const Scheduler::Conclusion& conclusion) {
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
      tell(row);
    }
  }

  void tell(const BulkRow& row) {
    switch (row.state) {
      case BulkState::accepted: ++counts_.accepted; break;
      case BulkState::rejected: ++counts_.rejected; break;
      case BulkState::invalid: ++counts_.invalid; break;
      case BulkState::duplicate: ++counts_.duplicate; break;
      case BulkState::inDoubt: ++counts_.inDoubt; break;
      case BulkState::notSent: ++counts_.notSent; break;
    }
    if (listener_) guarded([&] { listener_->onRow(row); });
  }

  void tellProgress(TimePoint now, bool last) {
    if (!listener_ || (!last && now < toldAt_ + options_.progressInterval)) return;
    toldAt_ = now;
    BulkProgress progress;
    progress.counts = counts_;
    progress.read = planner_.count();
    progress.total = source_->size();
    progress.calls = scheduler_.calls();
    progress.throttled = scheduler_.throttled();
    progress.inFlight = scheduler_.inFlight();
    progress.rate = scheduler_.rate(now);
    progress.coolDown = scheduler_.coolDown(now);
    progress.outage = scheduler_.outage(now);
    progress.elapsed = elapsed(now);
    if (progress.total) {
      const std::uint64_t done = std::min(counts_.total(), *progress.total);
      const double calls = static_cast<double>(*progress.total - done) / static_cast<double>(scheduler_.batchSize());
      const double longest = 1e9;  // seconds
      progress.timeLeft =
          progress.coolDown +
          std::chrono::milliseconds(static_cast<std::int64_t>(1000 * std::min(longest, calls / progress.rate)));
    }
    guarded([&] { listener_->onProgress(progress); });
  }

  template <class Tell>
  void guarded(Tell tell) {
    try {
      tell();
    } catch (...) {
      fail(BulkEnd::listenerFailed, "the listener failed: " + describe(std::current_exception()));
    }
  }

  static asio::awaitable<void> close(std::shared_ptr<Run> self) {
    if (!self->journal_) co_return;
    std::exception_ptr failure;
    try {
      const bool finished =
          self->scheduler_.reason() == BulkEnd::finished && self->counts_.inDoubt == 0 && self->counts_.notSent == 0;
      co_await self->journal_->close(finished);
    } catch (...) {
      failure = std::current_exception();
    }
    if (failure) self->closeFailure_ = "the journal cannot be closed: " + describe(failure);
  }

  BulkSummary summary() const {
    BulkSummary summary;
    summary.end = scheduler_.reason();
    summary.message = scheduler_.message();
    if (!closeFailure_.empty() && summary.end == BulkEnd::finished) {
      summary.end = BulkEnd::journalFailed;
      summary.message = closeFailure_;
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

  std::chrono::milliseconds elapsed(TimePoint now) const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - startedAt_);
  }

  const asio::any_io_executor strand_;
  const SessionTerminationManager manager_;
  const BulkOptions options_;
  const std::shared_ptr<BulkSource> source_;
  const std::shared_ptr<BulkListener> listener_;
  const std::shared_ptr<BulkJournal> journal_;
  const TimePoint startedAt_, deadline_;

  Planner planner_;
  Scheduler scheduler_;
  BulkCounts counts_;
  std::vector<BulkEntry> chunk_;
  bool doubtedBefore_ = false;
  bool exhausted_ = false, aborting_ = false, wakened_ = false;
  std::size_t unsettled_ = 0;
  std::set<std::uint64_t> unknownToJournal_;  // calls whose intent could not be written, and which were not sent
  std::string closeFailure_;
  TimePoint toldAt_ = TimePoint::min() + std::chrono::hours(1);
  asio::steady_timer wake_;    // what main() sleeps on
  asio::steady_timer hunger_;  // what the reader sleeps on
  asio::cancellation_signal reading_;
  std::list<std::shared_ptr<Worker>> workers_;
};

namespace {

/// Where the run's end is left for the one who awaits it.
struct Outcome {
  std::mutex mutex;
  std::optional<BulkSummary> summary;
  std::exception_ptr failure;
  Waiter* waiter = nullptr;
  bool over = false;
};

/// The end of main(): by its return, by an exception, or by the destruction of the coroutine.
class Ending {
 public:
  explicit Ending(std::shared_ptr<Outcome> outcome) noexcept : outcome_(std::move(outcome)) {}
  Ending(Ending&&) noexcept = default;
  Ending& operator=(Ending&&) = delete;
  ~Ending() {
    if (outcome_)
      end(std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted)), std::nullopt);
  }
  void operator()(std::exception_ptr failure, BulkSummary summary) {
    end(failure, failure ? std::nullopt : std::optional<BulkSummary>(std::move(summary)));
  }

 private:
  void end(std::exception_ptr failure, std::optional<BulkSummary> summary) {
    const std::shared_ptr<Outcome> outcome = std::move(outcome_);
    const std::lock_guard lock(outcome->mutex);
    outcome->failure = failure;
    outcome->summary = std::move(summary);
    outcome->over = true;
    if (outcome->waiter != nullptr) outcome->waiter->wake();
  }

  std::shared_ptr<Outcome> outcome_;
};

/// Has the outcome wake a waiter as long as this lives.
class Attending {
 public:
  Attending(std::shared_ptr<Outcome> outcome, Waiter& waiter) : outcome_(std::move(outcome)) {
    const std::lock_guard lock(outcome_->mutex);
    outcome_->waiter = &waiter;
    if (outcome_->over) waiter.wake();
  }
  ~Attending() {
    const std::lock_guard lock(outcome_->mutex);
    outcome_->waiter = nullptr;
  }
  Attending(const Attending&) = delete;
  Attending& operator=(const Attending&) = delete;

 private:
  std::shared_ptr<Outcome> outcome_;
};

}  // namespace

asio::awaitable<BulkSummary> BulkTermination::Shared::perform(std::shared_ptr<Shared> shared,
                                                              std::shared_ptr<BulkSource> source,
                                                              std::shared_ptr<BulkListener> listener,
                                                              std::shared_ptr<BulkJournal> journal) {
  if (!source) throw BoxSdkError(Errc::invalidRequest, "BulkTermination::run: source is null");
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const asio::any_io_executor strand = asio::make_strand(executor);
  const auto run = std::make_shared<Run>(strand, shared, std::move(source), std::move(listener), std::move(journal));
  {
    const std::lock_guard lock(shared->mutex);
    if (!shared->run.expired()) throw BoxSdkError(Errc::invalidRequest, "BulkTermination::run: a run is under way");
    shared->run = run;
  }
  const auto outcome = std::make_shared<Outcome>();
  asio::co_spawn(strand, Run::main(run), Ending(outcome));

  // A cancellation ends the run, which then has rows to tell and a journal to close: it is waited for, and not thrown before.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  Waiter waiter(executor, Waiter::Clock::time_point::max());
  bool aborted = false;
  {
    const Attending attending(outcome, waiter);
    while (!waiter.woken()) {
      co_await waiter.asyncWait(asio::as_tuple(asio::use_awaitable));
      if (waiter.woken()) break;
      const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
      const bool terminal = (state.cancelled() & asio::cancellation_type::terminal) != asio::cancellation_type::none;
      aborted = aborted || terminal;
      shared->interrupt(terminal);
    }
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  const std::lock_guard lock(outcome->mutex);
  if (outcome->failure) std::rethrow_exception(outcome->failure);
  if (aborted) throw BoxSdkError(asio::error::operation_aborted, ErrorDetails());
  co_return std::move(*outcome->summary);
}

void BulkTermination::Shared::interrupt(bool abort) const noexcept {
  // Nothing to do where there is no run; where memory is out, the caller can only try again.
  try {
    const std::shared_ptr<Run> current = run.lock();
    if (current) asio::post(current->strand(), [current, abort] { current->interrupt(abort); });
  } catch (...) {
  }
}

BulkTermination::BulkTermination(SessionTerminationManager manager, BulkOptions options)
    : shared_(std::make_shared<Shared>(std::move(manager), options)) {}

asio::awaitable<BulkSummary> BulkTermination::run(std::shared_ptr<BulkSource> source,
                                                  std::shared_ptr<BulkListener> listener,
                                                  std::shared_ptr<BulkJournal> journal) const {
  return Shared::perform(shared_, std::move(source), std::move(listener), std::move(journal));
}

void BulkTermination::stop() const noexcept { shared_->interrupt(false); }
void BulkTermination::abort() const noexcept { shared_->interrupt(true); }

std::shared_ptr<BulkSource> bulkSource(std::vector<std::string> entries) {
  return std::make_shared<detail::RangeSource<std::vector<std::string>>>(std::move(entries));
}

std::string_view toString(BulkState state) noexcept {
  switch (state) {
    case BulkState::accepted: return "accepted";
    case BulkState::rejected: return "rejected";
    case BulkState::invalid: return "invalid";
    case BulkState::duplicate: return "duplicate";
    case BulkState::inDoubt: return "inDoubt";
    case BulkState::notSent: return "notSent";
  }
  return "unknown";
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

}  // namespace box
