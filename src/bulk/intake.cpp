#include "bulk/intake.hpp"

#include "box/support/time.hpp"

namespace box::inline v0_1 {

Intake::Decision Intake::decide(const BulkEntry& entry, WallTime now) {
  finding_ = checker_.check(entry);
  past_.reset();
  if (finding_.canBeSent()) past_ = pastOf_(finding_.index);
  Decision decision;
  decision.row = rowOf(finding_, entry, past_);
  const bool isSkipped = !finding_.canBeSent() || entry.skip != nullptr;
  decision.settled = isSkipped || (past_ && !isSentAgain(options_, *past_, now));
  decision.doubted = !decision.settled && past_ && past_->state == BulkState::inDoubt;
  return decision;
}

void Intake::keepPast(BulkRow& row) {
  if (row.state != BulkState::notSent) return;
  past_ = pastOf_(row.index);
  if (past_) row.take(*past_);
}

}  // namespace box::inline v0_1
