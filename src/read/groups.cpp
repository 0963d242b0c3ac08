#include "box/read/groups.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "read/list_state.hpp"
#include "read/query.hpp"
#include "read/read_call.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::int64_t usualPage = 1'000;

const std::shared_ptr<const Operation>& ofGroups() {
  static const auto groups = readOperation("getGroups", "/2.0/groups");
  return groups;
}

constexpr const char* getMemberships = "getGroupMemberships";

std::shared_ptr<const Operation> ofMemberships(std::string_view groupId) {
  return readOperation(getMemberships, pathWithId("/2.0/groups/", groupId, "/memberships", "groupId"));
}

}  // namespace

GroupsManager::GroupsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                             std::shared_ptr<NetworkClient> networkClient)
    : ReadManager("GroupsManager", std::move(auth), std::move(session), std::move(networkClient)) {}

asio::awaitable<Groups> GroupsManager::getGroups(GetGroupsQueryParams queryParams, CallOptionalsView optionals) const {
  return readCall<Groups>(*target_, ofGroups()->name, optionals, [&] {
    return ReadRequest{ofGroups(), queryOf(queryParams)};
  });
}

GroupReader GroupsManager::readGroups(GetGroupsQueryParams queryParams, CallOptionalsView optionals) const {
  static constexpr const char* name = "readGroups";
  try {
    queryOf(queryParams);
    std::vector<std::string> fields;
    queryParams.fields.forEach([&](std::string_view field) { fields.emplace_back(field); });
    auto fetch = [target = target_, filterTerm = std::string(queryParams.filterTerm), fields = std::move(fields),
                  prototype = readRequest(*target_, {ofGroups(), ""}, optionals)](const PageStart& page) {
      GetGroupsQueryParams params;
      params.filterTerm = filterTerm;
      params.fields = fields;
      params.limit = page.limit;
      params.offset = page.offset;
      return fetchPage<Groups>(*target, prototype, queryOf(params));
    };
    Paging start = Paging::byOffset(queryParams.limit.value_or(usualPage), queryParams.offset.value_or(0));
    return GroupReader(std::make_shared<ListState<GroupFull>>(std::move(start), std::move(fetch)));
  } catch (const BoxSdkError& error) {
    throw argumentError(error, name, optionals.tag);
  }
}

MembershipsManager::MembershipsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                                       std::shared_ptr<NetworkClient> networkClient)
    : ReadManager("MembershipsManager", std::move(auth), std::move(session), std::move(networkClient)) {}

asio::awaitable<GroupMemberships> MembershipsManager::getGroupMemberships(
    std::string_view groupId, GetGroupMembershipsOptionalsInput optionals) const {
  return readCall<GroupMemberships>(*target_, getMemberships, optionals, [&] {
    return ReadRequest{ofMemberships(groupId), queryOf(optionals.queryParams)};
  });
}

MembershipReader MembershipsManager::readGroupMemberships(std::string_view groupId,
                                                          GetGroupMembershipsOptionalsInput optionals) const {
  static constexpr const char* name = "readGroupMemberships";
  const GetGroupMembershipsQueryParams& queryParams = optionals.queryParams;
  try {
    queryOf(queryParams);
    auto fetch = [target = target_,
                  prototype = readRequest(*target_, {ofMemberships(groupId), ""}, optionals)](const PageStart& page) {
      GetGroupMembershipsQueryParams params;
      params.limit = page.limit;
      params.offset = page.offset;
      return fetchPage<GroupMemberships>(*target, prototype, queryOf(params));
    };
    Paging start = Paging::byOffset(queryParams.limit.value_or(usualPage), queryParams.offset.value_or(0));
    return MembershipReader(std::make_shared<ListState<GroupMembership>>(std::move(start), std::move(fetch)));
  } catch (const BoxSdkError& error) {
    throw argumentError(error, name, optionals.tag);
  }
}

}  // namespace box::inline v0_1
