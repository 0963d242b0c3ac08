#pragma once

#include <memory>

#include "async/waiter.hpp"
#include "async/watchdog.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Waits until `waiter` is woken or its time has come: then the code is a default one. It ends earlier with
/// Errc::clientClosed where the watchdog closes, and with operation_aborted where the caller cancels. Both must live
/// until it ends; `watchdog`: null where the wait does not depend on a client.
asio::awaitable<error_code> waitWhileOpen(Waiter& waiter, const std::shared_ptr<Watchdog>& watchdog);

}  // namespace box::inline v0_1
