#pragma once

#include <string>

#include "box/support/asio.hpp"
#include "transport/failure.hpp"
#include "transport/wire.hpp"

namespace box {

/// Sends a proxy the CONNECT `request` and reads its reply: behind a 2xx the wire leads to the target. Else `failure` tells
/// why it does not, with the phase proxy. *Cancellation*: terminal and total, at any time; the wire is of no use afterwards.
asio::awaitable<void> openTunnel(Wire& wire, std::string request, Failure& failure);

}  // namespace box
