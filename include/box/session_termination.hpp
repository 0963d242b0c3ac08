#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "box/auth/authentication.hpp"
#include "box/network/call_options.hpp"
#include "box/network/network_client.hpp"
#include "box/network/session.hpp"
#include "box/policy/retry.hpp"
#include "box/support/asio.hpp"
#include "box/support/deadline.hpp"
#include "box/support/export.hpp"
#include "box/views.hpp"

namespace box::inline v0_1 {

struct CallTarget;

/// Whose sessions to end, as an argument: `{.userIds = {"1", "2"}, .userLogins = {login}}`. Nothing is copied.
///
/// At least one id or login, and each must pass checkEntry() (box/entry.hpp): ids are 1 to 20 digits, a login is one
/// address without invisible characters. An id and the login of the same person in one call are fine.
struct TerminateUsersSessionsRequestBodyView {
  StringListView userIds{};     ///< Box's ids of users
  StringListView userLogins{};  ///< the addresses with which users sign in
};

/// Whose sessions to end, as an object that owns its strings: for lists that are built up, kept or passed on.
class BOX_API TerminateUsersSessionsRequestBody {
 public:
  /// Takes the lists. They are checked by the call.
  // A constructor keeps this from being an aggregate, which g++ 12 would destroy twice in an expression with co_await.
  explicit TerminateUsersSessionsRequestBody(std::vector<std::string> ids = std::vector<std::string>(),
                                             std::vector<std::string> logins = std::vector<std::string>())
      : userIds(std::move(ids)), userLogins(std::move(logins)) {}

  std::vector<std::string> userIds;     ///< Box's ids of users
  std::vector<std::string> userLogins;  ///< the addresses with which users sign in

  /// Converts to the argument of the call, which refers to this object.
  operator TerminateUsersSessionsRequestBodyView() const noexcept { return {userIds, userLogins}; }
};

/// Whose members' sessions to end, as an argument: `{.groupIds = {"777"}}`. At least one group; ids as for users.
struct TerminateGroupsSessionsRequestBodyView {
  StringListView groupIds{};  ///< Box's ids of groups
};

/// Whose members' sessions to end, as an object that owns its strings.
class BOX_API TerminateGroupsSessionsRequestBody {
 public:
  /// Takes the list. It is checked by the call.
  explicit TerminateGroupsSessionsRequestBody(std::vector<std::string> ids = std::vector<std::string>())
      : groupIds(std::move(ids)) {}

  std::vector<std::string> groupIds;  ///< Box's ids of groups

  /// Converts to the argument of the call, which refers to this object.
  operator TerminateGroupsSessionsRequestBodyView() const noexcept { return {groupIds}; }
};

using TerminateSessionsHeadersView = CallHeadersView;                          ///< the headers of both calls
using TerminateSessionsOptionalsView = CallOptionalsView;                      ///< the options of both calls
using TerminateUsersSessionsOptionalsInput = TerminateSessionsOptionalsView;   ///< the name that Box's SDKs have
using TerminateGroupsSessionsOptionalsInput = TerminateSessionsOptionalsView;  ///< the name that Box's SDKs have

/// Box's answer 202: accepted. Box ends the sessions later, in a job; only the admin events may show what the job did.
struct SessionTerminationMessage {
  std::optional<std::string> message;  ///< Box's text, where it sent one
  std::string rawJson;                 ///< the body as it came; empty where it was cut
  std::string boxRequestId;            ///< header box-request-id; empty: none
  bool bodyIntact = true;              ///< false: the connection broke after the 202, which still counts
  std::uint64_t call = 0;              ///< the call's number, as events have it; 0: it has none
  unsigned attempts = 0;               ///< how many the call took, counted as AttemptRecord::number; 0: not known
  std::chrono::nanoseconds elapsed{};  ///< from the start of the call to its end
};

/// Ends sessions. Reached as `client.sessionTermination`.
///
/// Each call validates its lists and copies them before it returns the awaitable, so its arguments may be destroyed at
/// once. Invalid arguments are reported when the awaitable is awaited: by a BoxSdkError with Errc::invalidRequest and a
/// text that names list and position. Nothing has been sent then.
///
/// *Errors*: BoxApiError where Box answered with an error status, else BoxSdkError; both tell the request's fate.
/// *Cancellation*: terminal at any time; total until the first byte of the request is written. *Executor*: completes on
/// the awaiting coroutine's. *Lifetime*: client and manager may be destroyed while a call is in progress. *Threads*:
/// any.
class BOX_API SessionTerminationManager {
 public:
  /// BoxClient makes one; with this constructor you can make one on a NetworkClient of your own. `auth` and
  /// `networkClient` must not be null. *Errors*: Errc::invalidConfiguration for that; those of
  /// NetworkClient::prepare().
  SessionTerminationManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                            std::shared_ptr<NetworkClient> networkClient);

  /// Has Box end all sessions of these users, in browsers and apps (POST /2.0/users/terminate_sessions). Completes when
  /// Box has accepted the request.
  asio::awaitable<SessionTerminationMessage> terminateUsersSessions(
      TerminateUsersSessionsRequestBodyView body,
      TerminateUsersSessionsOptionalsInput optionals = TerminateUsersSessionsOptionalsInput()) const;
  /// Has Box end all sessions of all members of these groups (POST /2.0/groups/terminate_sessions).
  asio::awaitable<SessionTerminationMessage> terminateGroupsSessions(
      TerminateGroupsSessionsRequestBodyView body,
      TerminateGroupsSessionsOptionalsInput optionals = TerminateGroupsSessionsOptionalsInput()) const;

 private:
  std::shared_ptr<const CallTarget> target_;
};

}  // namespace box::inline v0_1
