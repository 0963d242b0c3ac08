#pragma once

#include "channel.hpp"
#include "emulator_state.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>

namespace box::emulator {

/// Serves one accepted connection to its end, as its plan, the scripts and Box's behaviour have it. `number`: what
/// EmulatorState::connectionOpened gave it.
asio::awaitable<void> serveConnection(std::shared_ptr<EmulatorState> state, std::shared_ptr<Channel> channel,
                                      std::uint64_t number);

}  // namespace box::emulator
