#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
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

/// The users whose sessions are to end, as an argument of a call: `{.userIds = {"1", "2"}, .userLogins = {login}}`. The
/// view refers to the caller's strings and copies none.
///
/// There must be at least one id or login, and each must pass checkEntry() (box/entry.hpp): ids are 1 to 20 digits, a
/// login is one address without invisible characters. One call may have an id and the login of the same person.
struct TerminateUsersSessionsRequestBodyView {
  StringListView userIds{};     ///< Box's ids of users
  StringListView userLogins{};  ///< the addresses with which users sign in
};

/// The users whose sessions are to end, as an object that owns its strings: for lists that are built up, kept or passed
/// on.
class BOX_API TerminateUsersSessionsRequestBody {
 public:
  /// Takes the lists. The call checks them.
  // A constructor keeps this from being an aggregate, which g++ 12 would destroy twice in an expression with co_await.
  explicit TerminateUsersSessionsRequestBody(std::vector<std::string> ids = std::vector<std::string>(),
                                             std::vector<std::string> logins = std::vector<std::string>())
      : userIds(std::move(ids)), userLogins(std::move(logins)) {}

  std::vector<std::string> userIds;     ///< Box's ids of users
  std::vector<std::string> userLogins;  ///< the addresses with which users sign in

  /// Converts to the argument of the call, which refers to this object.
  operator TerminateUsersSessionsRequestBodyView() const noexcept { return {userIds, userLogins}; }
};

/// The groups whose members' sessions are to end, as an argument of a call: `{.groupIds = {"777"}}`. There must be at
/// least one group; ids are as for users.
struct TerminateGroupsSessionsRequestBodyView {
  StringListView groupIds{};  ///< Box's ids of groups
};

/// The groups whose members' sessions are to end, as an object that owns its strings.
class BOX_API TerminateGroupsSessionsRequestBody {
 public:
  /// Takes the list. The call checks it.
  explicit TerminateGroupsSessionsRequestBody(std::vector<std::string> ids = std::vector<std::string>())
      : groupIds(std::move(ids)) {}

  std::vector<std::string> groupIds;  ///< Box's ids of groups

  /// Converts to the argument of the call, which refers to this object.
  operator TerminateGroupsSessionsRequestBodyView() const noexcept { return {groupIds}; }
};

using TerminateSessionsHeadersView = CallHeadersView;                          ///< the headers of both calls
using TerminateSessionsOptionalsView = CallOptionalsView;                      ///< the options of both calls
using TerminateUsersSessionsOptionalsInput = TerminateSessionsOptionalsView;   ///< the name of this type in Box's SDKs
using TerminateGroupsSessionsOptionalsInput = TerminateSessionsOptionalsView;  ///< the name of this type in Box's SDKs

/// Box's answer to a request that it has accepted (202). Box ends the sessions later, in a job; only the admin events
/// may show what the job did.
struct SessionTerminationMessage {
  std::optional<std::string> message;  ///< the text of Box's answer, if it has one and the body has at most 32 KiB
  std::string rawJson;                 ///< the body as Box sent it; empty if the body was lost
  std::string boxRequestId;            ///< header box-request-id; empty: the response had none
  /// false: the body was lost after the header with the 202; the request is accepted nevertheless
  bool bodyIntact = true;
  std::uint64_t call = 0;  ///< the call's number, the same as in its events; 0: it has none
  unsigned attempts = 0;   ///< how many attempts the call took: the last AttemptRecord::number; 0: not known
  std::chrono::nanoseconds elapsed{};  ///< from the start of the call to its end
};

/// Asks Box to end sessions. Reached as `client.sessionTermination`.
///
/// Each call validates its lists and copies them before it returns the awaitable, so its arguments may be destroyed at
/// once. Invalid arguments are reported when the awaitable is awaited: by a BoxSdkError with Errc::invalidRequest and a
/// text that names list and position. Nothing has been sent then.
///
/// *Errors*: BoxApiError where a response is the reason (an error status, a redirect, or any other unexpected
/// response), else BoxSdkError; both tell the request's fate. *Cancellation*: terminal at any time. Total, and partial
/// in the same way, ends a call at once, except while an attempt has written a byte of its request and has not ended:
/// that attempt continues, but the request is not sent again. If the attempt succeeds, or fails in a way that would not
/// be retried anyway, the call ends with that result. If the failure would be retried, the call ends with
/// operation_aborted instead. A coroutine that co_spawn() has started lets only terminal cancellation through, until it
/// awaits `asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation())`. *Executor*: a call completes
/// on the executor of the awaiting coroutine. *Lifetime*: client and manager may be destroyed while a call is in
/// progress. *Threads*: any.
class BOX_API SessionTerminationManager {
 public:
  /// BoxClient has such a manager. Use this constructor to make one that sends through a NetworkClient of your own.
  /// `auth` and `networkClient` must not be null. *Errors*: BoxSdkError with Errc::invalidConfiguration where one is
  /// null; those of NetworkClient::prepare().
  SessionTerminationManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                            std::shared_ptr<NetworkClient> networkClient);

  /// Asks Box to end all sessions of these users, in browsers and apps (POST /2.0/users/terminate_sessions). Completes
  /// when Box has accepted the request; Box ends the sessions later. `optionals`: headers, deadline, retry policy and
  /// tag of this call.
  asio::awaitable<SessionTerminationMessage> terminateUsersSessions(
      TerminateUsersSessionsRequestBodyView body,
      TerminateUsersSessionsOptionalsInput optionals = TerminateUsersSessionsOptionalsInput()) const;
  /// Asks Box to end all sessions of all members of these groups (POST /2.0/groups/terminate_sessions). Everything else
  /// is as for terminateUsersSessions().
  asio::awaitable<SessionTerminationMessage> terminateGroupsSessions(
      TerminateGroupsSessionsRequestBodyView body,
      TerminateGroupsSessionsOptionalsInput optionals = TerminateGroupsSessionsOptionalsInput()) const;

  /// The session whose settings the calls use.
  const NetworkSession& networkSession() const noexcept;

 private:
  friend class BoxClient;
  explicit SessionTerminationManager(std::shared_ptr<const CallTarget> target) noexcept : target_(std::move(target)) {}

  std::shared_ptr<const CallTarget> target_;
};

}  // namespace box::inline v0_1
