#include "bulk/scheduler.hpp"

#include <algorithm>

#include "box/support/time.hpp"

namespace box::inline v0_1 {

namespace {

/// The most batches that wait after a failure or are put off. While there are more, no new batch is sent.
constexpr std::size_t mostWaiting = 64;
/// How many attempts a part of a batch that was put off gets, if it has more than one entry.
constexpr unsigned putOffAttempts = 2;

std::chrono::nanoseconds untilThen(Scheduler::TimePoint at, Scheduler::TimePoint now) {
  return at > now ? at - now : std::chrono::nanoseconds(0);
}

}  // namespace

Scheduler::Scheduler(const BulkOptions& options, std::shared_ptr<const Random> random, TimePoint now,
                     std::uint64_t lastCall)
    : options_(options),
      random_(std::move(random)),
      deadline_(options.deadline.resolve(now, unlimited)),
      limiter_(options.rate, now),
      breaker_(options.breakerFailures, options.breakerPause, options.longestBreakerPause),
      refusals_(options.systemicBatches, options.systemicSingles),
      lastCall_(lastCall),
      batchSize_(options.batchSize) {}

void Scheduler::add(BulkItem item, bool doubted) {
  if (doubted != fillingDoubted_) flush();
  fillingDoubted_ = doubted;
  filling_.push_back(std::move(item));
  if (filling_.size() >= batchSize_) flush();
}

void Scheduler::endOfInput() {
  inputEnded_ = true;
  flush();
}

void Scheduler::flush() {
  if (filling_.empty()) return;
  Work work;
  work.part = BulkPart(std::exchange(filling_, {}));
  work.family = std::make_shared<Family>();
  work.family->open = work.part.size();
  if (fillingDoubted_) work.doubt = "in doubt since an earlier run";
  ready_.push_back(std::move(work));
}

Scheduler::Step Scheduler::next(TimePoint now) {
  if (!ended_ && now >= deadline_) end(BulkEnd::deadline, "the deadline of the run has passed", now);
  const bool down = breaker_.open() && breaker_.downSince();
  if (!ended_ && down && now >= after(*breaker_.downSince(), options_.outage)) {
    end(BulkEnd::unavailable, "Box was down for too long", now);
  }
  if (ended_) return nextAfterEnd(now);

  // The source is slow: an incomplete batch is sent, because waiting for the rest would delay it.
  if (sent_.empty() && !anyReady(now) && waiting_.empty()) flush();
  Step step;
  step.until = deadline_;
  if (down) step.until = std::min(step.until, after(*breaker_.downSince(), options_.outage));
  if (sent_.size() >= options_.concurrency) return step;
  if (!anyReady(now)) {
    if (sent_.empty() && waiting_.empty() && inputEnded_) return lastStep(now);
    step.until = std::min(step.until, nextReady());
    return step;
  }
  if (!breaker_.allows(now, sent_.size())) {
    if (sent_.empty()) step.until = std::min(step.until, breaker_.probeAt());
    return step;
  }
  if (const TimePoint at = limiter_.next(now); at > now) {
    step.until = std::min(step.until, at);
    return step;
  }
  std::optional<Work> work = pick(now);
  if (!work) {  // more entries must be read first, or a wait must end
    step.until = std::min(step.until, nextReady());
    return step;
  }
  limiter_.release(now);
  ++calls_;
  step.action = Action::send;
  step.call.number = ++lastCall_;
  step.call.part = work->part;
  sent_.emplace(lastCall_, SentCall{std::move(*work), now, breaker_.open()});
  return step;
}

/// After the end of the run no further call is sent: the calls in flight are awaited, and after `stopGrace` abandoned.
Scheduler::Step Scheduler::nextAfterEnd(TimePoint now) {
  Step step;
  if (sent_.empty()) {
    giveUpAll();
    step.action = Action::done;
  } else if (!abandoned_) {
    step.until = after(endedAt_, options_.stopGrace);
    abandoned_ = now >= step.until;
    if (abandoned_) step.action = Action::abandon;
  }
  return step;
}

/// The last step: the source has no more entries, and all calls have ended.
Scheduler::Step Scheduler::lastStep(TimePoint now) {
  if (refusals_.systemicAtEnd()) {
    endAsSystemic(now);
    return nextAfterEnd(now);
  }
  release(true);
  ended_ = BulkEnd::finished;
  return nextAfterEnd(now);
}

bool Scheduler::anyReady(TimePoint now) const noexcept {
  if (!again_.empty() || !parts_.empty() || !ready_.empty()) return true;
  if (!waiting_.empty() && waiting_.begin()->first <= now) return true;
  // Batches that were put off come last, when no other work is left that could show whether Box answers.
  return !putOff_.empty() && ((inputEnded_ && waiting_.empty()) || putOff_.size() >= mostWaiting);
}

Scheduler::TimePoint Scheduler::nextReady() const noexcept {
  return waiting_.empty() ? TimePoint::max() : waiting_.begin()->first;
}

std::optional<Scheduler::Work> Scheduler::pick(TimePoint now) {
  const auto front = [](std::deque<Work>& queue) {
    Work work = std::move(queue.front());
    queue.pop_front();
    return work;
  };
  if (!again_.empty()) return front(again_);
  if (!waiting_.empty() && waiting_.begin()->first <= now) {
    Work work = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    return work;
  }
  if (refusals_.wantsBatch()) {
    if (ready_.empty() && sent_.empty()) flush();
    if (!ready_.empty()) return front(ready_);
    // A source that is slow must not delay the entries that were read, so only calls in flight are awaited.
    if (!inputEnded_ && !sent_.empty()) return std::nullopt;
  }
  if (!parts_.empty()) return cut(parts_);
  if (!ready_.empty() && waiting_.size() < mostWaiting && putOff_.size() < mostWaiting) return front(ready_);
  if (!putOff_.empty()) return cut(putOff_);
  return std::nullopt;
}

/// Takes the entries of the next call from the first work in the queue. The rest of that work stays in the queue.
Scheduler::Work Scheduler::cut(std::deque<Work>& queue) {
  Work work = std::move(queue.front());
  queue.pop_front();
  if (!work.split || work.part.size() == 1) return work;
  const bool alone = !work.putOff && refusals_.suspicious();
  const bool one = alone || work.family->oneByOne();
  Work first = work;
  first.part = work.part.take(one ? 1 : work.part.size() / 2);
  first.level = work.level + 1;
  if (!one || work.part.size() == 1) {
    work.split = false;
    work.level = first.level;
  }
  if (alone) {
    queue.push_back(std::move(work));  // so that the next call takes an entry of another part
  } else {
    queue.push_front(std::move(work));
  }
  return first;
}

void Scheduler::reply(std::uint64_t call, CallReply reply, TimePoint now) {
  const auto place = sent_.find(call);
  if (place == sent_.end()) return;
  SentCall sent = std::move(place->second);
  sent_.erase(place);
  Work& work = sent.work;
  using Kind = CallReply::Kind;
  if (reply.kind == Kind::throttled) {
    ++throttled_;
    limiter_.throttled(sent.sentAt, reply.retryAfter, random_->uniform(), now);
  } else {
    limiter_.replied(now);
  }
  if (reply.kind == Kind::wrongAddress) reply.kind = everAnswered_ ? Kind::temporary : Kind::fatal;
  if (reply.kind == Kind::accepted || reply.kind == Kind::refused || reply.kind == Kind::throttled) {
    everAnswered_ = true;
    breaker_.answered();
  }
  if (reply.fate == Fate::inDoubt) {
    work.doubt = reply.message;
  } else if (reply.fate == Fate::rejected && reply.status != 0) {
    work.refusal = std::make_shared<const BulkVerdictDetails>(
        BulkVerdictDetails{BulkVerdict::notDone, reply.status, reply.code, reply.message, reply.requestId});
  }

  switch (reply.kind) {
    case Kind::accepted: onAccepted(call, work, reply, now); break;
    case Kind::refused: onRefused(call, std::move(work), reply, now); break;
    case Kind::throttled:
      conclude(call, work, verdictWith(verdictOf(reply.fate), reply), std::nullopt);
      again_.push_back(std::move(work));
      break;
    case Kind::stale:
      if (!work.wasStale) {
        work.wasStale = true;
        conclude(call, work, verdictWith(verdictOf(reply.fate), reply), std::nullopt);
        again_.push_back(std::move(work));
        break;
      }
      [[fallthrough]];
    case Kind::temporary:
    case Kind::wrongAddress: onTemporary(call, std::move(work), reply, sent.probe, now); break;
    case Kind::fatal:
      if (!ended_) failure_ = reply.error;
      end(BulkEnd::failed, reply.message, now);
      conclude(call, work, verdictWith(verdictOf(reply.fate), reply), std::nullopt);
      again_.push_back(std::move(work));
      break;
  }
}

void Scheduler::onAccepted(std::uint64_t call, const Work& work, CallReply& reply, TimePoint now) {
  refusals_.accepted();
  if (!ended_) failure_.reset();
  release(true);
  accepted_ += work.part.size();
  Family& family = *work.family;
  family.largestAccepted = std::max(family.largestAccepted, work.part.size());
  conclude(call, work, verdictWith(BulkVerdict::accepted, reply), BulkState::accepted);
  learnBatchSize(family);
  checkRejectedShare(now);
}

void Scheduler::onRefused(std::uint64_t call, Work work, CallReply& reply, TimePoint now) {
  Family& family = *work.family;
  const std::size_t size = work.part.size();
  lastRefusal_ = std::move(reply.error);
  lastRefusalText_ = reply.message;

  bool hasChanged = false;
  if (reply.status == 413 && size > 1) {
    batchSize_ = std::min(batchSize_, std::max<std::size_t>(1, size / 2));
  } else if (work.level == 0) {
    hasChanged = refusals_.batchRefused(reply.status);
    family.refused = true;
  } else if (work.level <= 2 && size > 1) {
    ++(work.level == 1 ? family.refusedHalves : family.refusedQuarters);
  }

  if (size == 1 && refusals_.singleRefused(reply.status)) hasChanged = true;
  // The earlier refusals were held back because of a cause that may concern all entries. After the end of the run it
  // stays open whether there is one.
  if (hasChanged && !ended_) {
    for (Held& held : std::exchange(held_, {})) {
      // Where nothing was accepted, another status for one entry does not show that the account may do it for others.
      const bool isAboutTheAccount = held.verdict.status == 403 && !refusals_.everAccepted();
      settle(std::move(held), !isAboutTheAccount);
    }
  }

  if (size > 1) {
    conclude(call, work, verdictWith(BulkVerdict::notDone, reply), std::nullopt);
    work.split = true;
    // Placed after the other parts, level by level, so that it is known early how many entries of a batch are refused.
    parts_.push_back(std::move(work));
  } else {
    // Only the next call that is accepted, or refused with another status, shows whether the refusal concerns this
    // entry or all entries.
    held_.push_back(Held{call, std::move(work), verdictWith(BulkVerdict::rejected, reply)});
    if (!refusals_.watches()) release(true);
  }

  if (refusals_.systemic()) endAsSystemic(now);
  checkRejectedShare(now);
}

void Scheduler::endAsSystemic(TimePoint now) {
  if (ended_) return;
  failure_ = lastRefusal_;
  const std::string which = refusals_.everAccepted()
                                ? "the last " + std::to_string(refusals_.inARow()) + " calls the same way"
                            : held_.size() == 1 ? "the request"
                                                : "every request the same way";
  end(BulkEnd::systemic, "Box rejected " + which + ": " + lastRefusalText_, now);
}

void Scheduler::checkRejectedShare(TimePoint now) {
  const std::uint64_t settled = accepted_ + rejected_;
  if (settled < options_.rejectedSample) return;
  if (static_cast<double>(rejected_) <= options_.rejectedShare * static_cast<double>(settled)) return;
  end(BulkEnd::tooManyRejected,
      "Box rejected " + std::to_string(rejected_) + " of " + std::to_string(settled) + " entries", now);
}

void Scheduler::onTemporary(std::uint64_t call, Work work, CallReply& reply, bool probe, TimePoint now) {
  breaker_.failed(now, probe);
  // A failure while Box is down gives no information about the call itself, unless Box has refused the call.
  if (!probe || reply.fate == Fate::rejected) ++work.failures;
  outageStatus_ = reply.status;
  if (reply.retryAfter) limiter_.pause(*reply.retryAfter, random_->uniform(), now);
  if (!ended_) failure_ = reply.error;

  const unsigned most =
      work.putOff && work.part.size() > 1 ? std::min(putOffAttempts, options_.attempts) : options_.attempts;
  const bool exhausted = work.failures >= most;
  if (exhausted && work.part.size() == 1) {
    BulkVerdictDetails verdict = verdictWith(verdictOf(reply.fate), reply);
    if (work.doubt && verdict.message.empty()) verdict.message = *work.doubt;
    conclude(call, work, std::move(verdict), work.doubt ? BulkState::inDoubt : BulkState::notSent);
    return;
  }
  conclude(call, work, verdictWith(verdictOf(reply.fate), reply), std::nullopt);
  if (exhausted) {
    work.failures = 0;
    work.putOff = work.split = true;
    putOff_.push_back(std::move(work));
    return;
  }
  BackoffContext context;
  context.retry = std::max(1U, work.failures);
  context.random = random_->uniform();
  waiting_.emplace(after(now, backoff_.delay(context)), std::move(work));
}

void Scheduler::conclude(std::uint64_t call, const Work& work, BulkVerdictDetails verdict,
                         std::optional<BulkState> state) {
  if (state) work.family->open -= work.part.size();
  conclusions_.push_back(Conclusion{call, work.part, std::move(verdict), state});
}

/// Settles the refusals that were held back: as rejected, or as not sent if the cause may concern all entries, so that
/// a later run sends them again.
void Scheduler::release(bool asRejected) {
  for (Held& held : std::exchange(held_, {})) settle(std::move(held), asRejected);
}

void Scheduler::settle(Held held, bool asRejected) {
  if (asRejected) {
    ++rejected_;
    batchesTooLarge_ = 0;
    held.work.family->anyRejected = true;
    conclude(held.call, held.work, std::move(held.verdict), BulkState::rejected);
  } else {
    held.verdict.verdict = BulkVerdict::notDone;
    conclude(held.call, held.work, std::move(held.verdict), held.work.doubt ? BulkState::inDoubt : BulkState::notSent);
  }
}

void Scheduler::giveUp(Work& work, const std::string& why) {
  BulkVerdictDetails verdict = work.doubt || !work.refusal ? BulkVerdictDetails() : *work.refusal;
  if (verdict.message.empty()) verdict.message = work.doubt.value_or(why);
  conclude(0, work, std::move(verdict), work.doubt ? BulkState::inDoubt : BulkState::notSent);
}

void Scheduler::giveUpAll() {
  release(false);
  flush();
  for (std::deque<Work>* queue : {&again_, &parts_, &ready_, &putOff_}) {
    for (Work& work : *queue) giveUp(work, message_);
    queue->clear();
  }
  for (auto& [at, work] : waiting_) giveUp(work, message_);
  waiting_.clear();
}

/// Learns that batches are too large: a batch was refused, and each of its entries was accepted in a smaller one. The
/// size is reduced after two such batches in a row, because one may be a coincidence.
void Scheduler::learnBatchSize(Family& family) {
  if (family.open != 0) return;
  if (!family.refused || family.anyRejected || family.largestAccepted < 2) {
    if (!family.refused) batchesTooLarge_ = 0;
    return;
  }
  if (++batchesTooLarge_ >= 2) batchSize_ = std::min(batchSize_, family.largestAccepted);
}

void Scheduler::end(BulkEnd reason, std::string message, TimePoint now) {
  if (ended_) return;
  ended_ = reason;
  endedAt_ = now;
  message_ = std::move(message);
}

std::chrono::nanoseconds Scheduler::coolDown(TimePoint now) const { return untilThen(limiter_.coolDownUntil(), now); }

std::chrono::nanoseconds Scheduler::outage(TimePoint now) const {
  return breaker_.open() && breaker_.downSince() ? std::chrono::nanoseconds(now - *breaker_.downSince())
                                                 : std::chrono::nanoseconds(0);
}

}  // namespace box::inline v0_1
