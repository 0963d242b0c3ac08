#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "box/network/call_options.hpp"
#include "box/read/list_reader.hpp"
#include "box/read/manager.hpp"
#include "box/read/values.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"
#include "box/views.hpp"

namespace box::inline v0_1 {

/// Which groups to list, and with which fields.
struct GetGroupsQueryParams {
  std::string_view filterTerm{};         ///< only groups whose names begin with this text
  StringListView fields{};               ///< the fields to get, in place of Box's standard set
  std::optional<std::int64_t> limit{};   ///< 1 to 1,000; Box's default is 100
  std::optional<std::int64_t> offset{};  ///< 0 to 10,000
};
static_assert(std::is_trivially_copyable_v<GetGroupsQueryParams>);

/// Reads the groups of the enterprise. Reached as `client.groups`. Needs the scope `manage_groups`.
class BOX_API GroupsManager : public ReadManager {
 public:
  /// BoxClient has such a manager. Use this constructor to make one that sends through a NetworkClient of your own.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where an argument is null; those of
  /// NetworkClient::prepare().
  GroupsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                std::shared_ptr<NetworkClient> networkClient);

  /// Gets one page of groups (GET /2.0/groups). `optionals`: headers, deadline, retry policy and tag of this call.
  asio::awaitable<Groups> getGroups(GetGroupsQueryParams queryParams = GetGroupsQueryParams(),
                                    CallOptionalsView optionals = CallOptionalsView()) const;

  /// Makes a reader of all groups that getGroups() would list, from `offset` on. `limit`: the size of each page; unset:
  /// 1,000. `optionals`: the options of each of its calls. *Errors*: this function itself throws BoxSdkError with
  /// Errc::invalidRequest for invalid arguments.
  GroupReader readGroups(GetGroupsQueryParams queryParams = GetGroupsQueryParams(),
                         CallOptionalsView optionals = CallOptionalsView()) const;

 private:
  friend class BoxClient;
  explicit GroupsManager(std::shared_ptr<const CallTarget> target) noexcept : ReadManager(std::move(target)) {}
};

/// Which memberships of a group to list.
struct GetGroupMembershipsQueryParams {
  std::optional<std::int64_t> limit{};   ///< 1 to 1,000; Box's default is 100
  std::optional<std::int64_t> offset{};  ///< 0 to 10,000
};

/// The options of one call of MembershipsManager.
struct GetGroupMembershipsOptionalsInput {
  GetGroupMembershipsQueryParams queryParams{};  ///< which memberships to list
  CallHeadersView headers{};                     ///< as CallOptionalsView::headers
  Deadline deadline{};                           ///< as CallOptionalsView::deadline
  RetryPolicyView retryPolicy{};                 ///< as CallOptionalsView::retryPolicy
  std::string_view tag{};                        ///< as CallOptionalsView::tag

  /// All members except `queryParams`.
  operator CallOptionalsView() const noexcept { return {headers, deadline, retryPolicy, tag}; }
};
static_assert(std::is_trivially_copyable_v<GetGroupMembershipsOptionalsInput>);

/// Reads which users are in which groups. Reached as `client.memberships`. Needs the scope `manage_groups`.
class BOX_API MembershipsManager : public ReadManager {
 public:
  /// BoxClient has such a manager. Use this constructor to make one that sends through a NetworkClient of your own.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where an argument is null; those of
  /// NetworkClient::prepare().
  MembershipsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                     std::shared_ptr<NetworkClient> networkClient);

  /// Gets one page of a group's memberships (GET /2.0/groups/{id}/memberships). `groupId`: 1 to 20 digits.
  asio::awaitable<GroupMemberships> getGroupMemberships(
      std::string_view groupId,
      GetGroupMembershipsOptionalsInput optionals = GetGroupMembershipsOptionalsInput()) const;

  /// Makes a reader of all memberships of a group, from `offset` on. `limit`: the size of each page; unset: 1,000. Box
  /// lists at most about 11,000 memberships. *Errors*: this function itself throws BoxSdkError with
  /// Errc::invalidRequest for invalid arguments.
  MembershipReader readGroupMemberships(std::string_view groupId, GetGroupMembershipsOptionalsInput optionals =
                                                                      GetGroupMembershipsOptionalsInput()) const;

 private:
  friend class BoxClient;
  explicit MembershipsManager(std::shared_ptr<const CallTarget> target) noexcept : ReadManager(std::move(target)) {}
};

/// Finds the group with exactly this name; upper and lower case of the letters A to Z are the same. A text of 1 to 20
/// digits is taken for an id and returned as it is: Box is not asked, and the result has no other member than `id`. So
/// a group whose name is such a number is found by its id only. *Errors*: BoxSdkError with Errc::invalidRequest where
/// no group, or more than one, has the name (the text of the error then names the ids of up to ten groups); with
/// Errc::unexpectedResponse where Box does not list all groups whose names begin with this text; those of the calls.
BOX_API asio::awaitable<GroupFull> findGroup(GroupsManager groups, std::string idOrName);

}  // namespace box::inline v0_1
