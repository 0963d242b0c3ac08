#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "box/entry.hpp"
#include "box/error.hpp"
#include "box/read/groups.hpp"
#include "support/as_box_error.hpp"
#include "support/ascii.hpp"
#include "support/operation_error.hpp"

namespace box::inline v0_1 {

namespace {

std::optional<ErrorDetails> searchCancelled(const Thrown& thrown) { return cancellationDetails(thrown, "findGroup"); }

asio::awaitable<GroupFull> groupNamed(GroupsManager groups, std::string name) {
  GetGroupsQueryParams params;
  params.filterTerm = name;
  GroupReader reader = groups.readGroups(params);
  std::vector<GroupFull> found;
  for (;;) {
    std::vector<GroupFull> page = co_await reader.nextPage();
    if (page.empty()) break;
    for (GroupFull& group : page) {
      if (equalsIgnoreCase(group.name, name)) found.push_back(std::move(group));
    }
  }
  if (reader.end() != ListEnd::complete) {
    throw answerError("findGroup", "Box does not list all groups whose names begin so: give the group's id");
  }
  if (found.empty()) {
    throw operationError(Errc::invalidRequest, "findGroup", "no group has this name, or the account may not see it");
  }
  if (found.size() > 1) {
    constexpr std::size_t mostShown = 10;
    std::string ids;
    for (std::size_t shown = 0; const GroupFull& group : found) {
      if (!isBoxId(group.id) || ++shown > mostShown) continue;
      ids += (ids.empty() ? ", one of " : ", ") + group.id;
    }
    throw operationError(Errc::invalidRequest, "findGroup", "more than one group has this name: give an id" + ids);
  }
  co_return std::move(found.front());
}

asio::awaitable<GroupFull> groupWithId(std::string id) {
  GroupFull group;
  group.id = std::move(id);
  co_return group;
}

}  // namespace

asio::awaitable<GroupFull> findGroup(GroupsManager groups, std::string idOrName) {
  if (isBoxId(idOrName)) return groupWithId(std::move(idOrName));
  return asBoxError(groupNamed(std::move(groups), std::move(idOrName)), searchCancelled);
}

}  // namespace box::inline v0_1
