// How the scheduler gives entries their states, also those that were held back or never sent.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "bulk/scheduler.hpp"

namespace box::inline v0_1 {

void Scheduler::conclude(std::uint64_t call, const Work& work, BulkVerdictDetails verdict,
                         std::optional<BulkState> state) {
  if (state) work.family->undecided -= work.part.size();
  conclusions_.push_back(Conclusion{call, work.part, std::move(verdict), state});
}

/// Settles the refusals that were held back: as rejected, or as not sent if the cause may concern all entries, so that
/// a later run sends them again. While nothing was accepted, a 403 is settled as not sent in either case, because it
/// may concern the account.
void Scheduler::settleHeld(bool asRejected) {
  const bool mayAllBeForbidden = refusals_.watches() && !refusals_.everAccepted();
  for (Held& held : std::exchange(held_, {})) {
    const bool isAboutTheAccount = held.verdict.status == 403 && mayAllBeForbidden;
    if (isAboutTheAccount && !ended_) failure_ = lastForbidden_;
    settle(std::move(held), asRejected && !isAboutTheAccount);
  }
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
  settleHeld(false);
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
  if (family.undecided != 0) return;
  if (!family.refused || family.anyRejected || family.largestAccepted < 2) {
    if (!family.refused) batchesTooLarge_ = 0;
    return;
  }
  if (++batchesTooLarge_ >= 2) batchSize_ = std::min(batchSize_, family.largestAccepted);
}

}  // namespace box::inline v0_1
