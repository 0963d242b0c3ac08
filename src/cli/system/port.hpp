#pragma once

#include <boost/asio/ip/tcp.hpp>

namespace box::cli {

/// Is called before the acceptor is bound. While it listens, no other program can listen at its address and port. A
/// port that was closed a moment ago can be used again; on Windows not while a connection that was accepted there is
/// open. *Errors*: boost::system::system_error.
void claimPort(boost::asio::ip::tcp::acceptor& acceptor);

}  // namespace box::cli
