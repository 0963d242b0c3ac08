#include "transport/unshared_socket.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "support/forked.hpp"
#include "transport/connect_attempts.hpp"
#include "transport/wire.hpp"

namespace box {
namespace {

using asio::ip::tcp;

/// The inode to which the descriptor refers.
std::string inode(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? std::to_string(status.st_ino) : "closed";
}

std::string inodeInAChild(int descriptor) {
  return test::Forked([=] { return inode(descriptor); }).result();
}

TEST(UnsharedSocket, StaysSoWhenItIsTakenOutOfTheRace) {
  asio::io_context context(1);
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  ConnectAttempts attempts(context.get_executor(), 1);
  ASSERT_FALSE(attempts.start(0, acceptor.local_endpoint()));
  auto watchdog = std::make_shared<Watchdog>(context.get_executor());
  auto end = attempts.waitForEnd(watchdog, std::chrono::steady_clock::now() + std::chrono::seconds(30));
  asio::co_spawn(context, std::move(end), asio::detached);
  context.run();
  const auto ends = attempts.ends();
  ASSERT_EQ(ends.size(), 1U);
  ASSERT_FALSE(ends.front().ec) << ends.front().ec.message();

  UnsharedSocket taken = attempts.take(0);
  const int descriptor = taken.socket.native_handle();
  EXPECT_NE(inodeInAChild(descriptor), inode(descriptor));
  Wire wire(std::move(taken), watchdog);
  EXPECT_NE(inode(descriptor), "closed");
  EXPECT_NE(inodeInAChild(descriptor), inode(descriptor));
}

/// The value of the option; -1 where the descriptor is not a socket of TCP.
int tcpOption(int descriptor, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(descriptor, IPPROTO_TCP, name, &value, &size) == 0 ? value : -1;
}

// With the option, the system would end an attempt after 30 s, whatever TimeoutOptions::connect is.
TEST(UnsharedSocket, IsNotLimitedInTimeByTheSystemUntilItIsConnected) {
  asio::io_context context(1);
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  ConnectAttempts attempts(context.get_executor(), 1);
  ASSERT_FALSE(attempts.start(0, acceptor.local_endpoint()));
  for (int descriptor = 0; descriptor < 1'000; ++descriptor) EXPECT_LE(tcpOption(descriptor, TCP_USER_TIMEOUT), 0);
  auto end = attempts.waitForEnd(nullptr, std::chrono::steady_clock::now() + std::chrono::seconds(30));
  asio::co_spawn(context, std::move(end), asio::detached);
  context.run();
  ASSERT_EQ(attempts.ends().size(), 1U);
  UnsharedSocket taken = attempts.take(0);
  EXPECT_EQ(tcpOption(taken.socket.native_handle(), TCP_USER_TIMEOUT), 30'000);
  EXPECT_EQ(tcpOption(taken.socket.native_handle(), TCP_NODELAY), 1);
}

TEST(UnsharedSocket, IsOutOfTheListBeforeItsNumberIsAnothers) {
  asio::io_context context(1);
  UnsharedSocket socket(context.get_executor());
  socket.socket.open(tcp::v4());
  const int descriptor = socket.socket.native_handle();
  socket.unshared = UnsharedDescriptor(descriptor);
  socket.close();
  const tcp::socket another(context, tcp::v4());
  EXPECT_EQ(inodeInAChild(descriptor), inode(descriptor));
}

}  // namespace
}  // namespace box
