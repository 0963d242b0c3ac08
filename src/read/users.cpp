#include "box/read/users.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "read/list_state.hpp"
#include "read/query.hpp"
#include "read/read_call.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::int64_t usualUsers = 1'000;

const std::shared_ptr<const Operation>& ofUsers() {
  static const auto users = readOperation("getUsers", "/2.0/users");
  return users;
}

const std::shared_ptr<const Operation>& ofMe() {
  static const auto me = readOperation("getUserMe", "/2.0/users/me");
  return me;
}

constexpr const char* getUser = "getUserById";

std::shared_ptr<const Operation> ofUser(std::string_view userId) {
  return readOperation(getUser, pathWithId("/2.0/users/", userId, "", "userId"), "/2.0/users/{user_id}");
}

}  // namespace

UsersManager::UsersManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                           std::shared_ptr<NetworkClient> networkClient)
    : ReadManager("UsersManager", std::move(auth), std::move(session), std::move(networkClient)) {}

asio::awaitable<Users> UsersManager::getUsers(GetUsersQueryParams queryParams, CallOptionalsView optionals) const try {
  return readCall<Users>(*target_, {ofUsers(), queryOf(queryParams)}, optionals);
} catch (const BoxSdkError& error) {
  return refuseCall<Users>(error, ofUsers()->name, optionals.tag);
}

asio::awaitable<UserFull> UsersManager::getUserMe(GetUserMeQueryParams queryParams, CallOptionalsView optionals) const
    try {
  return readCall<UserFull>(*target_, {ofMe(), queryOfFields(queryParams.fields)}, optionals);
} catch (const BoxSdkError& error) {
  return refuseCall<UserFull>(error, ofMe()->name, optionals.tag);
}

asio::awaitable<UserFull> UsersManager::getUserById(std::string_view userId, GetUserByIdOptionalsInput optionals) const
    try {
  return readCall<UserFull>(*target_, {ofUser(userId), queryOfFields(optionals.queryParams.fields)}, optionals);
} catch (const BoxSdkError& error) {
  return refuseCall<UserFull>(error, getUser, optionals.tag);
}

UserReader UsersManager::readUsers(GetUsersQueryParams queryParams, CallOptionalsView optionals) const try {
  queryOf(queryParams);
  const std::int64_t limit = queryParams.limit.value_or(usualUsers);
  const bool byOffset = queryParams.offset || queryParams.usemarker == false;
  Paging start =
      byOffset ? Paging::byOffset(limit, queryParams.offset.value_or(0)) : Paging::byMarker(limit, queryParams.marker);
  GetUsersQueryParams same = queryParams;
  same.limit = same.offset = std::nullopt;
  same.marker = "";
  same.usemarker = byOffset ? std::optional(false) : std::nullopt;
  return UserReader(std::make_shared<ListState<UserFull>>(std::move(start),
                                                          PageCalls(*target_, {ofUsers(), queryOf(same)}, optionals)));
} catch (const BoxSdkError& error) {
  throw argumentError(error, "readUsers", optionals.tag);
}

}  // namespace box::inline v0_1
