#pragma once

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "box/read/groups.hpp"
#include "box/read/list_reader.hpp"
#include "box/read/values.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// The members of groups, as Box lists them. UserSource and Follower use this class to read them.
class GroupMembers {
 public:
  /// Reads a group to the end of Box's list, and adds its members. *Errors*: those of
  /// MembershipsManager::readGroupMemberships(). *Lifetime*: this object must live until the awaitable has ended.
  asio::awaitable<ListEnd> add(MembershipsManager memberships, std::string groupId);

  /// The members in Box's order, each person once. A member whom Box lists without a usable id is here as often as in
  /// Box's list.
  std::vector<UserMini> takePeople() noexcept { return std::move(people_); }
  /// The usable ids of these members.
  std::unordered_set<std::string> takeIds() noexcept { return std::move(ids_); }

 private:
  std::vector<UserMini> people_;
  std::unordered_set<std::string> ids_;
};

/// Why the list of a group's members is not complete, as a sentence. `end` must not be ListEnd::complete.
std::string incompleteGroup(const std::string& groupId, ListEnd end);

}  // namespace box::inline v0_1
