#include "box/read/groups.hpp"

#include <string>
#include <utility>
#include <vector>

#include "read/list_state.hpp"
#include "read/query.hpp"
#include "read/read_call.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::int64_t usualPage = 1'000;

std::string membershipsOf(std::string_view groupId) {
  return pathWithId("/2.0/groups/", groupId, "/memberships", "groupId");
}

}  // namespace

GroupsManager::GroupsManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                             std::shared_ptr<NetworkClient> networkClient)
    : ReadManager("GroupsManager", std::move(auth), std::move(session), std::move(networkClient)) {}

asio::awaitable<Groups> GroupsManager::getGroups(GetGroupsQueryParams queryParams, CallOptionalsView optionals) const {
  return readCall<Groups>(*target_, "getGroups", optionals, [&] {
    return ReadRequest{"/2.0/groups", queryOf(queryParams)};
  });
}

GroupReader GroupsManager::readGroups(GetGroupsQueryParams queryParams, CallOptionalsView optionals) const {
  static constexpr const char* name = "readGroups";
  try {
    queryOf(queryParams);
    std::vector<std::string> fields;
    queryParams.fields.forEach([&](std::string_view field) { fields.emplace_back(field); });
    auto fetch = [target = target_, filterTerm = std::string(queryParams.filterTerm), fields = std::move(fields),
                  prototype =
                      readRequest(*target_, "getGroups", {"/2.0/groups", ""}, optionals)](const PageStart& page) {
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
  return readCall<GroupMemberships>(*target_, "getGroupMemberships", optionals, [&] {
    return ReadRequest{membershipsOf(groupId), queryOf(optionals.queryParams)};
  });
}

MembershipReader MembershipsManager::readGroupMemberships(std::string_view groupId,
                                                          GetGroupMembershipsOptionalsInput optionals) const {
  static constexpr const char* name = "readGroupMemberships";
  const GetGroupMembershipsQueryParams& queryParams = optionals.queryParams;
  try {
    queryOf(queryParams);
    auto fetch = [target = target_,
                  prototype = readRequest(*target_, "getGroupMemberships", {membershipsOf(groupId), ""}, optionals)](
                     const PageStart& page) {
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
