#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "async/watchdog.hpp"
#include "box/network/options.hpp"
#include "box/support/asio.hpp"
#include "transport/failure.hpp"
#include "transport/limits.hpp"
#include "transport/resolver.hpp"

namespace box {

/// A TCP connection to the first of the addresses that takes one: they are tried one after the other, overlapping (see
/// AddressRace). The socket belongs to `executor`. Where that fails, a closed socket is returned, and `failure` tells why, with the phase
/// connect. *Cancellation*: terminal and total, at any time.
asio::awaitable<asio::ip::tcp::socket> connectToAny(asio::any_io_executor executor, std::shared_ptr<Watchdog> watchdog,
                                                    Resolver::Endpoints addresses, TimeLimits limits,
                                                    TimeoutOptions timeouts, Failure& failure);

}  // namespace box
