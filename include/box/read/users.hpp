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

/// Which users, and what of them: `{.filterTerm = "ann", .fields = {"id", "login", "role"}, .limit = 100}`. A view, as
/// for all arguments of calls.
struct GetUsersQueryParams {
  std::string_view filterTerm{};  ///< names and logins that begin with it; an external user only by the whole login
  std::string_view userType{};    ///< all, managed (Box's default) or external
  std::string_view externalAppUserId{};  ///< the app user with exactly this id of the app's
  /// Names as Box's documents have them (`is_platform_access_only`); they take the place of Box's standard set.
  StringListView fields{};
  std::optional<std::int64_t> offset{};  ///< 0 to 10,000; not with a marker
  std::optional<std::int64_t> limit{};   ///< 1 to 1,000; Box's default is 100
  std::optional<bool> usemarker{};       ///< by marker, which has no end at 10,000; then the answer has no total
  std::string_view marker{};             ///< `nextMarker` of the page before; implies `usemarker`
};
static_assert(std::is_trivially_copyable_v<GetUsersQueryParams>);

struct GetUserMeQueryParams {
  StringListView fields{};
};
struct GetUserByIdQueryParams {
  StringListView fields{};
};

struct GetUserByIdOptionalsInput {
  GetUserByIdQueryParams queryParams{};
  CallHeadersView headers{};  ///< these and what follows: as CallOptionalsView has them
  Deadline deadline{};
  RetryPolicyView retryPolicy{};
  std::string_view tag{};

  operator CallOptionalsView() const noexcept { return {headers, deadline, retryPolicy, tag}; }
};
static_assert(std::is_trivially_copyable_v<GetUserByIdOptionalsInput>);

/// Users of the enterprise. Reached as `client.users`. Listing needs an administrator, or a co-administrator who may
/// manage users, and the scope `manage_managed_users`.
class BOX_API UsersManager : public ReadManager {
 public:
  UsersManager(std::shared_ptr<Authentication> auth, NetworkSession session,
               std::shared_ptr<NetworkClient> networkClient);

  /// One page of users (GET /2.0/users).
  asio::awaitable<Users> getUsers(GetUsersQueryParams queryParams = GetUsersQueryParams(),
                                  CallOptionalsView optionals = CallOptionalsView()) const;

  /// The user in whose name the client acts (GET /2.0/users/me).
  asio::awaitable<UserFull> getUserMe(GetUserMeQueryParams queryParams = GetUserMeQueryParams(),
                                      CallOptionalsView optionals = CallOptionalsView()) const;

  /// One user (GET /2.0/users/{id}). `userId`: 1 to 20 digits.
  asio::awaitable<UserFull> getUserById(std::string_view userId,
                                        GetUserByIdOptionalsInput optionals = GetUserByIdOptionalsInput()) const;

  /// All users that getUsers() would list, by marker unless `offset` is given. `limit`: of a page, 1,000 where it is
  /// not given. `optionals`: for each of the calls. *Errors*: BoxSdkError with Errc::invalidRequest, at once.
  UserReader readUsers(GetUsersQueryParams queryParams = GetUsersQueryParams(),
                       CallOptionalsView optionals = CallOptionalsView()) const;
};

}  // namespace box
