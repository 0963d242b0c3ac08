#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "box/error.hpp"
#include "box/support/asio.hpp"
#include "system/fork.hpp"

namespace box::inline v0_1 {

/// A TCP socket and the object that closes it in a forked child. They are moved together, so that at a fork no
/// connection is missing in the list of descriptors, and no closed descriptor is in it.
struct UnsharedSocket {
  explicit UnsharedSocket(const asio::any_io_executor& executor) : socket(executor) {}

  void close() noexcept {
    unshared = UnsharedDescriptor();
    error_code ignored;
    socket.close(ignored);
  }

  asio::ip::tcp::socket socket;
  // Destroyed first, because the number of the descriptor may be reused after the socket is closed.
  UnsharedDescriptor unshared;
};

}  // namespace box::inline v0_1
