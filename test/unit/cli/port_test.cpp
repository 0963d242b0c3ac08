#include "cli/system/port.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/read.hpp>

#include <array>

namespace box::cli {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

tcp::acceptor listenAt(asio::io_context& context, unsigned short port) {
  tcp::acceptor acceptor(context, tcp::v4());
  claimPort(acceptor);
  acceptor.bind({asio::ip::address_v4::loopback(), port});
  acceptor.listen();
  return acceptor;
}

// A sign-in's code would go to the other program.
TEST(ClaimPort, KeepsOthersFromListeningWhateverTheyAskFor) {
  asio::io_context context;
  const tcp::acceptor ours = listenAt(context, 0);
  for (const bool reuse : {false, true}) {
    tcp::acceptor other(context, tcp::v4());
    other.set_option(tcp::acceptor::reuse_address(reuse));
    boost::system::error_code bound, listens;
    other.bind(ours.local_endpoint(), bound);
    if (!bound) other.listen(tcp::acceptor::max_listen_connections, listens);
    EXPECT_TRUE(bound || listens) << reuse;
  }
}

TEST(ClaimPort, LetsThePortBeUsedAgainAtOnce) {
  asio::io_context context;
  unsigned short port = 0;
  {
    tcp::acceptor first = listenAt(context, 0);
    port = first.local_endpoint().port();
    tcp::socket client(context);
    client.connect(first.local_endpoint());
    { const tcp::socket accepted = first.accept(); }  // closed by the listening side, which then has to wait
    std::array<char, 1> room{};
    boost::system::error_code end;
    asio::read(client, asio::buffer(room), end);
    EXPECT_EQ(end, asio::error::eof);
  }
  EXPECT_NO_THROW(listenAt(context, port));
}

}  // namespace
}  // namespace box::cli
