#pragma once

#include "core.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>

namespace box::emulator {

/// Serves one accepted connection to its end, as plans, scripts and Box's behaviour have it, and writes the records.
boost::asio::awaitable<void> serveConnection(std::shared_ptr<Core> core, std::shared_ptr<Channel> channel,
                                             std::uint64_t number);

}  // namespace box::emulator
