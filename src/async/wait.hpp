#pragma once

#include <memory>

#include <boost/asio/cancellation_type.hpp>

#include "async/waiter.hpp"
#include "async/watchdog.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"

namespace box::inline v0_1 {

/// Waits until `waiter` is woken or its time is reached; then the result is a default code. The wait ends earlier with
/// Errc::clientClosed if the watchdog is closed, and with operation_aborted if the caller cancels or has cancelled
/// before. A cancellation counts also if the waiter was woken just before it: what the waiter was woken with must then
/// be given back. `waiter` and `watchdog` must live until it ends; `watchdog` is null if the wait does not depend on a
/// client.
asio::awaitable<error_code> waitWhileOpen(Waiter& waiter, const std::shared_ptr<Watchdog>& watchdog);

/// Lets other work of the executor run. The result has the types of all cancellations that came in the meantime.
asio::awaitable<asio::cancellation_type> letOthersRun();

/// Waits until `waiter` is woken, its time is reached, or the caller cancels; then the result has the types of all
/// cancellations. Asio's cancellation state has only the type of the last one, or none where the caller's filter does
/// not allow that type. `waiter` must live until the wait ends.
asio::awaitable<asio::cancellation_type> waitForCancellation(Waiter& waiter);

}  // namespace box::inline v0_1
