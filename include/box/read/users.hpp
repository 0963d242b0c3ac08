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

/// Which users to list, and with which fields: `{.filterTerm = "ann", .fields = {"id", "login", "role"}, .limit =
/// 100}`. It is a view, as all arguments of calls are.
struct GetUsersQueryParams {
  /// Only users whose name or login begins with this text; external users are found only by their whole login.
  std::string_view filterTerm{};
  std::string_view userType{};           ///< all, managed (Box's default) or external
  std::string_view externalAppUserId{};  ///< only the app user with exactly this id, which the application has given
  /// The fields to get, by their names in Box's documents (`is_platform_access_only`), in place of Box's standard set.
  StringListView fields{};
  std::optional<std::int64_t> offset{};  ///< 0 to 10,000; not together with `marker` or `usemarker = true`
  std::optional<std::int64_t> limit{};   ///< 1 to 1,000; Box's default is 100
  /// Whether to list by marker, which does not end at 10,000 users but gives no total.
  std::optional<bool> usemarker{};
  std::string_view marker{};  ///< the `nextMarker` of the previous page; implies `usemarker`
};
static_assert(std::is_trivially_copyable_v<GetUsersQueryParams>);

/// Which fields to get of the user in whose name the client acts.
struct GetUserMeQueryParams {
  StringListView fields{};  ///< as GetUsersQueryParams::fields
};
/// Which fields to get of a user.
struct GetUserByIdQueryParams {
  StringListView fields{};  ///< as GetUsersQueryParams::fields
};

/// The options of one call of UsersManager::getUserById().
struct GetUserByIdOptionalsInput {
  GetUserByIdQueryParams queryParams{};  ///< which fields to get
  CallHeadersView headers{};             ///< as CallOptionalsView::headers
  Deadline deadline{};                   ///< as CallOptionalsView::deadline
  RetryPolicyView retryPolicy{};         ///< as CallOptionalsView::retryPolicy
  std::string_view tag{};                ///< as CallOptionalsView::tag

  /// All members except `queryParams`.
  operator CallOptionalsView() const noexcept { return {headers, deadline, retryPolicy, tag}; }
};
static_assert(std::is_trivially_copyable_v<GetUserByIdOptionalsInput>);

/// Reads the users of the enterprise. Reached as `client.users`. Listing needs an administrator, or a co-administrator
/// who may manage users, and the scope `manage_managed_users`.
class BOX_API UsersManager : public ReadManager {
 public:
  /// BoxClient has such a manager. Use this constructor to make one that sends through a NetworkClient of your own.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where an argument is null; those of
  /// NetworkClient::prepare().
  UsersManager(std::shared_ptr<Authentication> auth, NetworkSession session,
               std::shared_ptr<NetworkClient> networkClient);

  /// Gets one page of users (GET /2.0/users). `optionals`: headers, deadline, retry policy and tag of this call.
  asio::awaitable<Users> getUsers(GetUsersQueryParams queryParams = GetUsersQueryParams(),
                                  CallOptionalsView optionals = CallOptionalsView()) const;

  /// Gets the user in whose name the client acts (GET /2.0/users/me).
  asio::awaitable<UserFull> getUserMe(GetUserMeQueryParams queryParams = GetUserMeQueryParams(),
                                      CallOptionalsView optionals = CallOptionalsView()) const;

  /// Gets one user (GET /2.0/users/{id}). `userId`: 1 to 20 digits.
  asio::awaitable<UserFull> getUserById(std::string_view userId,
                                        GetUserByIdOptionalsInput optionals = GetUserByIdOptionalsInput()) const;

  /// Makes a reader of all users that getUsers() would list, by marker unless `offset` is set or `usemarker` is false;
  /// then it reads by offset. `limit`: the size of each page; unset: 1,000. `optionals`: the options of each of its
  /// calls. *Errors*: this function itself throws BoxSdkError with Errc::invalidRequest for invalid arguments.
  UserReader readUsers(GetUsersQueryParams queryParams = GetUsersQueryParams(),
                       CallOptionalsView optionals = CallOptionalsView()) const;

 private:
  friend class BoxClient;
  explicit UsersManager(std::shared_ptr<const CallTarget> target) noexcept : ReadManager(std::move(target)) {}
};

}  // namespace box::inline v0_1
