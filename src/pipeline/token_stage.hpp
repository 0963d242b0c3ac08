#pragma once

#include <memory>

#include "async/watchdog.hpp"
#include "box/auth/authentication.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Gets a token for a call that has none, or whose token was refused. The call stops waiting when its deadline passes,
/// its caller cancels it or the client is closed, even if the Authentication (which may be the caller's own) continues.
asio::awaitable<CallResult<Authentication::Token>> obtainToken(std::shared_ptr<Authentication> auth,
                                                               Authentication::Token refused, TokenContext context,
                                                               std::shared_ptr<Watchdog> watchdog);

}  // namespace box::inline v0_1
