#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "box/error.hpp"
#include "box/support/asio.hpp"
#include "support/fork.hpp"

namespace box::inline v0_1 {

/// A TCP socket and what keeps it to this process. They are moved together, so that no fork finds a connection that
/// nobody guards, and no number in the list of those whose descriptor has been closed.
struct UnsharedSocket {
  explicit UnsharedSocket(const asio::any_io_executor& executor) : socket(executor) {}

  void close() noexcept {
    unshared = UnsharedDescriptor();
    error_code ignored;
    socket.close(ignored);
  }

  asio::ip::tcp::socket socket;
  UnsharedDescriptor unshared;  // destroyed first, because the descriptor's number may be reused after the socket's end
};

}  // namespace box::inline v0_1
