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

/// Which users to list, and which fields: `{.filterTerm = "ann", .fields = {"id", "login", "role"}, .limit = 100}`. A
/// view, as for all arguments of calls.
struct GetUsersQueryParams {
  /// Users whose name or login begins with it; external users only by their whole login.
  std::string_view filterTerm{};
  std::string_view userType{};           ///< all, managed (Box's default) or external
  std::string_view externalAppUserId{};  ///< the app user with exactly this id of the app's
  /// Names as Box's documents have them (`is_platform_access_only`); they take the place of Box's standard set.
  StringListView fields{};
  std::optional<std::int64_t> offset{};  ///< 0 to 10,000; not with a marker
  std::optional<std::int64_t> limit{};   ///< 1 to 1,000; Box's default is 100
  std::optional<bool> usemarker{};       ///< list by marker, which does not end at 10,000 but gives no total
  std::string_view marker{};             ///< `nextMarker` of the page before; implies `usemarker`
};
static_assert(std::is_trivially_copyable_v<GetUsersQueryParams>);

/// Which fields of the user in whose name the client acts.
struct GetUserMeQueryParams {
  StringListView fields{};  ///< as GetUsersQueryParams::fields
};
/// Which fields of a user.
struct GetUserByIdQueryParams {
  StringListView fields{};  ///< as GetUsersQueryParams::fields
};

/// What may be set for one call of UsersManager::getUserById().
struct GetUserByIdOptionalsInput {
  GetUserByIdQueryParams queryParams{};  ///< which fields
  CallHeadersView headers{};             ///< as CallOptionalsView::headers
  Deadline deadline{};                   ///< as CallOptionalsView::deadline
  RetryPolicyView retryPolicy{};         ///< as CallOptionalsView::retryPolicy
  std::string_view tag{};                ///< as CallOptionalsView::tag

  /// All but `queryParams`.
  operator CallOptionalsView() const noexcept { return {headers, deadline, retryPolicy, tag}; }
};
static_assert(std::is_trivially_copyable_v<GetUserByIdOptionalsInput>);

/// Reads the users of the enterprise. Reached as `client.users`. Listing needs an administrator, or a co-administrator
/// who may manage users, and the scope `manage_managed_users`.
class BOX_API UsersManager : public ReadManager {
 public:
  /// BoxClient makes one; with this constructor you can make one on a NetworkClient of your own. *Errors*: BoxSdkError
  /// with Errc::invalidConfiguration where an argument is null; those of NetworkClient::prepare().
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

  /// All users that getUsers() would list, by marker unless `offset` is given. `limit`: of each page; unset: 1,000.
  /// `optionals`: for each of the calls. *Errors*: BoxSdkError with Errc::invalidRequest, at once.
  UserReader readUsers(GetUsersQueryParams queryParams = GetUsersQueryParams(),
                       CallOptionalsView optionals = CallOptionalsView()) const;
};

}  // namespace box::inline v0_1
