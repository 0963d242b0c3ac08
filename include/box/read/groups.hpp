#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

#include "box/network/call_options.hpp"
#include "box/read/list_reader.hpp"
#include "box/read/manager.hpp"
#include "box/read/values.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"
#include "box/views.hpp"

namespace box {

/// Which groups, and what of them.
struct GetGroupsQueryParams {
  std::string_view filterTerm{};         ///< names that begin with it
  StringListView fields{};               ///< in place of Box's standard set
  std::optional<std::int64_t> limit{};   ///< 1 to 1,000; Box's default is 100
  std::optional<std::int64_t> offset{};  ///< 0 to 10,000
};
static_assert(std::is_trivially_copyable_v<GetGroupsQueryParams>);

/// Groups of the enterprise. Reached as `client.groups`. Needs the scope `manage_groups`.
class BOX_API GroupsManager : public ReadManager {
 public:
  GroupsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                std::shared_ptr<NetworkClient> networkClient);

  /// One page of groups (GET /2.0/groups).
  asio::awaitable<Groups> getGroups(GetGroupsQueryParams queryParams = GetGroupsQueryParams(),
                                    CallOptionalsView optionals = CallOptionalsView()) const;

  /// All groups that getGroups() would list, from `offset`. `limit`: of a page, 1,000 where it is not given.
  /// *Errors*: BoxSdkError with Errc::invalidRequest, at once.
  GroupReader readGroups(GetGroupsQueryParams queryParams = GetGroupsQueryParams(),
                         CallOptionalsView optionals = CallOptionalsView()) const;
};

struct GetGroupMembershipsQueryParams {
  std::optional<std::int64_t> limit{};   ///< 1 to 1,000; Box's default is 100
  std::optional<std::int64_t> offset{};  ///< 0 to 10,000
};

struct GetGroupMembershipsOptionalsInput {
  GetGroupMembershipsQueryParams queryParams{};
  CallHeadersView headers{};  ///< these and what follows: as CallOptionalsView has them
  Deadline deadline{};
  RetryPolicyView retryPolicy{};
  std::string_view tag{};

  operator CallOptionalsView() const noexcept { return {headers, deadline, retryPolicy, tag}; }
};
static_assert(std::is_trivially_copyable_v<GetGroupMembershipsOptionalsInput>);

/// Who is in which group. Reached as `client.memberships`. Needs the scope `manage_groups`.
class BOX_API MembershipsManager : public ReadManager {
 public:
  MembershipsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                     std::shared_ptr<NetworkClient> networkClient);

  /// One page of a group's memberships (GET /2.0/groups/{id}/memberships). `groupId`: 1 to 20 digits.
  asio::awaitable<GroupMemberships> getGroupMemberships(
      std::string_view groupId,
      GetGroupMembershipsOptionalsInput optionals = GetGroupMembershipsOptionalsInput()) const;

  /// All memberships of a group, from `offset`. `limit`: of a page, 1,000 where it is not given. Box lists no more than
  /// some 11,000. *Errors*: BoxSdkError with Errc::invalidRequest, at once.
  MembershipReader readGroupMemberships(std::string_view groupId, GetGroupMembershipsOptionalsInput optionals =
                                                                      GetGroupMembershipsOptionalsInput()) const;
};

}  // namespace box
