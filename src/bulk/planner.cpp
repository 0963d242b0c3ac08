#include "bulk/planner.hpp"

#include "session_termination/request_body.hpp"

namespace box {

Planner::Finding Planner::look(const BulkEntry& entry) {
  Finding finding;
  finding.index = count_++;
  if (!entry.fault.empty()) {
    finding.invalid = entry.fault;
    return finding;
  }
  const bool login = isLogin(target_, entry.value);
  if (const char* reason = entryObjection(entry.value, login ? BodyList::Kind::logins : BodyList::Kind::ids)) {
    finding.invalid = reason;
    return finding;
  }
  finding.original = seen_.add(entry.value, finding.index);
  return finding;
}

}  // namespace box
