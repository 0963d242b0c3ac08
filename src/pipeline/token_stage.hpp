#pragma once

#include <memory>

#include "async/watchdog.hpp"
#include "box/auth/authentication.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Gets a token for a call that has none, or whose token was refused. Whatever the Authentication does, which may be
/// the caller's own, the call stops waiting when its time is up, its caller cancels or the client closes.
asio::awaitable<CallResult<Authentication::Token>> obtainToken(std::shared_ptr<Authentication> auth,
                                                               Authentication::Token refused, TokenContext context,
                                                               std::shared_ptr<Watchdog> watchdog);

}  // namespace box::inline v0_1
