#pragma once

#include <memory>

#include "async/watchdog.hpp"
#include "box/auth/authentication.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box {

/// A token for a call: none is at hand, or the one that was has been refused. Whatever the Authentication does, which
/// may be the caller's own, the call leaves when its time is up, its caller cancels or the client closes.
asio::awaitable<CallResult<Authentication::Token>> obtainToken(std::shared_ptr<Authentication> auth,
                                                               Authentication::Token refused, TokenContext context,
                                                               std::shared_ptr<Watchdog> watchdog);

}  // namespace box
