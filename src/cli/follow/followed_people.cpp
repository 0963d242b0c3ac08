#include "cli/follow/followed_people.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "cli/digest.hpp"
#include "cli/entries.hpp"

namespace box::cli {

namespace {

using TimePoint = std::chrono::system_clock::time_point;

struct SentGroup {
  std::string id;
  TimePoint sentAt;
};

bool maySignOut(BulkState state) noexcept { return state == BulkState::accepted || state == BulkState::inDoubt; }

std::optional<TimePoint> sentAt(const JournalContents& journal, std::uint64_t index) {
  const std::optional<BulkPast> past = journal.past(index);
  return past ? std::optional(past->sentAt) : std::nullopt;
}

/// Adds each member once, also if several groups have the same member. The latest call counts, because it ended all
/// sessions before it.
void addMembers(FollowedPeople& out, const FollowRecord& record, const std::map<std::uint64_t, SentGroup>& groups) {
  std::map<std::string, std::size_t> known;
  for (const GroupMember& member : record.members) {
    const auto group = groups.find(member.group);
    if (group == groups.end()) continue;
    const TimePoint since = group->second.sentAt + record.boxAhead;
    const auto [place, isNew] = known.emplace(member.id, out.targets.size());
    if (!isNew) {
      FollowTarget& target = out.targets[place->second];
      target.since = std::max(*target.since, since);
      continue;
    }
    out.people.push_back({member.group, member.login.empty() ? member.id : member.login, group->second.id});
    out.targets.push_back({member.id, member.login, since});
  }
}

}  // namespace

std::string FollowedPeople::digest() const {
  Digest digest;
  for (const FollowTarget& target : targets) {
    const auto since = target.since ? target.since->time_since_epoch().count() : 0;
    digest.add(target.id + ' ' + target.login + ' ' + std::to_string(since) + '\n');
  }
  return digest.hex();
}

FollowedPeople peopleOf(const BulkList& list, const JournalContents& journal, const FollowRecord& record) {
  FollowedPeople out;
  const bool ofGroups = journal.header().binding.target == "groups";
  std::map<std::uint64_t, SentGroup> groups;
  list.forEach(&journal, [&](const BulkRow& row) {
    if (!maySignOut(row.state)) {
      if (row.state != BulkState::duplicate && row.state != BulkState::leftOut) ++out.notAccepted;
      return;
    }
    const std::optional<TimePoint> sent = sentAt(journal, row.index);
    if (!sent) return;
    const std::string value(row.value);
    if (ofGroups) {
      groups.emplace(row.index, SentGroup{value, *sent});
      out.groups.push_back(value);
      return;
    }
    FollowTarget target;
    (isLogin(value) ? target.login : target.id) = value;
    target.since = *sent + record.boxAhead;
    out.people.push_back({row.index, value, {}});
    out.targets.push_back(std::move(target));
  });
  if (ofGroups) addMembers(out, record, groups);
  return out;
}

}  // namespace box::cli
