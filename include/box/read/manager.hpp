#pragma once

#include <memory>
#include <utility>

#include "box/auth/authentication.hpp"
#include "box/network/network_client.hpp"
#include "box/network/session.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

struct CallTarget;

/// What the managers of calls that read have in common.
///
/// Each call validates its arguments and copies them before it returns the awaitable, so its arguments may be destroyed
/// at once. Invalid arguments are reported when the awaitable is awaited: by a BoxSdkError with Errc::invalidRequest
/// and a text that names the argument. Nothing has been sent then. The calls change nothing at Box, so the session's
/// policy may retry them also where their fate is in doubt, for example where the body of an answer is lost.
///
/// *Errors*: BoxApiError where Box answered with an error status; BoxSdkError with Errc::unexpectedResponse and
/// Fate::accepted where the body is not as Box documents it, with Errc::responseTooLarge where it is larger than
/// ResponseLimits allow (request a smaller `limit`, or fewer `fields`), and with other codes for all other failures.
/// The body is parsed after event::CallEnded, which has told a success by then. *Cancellation*: as for the calls of
/// SessionTerminationManager. *Executor*: a call completes on the executor of the awaiting coroutine. *Lifetime*:
/// client and manager may be destroyed while a call is in progress. *Threads*: any.
class BOX_API ReadManager {
 private:
  friend class EventsManager;
  friend class GroupsManager;
  friend class MembershipsManager;
  friend class UsersManager;
  explicit ReadManager(std::shared_ptr<const CallTarget> target) noexcept : target_(std::move(target)) {}
  ReadManager(const char* name, std::shared_ptr<Authentication> auth, NetworkSession session,
              std::shared_ptr<NetworkClient> networkClient);

  std::shared_ptr<const CallTarget> target_;
};

}  // namespace box::inline v0_1
