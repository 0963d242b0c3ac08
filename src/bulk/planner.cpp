#include "bulk/planner.hpp"

#include <optional>

#include "box/entry.hpp"

namespace box {

Planner::Finding Planner::look(const BulkEntry& entry) {
  Finding finding;
  finding.index = count_++;
  if (!entry.fault.empty()) {
    finding.invalid = entry.fault;
    return finding;
  }
  const EntryKind kind = target_ == BulkTarget::users ? EntryKind::user : EntryKind::groupId;
  if (const std::optional<EntryFault> fault = checkEntry(kind, entry.value)) {
    finding.invalid = fault->text;
    return finding;
  }
  finding.original = seen_.add(entry.value, finding.index);
  return finding;
}

}  // namespace box
