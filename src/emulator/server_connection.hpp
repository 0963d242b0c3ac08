#pragma once

#include "channel.hpp"
#include "emulator_state.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>

namespace box::inline v0_1::emulator {

/// Serves one accepted connection to its end, according to its plan, the scripts and Box's behaviour. `number`: the one
/// that EmulatorState::connectionOpened() has given.
asio::awaitable<void> serveConnection(std::shared_ptr<EmulatorState> state, std::shared_ptr<Channel> channel,
                                      std::uint64_t number);

}  // namespace box::inline v0_1::emulator
