#include "../listening_port.hpp"

#include <boost/asio/detail/socket_option.hpp>

namespace box::inline v0_1::emulator {

// With reuse_address(), which is SO_REUSEADDR, another program could listen at the same port and receive the
// connections.
void claimPort(boost::asio::ip::tcp::acceptor& acceptor) {
  acceptor.set_option(boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_EXCLUSIVEADDRUSE>(true));
}

}  // namespace box::inline v0_1::emulator
