#include "box/read/groups.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "read/list_state.hpp"
#include "read/query.hpp"
#include "read/read_call.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::int64_t usualGroups = 1'000;

const std::shared_ptr<const Operation>& ofGroups() {
  static const auto groups = readOperation("getGroups", "/2.0/groups");
  return groups;
}

constexpr const char* getMemberships = "getGroupMemberships";

std::shared_ptr<const Operation> ofMemberships(std::string_view groupId) {
  return readOperation(getMemberships, pathWithId("/2.0/groups/", groupId, "/memberships", "groupId"),
                       "/2.0/groups/{group_id}/memberships");
}

}  // namespace

GroupsManager::GroupsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                             std::shared_ptr<NetworkClient> networkClient)
    : ReadManager("GroupsManager", std::move(auth), std::move(session), std::move(networkClient)) {}

asio::awaitable<Groups> GroupsManager::getGroups(GetGroupsQueryParams queryParams, CallOptionalsView optionals) const
    try {
  return readCall<Groups>(*target_, {ofGroups(), queryOf(queryParams)}, optionals);
} catch (const BoxSdkError& error) {
  return refuseCall<Groups>(error, ofGroups()->name, optionals.tag);
}

GroupReader GroupsManager::readGroups(GetGroupsQueryParams queryParams, CallOptionalsView optionals) const try {
  queryOf(queryParams);
  Paging start = Paging::byOffset(queryParams.limit.value_or(usualGroups), queryParams.offset.value_or(0));
  GetGroupsQueryParams same = queryParams;
  same.limit = same.offset = std::nullopt;
  return GroupReader(std::make_shared<ListState<GroupFull>>(
      std::move(start), PageCalls(*target_, {ofGroups(), queryOf(same)}, optionals)));
} catch (const BoxSdkError& error) {
  throw argumentError(error, "readGroups", optionals.tag);
}

MembershipsManager::MembershipsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                                       std::shared_ptr<NetworkClient> networkClient)
    : ReadManager("MembershipsManager", std::move(auth), std::move(session), std::move(networkClient)) {}

asio::awaitable<GroupMemberships> MembershipsManager::getGroupMemberships(
    std::string_view groupId, GetGroupMembershipsOptionalsInput optionals) const try {
  return readCall<GroupMemberships>(*target_, {ofMemberships(groupId), queryOf(optionals.queryParams)}, optionals);
} catch (const BoxSdkError& error) {
  return refuseCall<GroupMemberships>(error, getMemberships, optionals.tag);
}

MembershipReader MembershipsManager::readGroupMemberships(std::string_view groupId,
                                                          GetGroupMembershipsOptionalsInput optionals) const try {
  const GetGroupMembershipsQueryParams& queryParams = optionals.queryParams;
  queryOf(queryParams);
  Paging start = Paging::byOffset(queryParams.limit.value_or(usualGroups), queryParams.offset.value_or(0));
  return MembershipReader(std::make_shared<ListState<GroupMembership>>(
      std::move(start), PageCalls(*target_, {ofMemberships(groupId), ""}, optionals)));
} catch (const BoxSdkError& error) {
  throw argumentError(error, "readGroupMemberships", optionals.tag);
}

}  // namespace box::inline v0_1
