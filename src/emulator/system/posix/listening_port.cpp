#include "../listening_port.hpp"

namespace box::inline v0_1::emulator {

// This lets nobody else listen at the port; it only ignores connections of before that are still being closed.
void claimPort(boost::asio::ip::tcp::acceptor& acceptor) {
  acceptor.set_option(boost::asio::ip::tcp::acceptor::reuse_address(true));
}

}  // namespace box::inline v0_1::emulator
