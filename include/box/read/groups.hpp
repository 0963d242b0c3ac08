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

namespace box::inline v0_1 {

/// Which groups to list, and which fields.
struct GetGroupsQueryParams {
  std::string_view filterTerm{};         ///< names that begin with it
  StringListView fields{};               ///< in place of Box's standard set
  std::optional<std::int64_t> limit{};   ///< 1 to 1,000; Box's default is 100
  std::optional<std::int64_t> offset{};  ///< 0 to 10,000
};
static_assert(std::is_trivially_copyable_v<GetGroupsQueryParams>);

/// Reads the groups of the enterprise. Reached as `client.groups`. Needs the scope `manage_groups`.
class BOX_API GroupsManager : public ReadManager {
 public:
  /// BoxClient makes one; with this constructor you can make one on a NetworkClient of your own. *Errors*: BoxSdkError
  /// with Errc::invalidConfiguration where an argument is null; those of NetworkClient::prepare().
  GroupsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                std::shared_ptr<NetworkClient> networkClient);

  /// One page of groups (GET /2.0/groups).
  asio::awaitable<Groups> getGroups(GetGroupsQueryParams queryParams = GetGroupsQueryParams(),
                                    CallOptionalsView optionals = CallOptionalsView()) const;

  /// All groups that getGroups() would list, from `offset`. `limit`: of each page; unset: 1,000.
  /// *Errors*: BoxSdkError with Errc::invalidRequest, at once.
  GroupReader readGroups(GetGroupsQueryParams queryParams = GetGroupsQueryParams(),
                         CallOptionalsView optionals = CallOptionalsView()) const;
};

/// Which memberships to list.
struct GetGroupMembershipsQueryParams {
  std::optional<std::int64_t> limit{};   ///< 1 to 1,000; Box's default is 100
  std::optional<std::int64_t> offset{};  ///< 0 to 10,000
};

/// What may be set for one call of MembershipsManager.
struct GetGroupMembershipsOptionalsInput {
  GetGroupMembershipsQueryParams queryParams{};  ///< which memberships
  CallHeadersView headers{};                     ///< as CallOptionalsView::headers
  Deadline deadline{};                           ///< as CallOptionalsView::deadline
  RetryPolicyView retryPolicy{};                 ///< as CallOptionalsView::retryPolicy
  std::string_view tag{};                        ///< as CallOptionalsView::tag

  /// All but `queryParams`.
  operator CallOptionalsView() const noexcept { return {headers, deadline, retryPolicy, tag}; }
};
static_assert(std::is_trivially_copyable_v<GetGroupMembershipsOptionalsInput>);

/// Reads who is in which group. Reached as `client.memberships`. Needs the scope `manage_groups`.
class BOX_API MembershipsManager : public ReadManager {
 public:
  /// BoxClient makes one; with this constructor you can make one on a NetworkClient of your own. *Errors*: BoxSdkError
  /// with Errc::invalidConfiguration where an argument is null; those of NetworkClient::prepare().
  MembershipsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                     std::shared_ptr<NetworkClient> networkClient);

  /// One page of a group's memberships (GET /2.0/groups/{id}/memberships). `groupId`: 1 to 20 digits.
  asio::awaitable<GroupMemberships> getGroupMemberships(
      std::string_view groupId,
      GetGroupMembershipsOptionalsInput optionals = GetGroupMembershipsOptionalsInput()) const;

  /// All memberships of a group, from `offset`. `limit`: of each page; unset: 1,000. Box lists at most about 11,000.
  /// *Errors*: BoxSdkError with Errc::invalidRequest, at once.
  MembershipReader readGroupMemberships(std::string_view groupId, GetGroupMembershipsOptionalsInput optionals =
                                                                      GetGroupMembershipsOptionalsInput()) const;
};

}  // namespace box::inline v0_1
