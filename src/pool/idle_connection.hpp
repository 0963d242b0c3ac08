#pragma once

#include <chrono>
#include <optional>

#include "box/observe/observer.hpp"
#include "transport/connection.hpp"

namespace box::inline v0_1 {

// How long an idle connection may be used, and why it is closed then.

/// When a connection that becomes idle may not be used any longer.
std::chrono::steady_clock::time_point expiryOf(const Connection& connection) noexcept;

/// Why an idle connection that may not be used any longer is closed.
event::CloseReason reasonOfExpiry(const Connection& connection, std::chrono::steady_clock::time_point now) noexcept;

/// Why a connection must be closed on which something has arrived that was not read: bytes, which cannot be the answer
/// to the next request, or the message that the peer has closed it. Unset: nothing has arrived.
std::optional<event::CloseReason> unreadReason(Connection& connection) noexcept;

/// Why an idle connection must not be used any more. Unset: it may be used.
std::optional<event::CloseReason> reasonToClose(Connection& connection,
                                                std::chrono::steady_clock::time_point now) noexcept;

}  // namespace box::inline v0_1
