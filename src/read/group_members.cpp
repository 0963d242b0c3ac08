#include "read/group_members.hpp"

#include <utility>

#include "box/entry.hpp"

namespace box::inline v0_1 {

asio::awaitable<ListEnd> GroupMembers::add(MembershipsManager memberships, std::string groupId) {
  MembershipReader reader = memberships.readGroupMemberships(groupId);
  for (;;) {
    std::vector<GroupMembership> page = co_await reader.nextPage();
    if (page.empty()) co_return reader.end();
    for (GroupMembership& membership : page) {
      UserMini& user = membership.user;
      if (!isBoxId(user.id) || ids_.insert(user.id).second) people_.push_back(std::move(user));
    }
  }
}

std::string incompleteGroup(const std::string& groupId, ListEnd end) {
  return "Box does not list all members of group " + groupId +
         (end == ListEnd::offsetLimit ? ", because it lists at most about 11,000"
                                      : ", because they changed each time that they were read");
}

}  // namespace box::inline v0_1
