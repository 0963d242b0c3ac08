#include "bulk/scheduler.hpp"

#include <algorithm>

#include "box/support/time.hpp"

namespace box::inline v0_1 {

namespace {

/// While at least this many calls wait for their retry, or at least this many batches and parts are put off, no new
/// batch is sent, except where Refusals::wantsBatch().
constexpr std::size_t mostWaiting = 64;
/// How many calls that fail for temporary reasons a part of a batch that was put off gets, if it has more than one
/// entry.
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
  work.family->undecided = work.part.size();
  if (fillingDoubted_) work.doubt = "in doubt since an earlier run";
  ready_.push_back(std::move(work));
}

Scheduler::Step Scheduler::next(TimePoint now) {
  if (!ended_ && now >= deadline_) end(BulkEnd::deadline, "the deadline of the run has passed", now);
  const bool down = breaker_.isOpen() && breaker_.downSince();
  if (!ended_ && down && now >= after(*breaker_.downSince(), options_.longestOutage)) {
    end(BulkEnd::unavailable, "Box was down for too long", now);
  }
  if (ended_) return nextAfterEnd(now);

  // The source is slow: an incomplete batch is sent, because waiting for the rest would delay it.
  if (sent_.empty() && !anyReady(now) && waiting_.empty()) flush();
  Step step;
  step.until = deadline_;
  if (down) step.until = std::min(step.until, after(*breaker_.downSince(), options_.longestOutage));
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
  limiter_.sent(now);
  ++calls_;
  step.action = Action::send;
  step.call.number = ++lastCall_;
  step.call.part = work->part;
  sent_.emplace(lastCall_, SentCall{std::move(*work), now, breaker_.isOpen()});
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
  settleHeld(true);
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
    // It waits for the next batch of the source only while calls are in flight: otherwise a slow source would delay the
    // entries that were read.
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
  const bool seeksCommonCause = !work.putOff && refusals_.suspicious();
  const bool takesOne = seeksCommonCause || work.family->oneByOne();
  Work first = work;
  // People whose sessions this account has no right to end often stand together in a list, so single entries come from
  // both ends in turn.
  const bool last = seeksCommonCause && std::exchange(lastIsNext_, !lastIsNext_);
  first.part = last ? work.part.takeLast(1) : work.part.take(takesOne ? 1 : work.part.size() / 2);
  first.level = work.level + 1;
  if (!takesOne || work.part.size() == 1) {
    work.split = false;
    work.level = first.level;
  }
  if (seeksCommonCause) {
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
    breaker_.noteAnswer();
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
      if (!ended_) failure_ = reply.error;
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
  refusals_.noteAccepted();
  if (!ended_) failure_.reset();
  settleHeld(true);
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
  if (reply.status == 403) lastForbidden_ = reply.error;
  lastRefusal_ = std::move(reply.error);
  lastRefusalText_ = reply.message;

  bool hasChanged = false;
  if (reply.status == 413 && size > 1) {
    batchSize_ = std::min(batchSize_, std::max<std::size_t>(1, size / 2));
  } else if (work.level == 0) {
    hasChanged = refusals_.noteRefusedBatch(reply.status);
    family.refused = true;
  } else if (work.level <= 2 && size > 1) {
    ++(work.level == 1 ? family.refusedHalves : family.refusedQuarters);
  }

  if (size == 1 && refusals_.noteRefusedSingle(reply.status)) hasChanged = true;
  // Another status shows that the refusals that were held back had no common cause: they are rejections. After the end
  // of the run they stay held back, because the run may have ended for a common cause.
  if (hasChanged && !ended_) settleHeld(true);

  if (size > 1) {
    conclude(call, work, verdictWith(BulkVerdict::notDone, reply), std::nullopt);
    work.beginSplit();
    // Placed after the other parts, level by level, so that it is known early how many entries of a batch are refused.
    parts_.push_back(std::move(work));
  } else {
    // Only the next call that is accepted, or refused with another status, shows whether the refusal concerns this
    // entry or all entries.
    held_.push_back(Held{call, std::move(work), verdictWith(BulkVerdict::rejected, reply)});
    if (!refusals_.watches()) settleHeld(true);
  }

  if (refusals_.systemic()) endAsSystemic(now);
  checkRejectedShare(now);
}

void Scheduler::endAsSystemic(TimePoint now) {
  if (ended_) return;
  failure_ = lastRefusal_;
  const std::string which = refusals_.everAccepted() ? "each of the last calls the same way"
                            : held_.size() == 1      ? "the request"
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
  breaker_.noteFailure(now, probe);
  // The failure of a probe gives no information about the call itself, unless Box's answer says that it carried out
  // nothing (Fate::rejected, for example a 500).
  if (!probe || reply.fate == Fate::rejected) ++work.failures;
  outageStatus_ = reply.tokenStatus != 0 ? reply.tokenStatus : reply.status;
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
    work.beginSplit();
    work.putOff = true;
    putOff_.push_back(std::move(work));
    return;
  }
  BackoffContext context;
  context.retry = std::max(1U, work.failures);
  context.random = random_->uniform();
  waiting_.emplace(after(now, backoff_.delay(context)), std::move(work));
}

void Scheduler::end(BulkEnd reason, std::string message, TimePoint now) {
  if (ended_) return;
  ended_ = reason;
  endedAt_ = now;
  message_ = std::move(message);
}

std::chrono::nanoseconds Scheduler::coolDown(TimePoint now) const { return untilThen(limiter_.coolDownUntil(), now); }

std::chrono::nanoseconds Scheduler::outage(TimePoint now) const {
  return breaker_.isOpen() && breaker_.downSince() ? std::chrono::nanoseconds(now - *breaker_.downSince())
                                                   : std::chrono::nanoseconds(0);
}

}  // namespace box::inline v0_1
