#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>
#include <vector>

#include "box/read/groups.hpp"
#include "box/read/list_reader.hpp"
#include "box/read/values.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// The members of groups, as Box lists them: a UserSource and a Follower read them in this way.
class GroupMembers {
 public:
  /// Reads a group to the end of Box's list, and adds its members. *Errors*: those of
  /// MembershipsManager::readGroupMemberships(). *Lifetime*: this object must live until the awaitable has ended.
  asio::awaitable<ListEnd> add(MembershipsManager memberships, std::string groupId);

  /// In Box's order, each person once. A member whom Box lists without a usable id is there as often as Box lists it.
  const std::vector<UserMini>& people() const noexcept { return people_; }
  /// How many of them have no usable id.
  std::size_t withoutId() const noexcept { return people_.size() - ids_.size(); }

 private:
  std::vector<UserMini> people_;
  std::unordered_set<std::string> ids_;
};

/// Why the list of a group's members is not whole, as a sentence. `end`: not ListEnd::complete.
std::string incompleteGroup(const std::string& groupId, ListEnd end);

}  // namespace box::inline v0_1
