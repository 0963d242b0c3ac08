#include "box/bulk/bulk_entry.hpp"

#include "box/bulk/journal.hpp"

namespace box::inline v0_1 {

void BulkRow::take(const BulkPast& past) noexcept {
  state = past.state;
  status = past.status;
  code = past.code;
  message = past.message;
  requestId = past.requestId;
  call = 0;
  fromJournal = true;
}

BulkRow rowOf(const BulkChecker::Finding& finding, const BulkEntry& entry,
              const std::optional<BulkPast>& past) noexcept {
  BulkRow row;
  row.index = finding.index;
  row.line = entry.line;
  row.value = entry.value;
  row.message = finding.invalid;
  row.original = finding.original;
  if (!finding.invalid.empty()) {
    row.state = BulkState::invalid;
  } else if (finding.original) {
    row.state = BulkState::duplicate;
  } else if (past) {
    row.take(*past);
  } else if (entry.skip != nullptr) {
    row.state = BulkState::leftOut;
    row.message = entry.skip;
  }
  return row;
}

void BulkCounts::add(BulkState state) noexcept {
  switch (state) {
    case BulkState::accepted: ++accepted; return;
    case BulkState::rejected: ++rejected; return;
    case BulkState::invalid: ++invalid; return;
    case BulkState::duplicate: ++duplicate; return;
    case BulkState::inDoubt: ++inDoubt; return;
    case BulkState::notSent: ++notSent; return;
    case BulkState::leftOut: ++leftOut; return;
  }
}

std::string_view toString(BulkState state) noexcept {
  switch (state) {
    case BulkState::accepted: return "accepted";
    case BulkState::rejected: return "rejected";
    case BulkState::invalid: return "invalid";
    case BulkState::duplicate: return "duplicate";
    case BulkState::inDoubt: return "inDoubt";
    case BulkState::notSent: return "notSent";
    case BulkState::leftOut: return "leftOut";
  }
  return "unknown";
}

}  // namespace box::inline v0_1
