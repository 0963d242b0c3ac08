// The effect of each fault on the two sides.
#include "support/fault_proxy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "support/loopback.hpp"
#include "support/resources.hpp"

namespace box::test {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto patience = 20s;

void noDelay(int socket) {
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/// A server that sends back what it receives, on one connection after another.
class EchoServer {
 public:
  EchoServer() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 || ::pipe2(ending_, O_CLOEXEC) != 0)
      return;
    ::getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~EchoServer() {
    ::close(ending_[1]);
    if (thread_.joinable()) thread_.join();
    ::close(ending_[0]);
    ::close(listener_);
  }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void run() const {
    std::vector<int> clients;
    for (;;) {
      std::vector<pollfd> ends = {{ending_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
      for (const int client : clients) ends.push_back({client, POLLIN, 0});
      if (::poll(ends.data(), ends.size(), -1) < 0 || ends[0].revents != 0) break;
      for (std::size_t i = 2; i < ends.size(); ++i) {
        if (ends[i].revents == 0) continue;
        std::array<char, 16 * 1024> buffer;
        const auto n = ::recv(ends[i].fd, buffer.data(), buffer.size(), 0);
        if (n > 0 && ::send(ends[i].fd, buffer.data(), static_cast<std::size_t>(n), MSG_NOSIGNAL) == n) continue;
        ::close(ends[i].fd);
        std::erase(clients, ends[i].fd);
      }
      if (ends[1].revents == 0) continue;
      clients.push_back(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
      noDelay(clients.back());
    }
    for (const int client : clients) ::close(client);
  }

  int listener_ = -1;
  int ending_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

/// How receiving ended.
enum class End { enough, closed, reset, nothing };

class Client {
 public:
  explicit Client(std::uint16_t port) {
    // With Fault::refuse nothing listens for a moment, so that this tries again.
    for (const auto end = Steady::now() + patience; !connect(port) && Steady::now() < end;)
      std::this_thread::sleep_for(2ms);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Whether the first attempt to connect succeeds.
  static bool isAccepted(std::uint16_t port) {
    Client client;
    return client.connect(port);
  }

  void send(const std::string& data) const {
    static_cast<void>(::send(socket_, data.data(), data.size(), MSG_NOSIGNAL));
  }

  /// Receives until this many bytes have arrived, the connection has ended, or no byte arrives for `most`.
  End receive(std::string& data, std::size_t size, std::chrono::milliseconds most = patience) const {
    data.clear();
    for (std::array<char, 4096> buffer; data.size() < size;) {
      pollfd readable{socket_, POLLIN, 0};
      if (::poll(&readable, 1, static_cast<int>(most.count())) <= 0) return End::nothing;
      const auto n = ::recv(socket_, buffer.data(), std::min(buffer.size(), size - data.size()), 0);
      if (n < 0) return End::reset;
      if (n == 0) return End::closed;
      data.append(buffer.data(), static_cast<std::size_t>(n));
    }
    return End::enough;
  }

  /// Makes one exchange.
  End exchange(const std::string& data, std::string& answer, std::chrono::milliseconds most = patience) const {
    send(data);
    return receive(answer, data.size(), most);
  }

 private:
  Client() = default;

  bool connect(std::uint16_t port) {
    if (socket_ >= 0) ::close(socket_);
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    noDelay(socket_);
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  int socket_ = -1;
};

class FaultProxyTest : public testing::Test {
 protected:
  std::uint64_t count(Fault fault) const { return proxy_->faults()[static_cast<std::size_t>(fault)]; }
  std::uint64_t countAll() const {
    std::uint64_t all = 0;
    for (const std::uint64_t count : proxy_->faults()) all += count;
    return all;
  }
  std::unique_ptr<Client> connect() const { return std::make_unique<Client>(proxy_->port()); }
  /// Connects, and makes the exchanges that the proxy takes for the handshake.
  std::unique_ptr<Client> connectAndShakeHands() const {
    auto client = connect();
    std::string answer;
    for (int i = 0; i < 2; ++i) EXPECT_EQ(client->exchange("shake", answer), End::enough);
    return client;
  }
  void expectAllClosed() const {
    const auto end = Steady::now() + patience;
    while (proxy_->openConnections() != 0 && Steady::now() < end) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(proxy_->openConnections(), 0U);
  }
  void healthy() const {
    std::string answer;
    EXPECT_EQ(connect()->exchange("all is well", answer), End::enough);
    EXPECT_EQ(answer, "all is well");
  }

  const std::string message_ = std::string(1000, 'm');
  EchoServer server_;
  std::unique_ptr<FaultProxy> proxy_ = std::make_unique<FaultProxy>(server_.port(), 0, 1);
};

TEST_F(FaultProxyTest, WithoutFaultsAllIsPassedOn) {
  const auto client = connect();
  std::string answer;
  for (int i = 0; i < 50; ++i) {
    const std::string data(static_cast<std::size_t>(1 + i * 997), static_cast<char>('a' + i % 26));
    ASSERT_EQ(client->exchange(data, answer), End::enough);
    ASSERT_EQ(answer, data);
  }
  EXPECT_EQ(countAll(), 0U);
}

TEST_F(FaultProxyTest, ARefusedConnectionIsReset) {
  proxy_->next(Fault::refuse);
  std::string answer;
  EXPECT_EQ(connect()->receive(answer, 1), End::reset);
  EXPECT_EQ(count(Fault::refuse), 1U);
  healthy();
}

TEST_F(FaultProxyTest, AtAcceptAConnectionMayBeResetOrSilent) {
  std::string answer;
  proxy_->next(Fault::resetAtAccept);
  EXPECT_EQ(connect()->receive(answer, 1), End::reset);
  proxy_->next(Fault::silence);
  EXPECT_EQ(connect()->exchange(message_, answer, 50ms), End::nothing);
  EXPECT_EQ(answer, "");
  EXPECT_EQ(count(Fault::resetAtAccept), 1U);
  EXPECT_EQ(count(Fault::silence), 1U);
  healthy();
  expectAllClosed();
}

TEST_F(FaultProxyTest, AHandshakeMayEndAnywhere) {
  for (const auto& [fault, expected] :
       {std::pair(Fault::closeInHandshake, End::closed), std::pair(Fault::resetInHandshake, End::reset)}) {
    proxy_->next(fault, 4);
    for (int i = 0; i < 4; ++i) {
      std::string answer;
      // Asks for one byte more than can arrive, so that End::enough is impossible.
      const auto client = connect();
      client->send(message_);
      EXPECT_EQ(client->receive(answer, message_.size() + 1), expected) << toString(fault);
      EXPECT_EQ(answer, message_.substr(0, answer.size()));
    }
    EXPECT_EQ(count(fault), 4U);
  }
  expectAllClosed();
}

TEST_F(FaultProxyTest, AHandshakeMayStallOrBeCorrupted) {
  std::string answer;
  proxy_->next(Fault::stallInHandshake);
  {
    const auto client = connect();
    client->send(message_);
    EXPECT_EQ(client->receive(answer, message_.size() + 1, 100ms), End::nothing);
  }
  proxy_->next(Fault::corruptInHandshake);
  EXPECT_EQ(connect()->exchange(message_, answer), End::enough);
  EXPECT_NE(answer, message_);
  EXPECT_EQ(count(Fault::stallInHandshake) + count(Fault::corruptInHandshake), 2U);
  expectAllClosed();
}

TEST_F(FaultProxyTest, AnExchangeMayEndAnywhere) {
  for (const auto& [fault, expected] :
       {std::pair(Fault::closeInRequest, End::closed), std::pair(Fault::closeInResponse, End::closed),
        std::pair(Fault::halfClose, End::closed), std::pair(Fault::closeWhileIdle, End::closed),
        std::pair(Fault::resetInRequest, End::reset), std::pair(Fault::resetInResponse, End::reset),
        std::pair(Fault::resetWhileIdle, End::reset)}) {
    for (int i = 0; i < 6; ++i) {
      const auto client = connectAndShakeHands();
      proxy_->next(fault);
      client->send(message_);
      std::string answer;
      EXPECT_EQ(client->receive(answer, message_.size() + 1), expected) << toString(fault);
      EXPECT_EQ(answer, message_.substr(0, answer.size())) << toString(fault);
      // A reset may overtake bytes that were sent before it.
      if (fault == Fault::closeWhileIdle) EXPECT_EQ(answer, message_);
    }
    EXPECT_EQ(count(fault), 6U) << toString(fault);
  }
  EXPECT_EQ(countAll(), 7U * 6U);
  healthy();
  expectAllClosed();
}

TEST_F(FaultProxyTest, AStallIsNoEnd) {
  for (int i = 0; i < 4; ++i) {
    const auto client = connectAndShakeHands();
    proxy_->next(Fault::stall);
    client->send(message_);
    std::string answer;
    EXPECT_EQ(client->receive(answer, message_.size() + 1, 50ms), End::nothing);
    EXPECT_EQ(client->exchange("anybody there?", answer, 50ms), End::nothing);
    EXPECT_EQ(answer, "");
  }
  EXPECT_EQ(count(Fault::stall), 4U);
  expectAllClosed();
}

TEST_F(FaultProxyTest, ACorruptedExchangeHasOneOtherBit) {
  for (int i = 0; i < 6; ++i) {
    const auto client = connectAndShakeHands();
    proxy_->next(Fault::corrupt);
    std::string answer;
    ASSERT_EQ(client->exchange(message_, answer), End::enough);
    int bits = 0;
    for (std::size_t at = 0; at < answer.size(); ++at)
      bits += std::popcount(static_cast<unsigned char>(answer[at] ^ message_[at]));
    EXPECT_EQ(bits, 1);
  }
}

TEST_F(FaultProxyTest, GarbageComesInBetween) {
  for (int i = 0; i < 6; ++i) {
    const auto client = connectAndShakeHands();
    proxy_->next(Fault::garbage);
    client->send(message_);
    std::string answer;
    ASSERT_EQ(client->receive(answer, message_.size() + 1), End::enough);
  }
  EXPECT_EQ(count(Fault::garbage), 6U);
}

TEST_F(FaultProxyTest, SlownessLosesNothing) {
  for (const Fault fault : {Fault::delay, Fault::trickle, Fault::throttle}) {
    const auto client = connectAndShakeHands();
    proxy_->next(fault);
    std::string answer;
    ASSERT_EQ(client->exchange(message_, answer), End::enough) << toString(fault);
    EXPECT_EQ(answer, message_);
    EXPECT_EQ(count(fault), 1U);
  }
}

TEST_F(FaultProxyTest, AThrottledLineIsNarrow) {
  const auto client = connectAndShakeHands();
  proxy_->next(Fault::throttle);
  const std::string data(8 * 1024, 'n');
  std::string answer;
  const auto started = Steady::now();
  ASSERT_EQ(client->exchange(data, answer), End::enough);
  EXPECT_EQ(answer, data);
  EXPECT_GE(Steady::now() - started, 100ms);  // at most 64 KiB a second
}

TEST_F(FaultProxyTest, AServerThatIsAwayIsToldByAReset) {
  std::uint16_t nobody = 0;
  {
    EchoServer gone;
    nobody = gone.port();
  }
  FaultProxy proxy(nobody, 0, 1);
  std::string answer;
  EXPECT_EQ(Client(proxy.port()).receive(answer, 1), End::reset);
}

TEST_F(FaultProxyTest, TheShareOfExchangesMeetsAFault) {
  proxy_ = std::make_unique<FaultProxy>(server_.port(), 0.2, 7);
  std::uint64_t exchanges = 0;
  for (int i = 0; i < 60; ++i) {
    const auto client = connect();
    std::string answer;
    for (int j = 0; j < 10; ++j) {
      ++exchanges;
      if (client->exchange("x", answer, 30ms) != End::enough) break;
    }
  }
  EXPECT_GT(countAll(), 0.1 * static_cast<double>(exchanges));
  EXPECT_LT(countAll(), 0.5 * static_cast<double>(exchanges));
}

TEST_F(FaultProxyTest, WhatHappensFollowsFromTheSeed) {
  const auto happened = [&](std::uint64_t seed) {
    proxy_ = std::make_unique<FaultProxy>(server_.port(), 0.5, seed);
    for (int i = 0; i < 10; ++i) {
      std::string answer;
      static_cast<void>(connect()->exchange(message_, answer, 500ms));
    }
    return proxy_->faults();
  };
  const auto first = happened(3);
  EXPECT_EQ(first, happened(3));
  EXPECT_NE(first, happened(4));
}

TEST_F(FaultProxyTest, HealingEndsWhatIsOpenAndAllFaults) {
  proxy_ = std::make_unique<FaultProxy>(server_.port(), 1, 1);
  proxy_->next(Fault::silence);
  const auto client = connect();
  std::string answer;
  EXPECT_EQ(client->exchange("x", answer, 50ms), End::nothing);
  proxy_->next(Fault::resetAtAccept, 5);
  proxy_->heal();
  EXPECT_NE(client->receive(answer, 1), End::nothing);
  expectAllClosed();
  const std::uint64_t before = countAll();
  for (int i = 0; i < 20; ++i) healthy();
  EXPECT_EQ(countAll(), before);
}

TEST_F(FaultProxyTest, ListensAsSoonAsItIsHealed) {
  for (int i = 0; i < 20; ++i) {
    proxy_->next(Fault::refuse);
    std::string answer;
    EXPECT_NE(connect()->exchange("x", answer), End::enough);
    proxy_->heal();
    ASSERT_TRUE(Client::isAccepted(proxy_->port()));
    healthy();  // its connection is queued after that one, so that the next fault meets neither of them
  }
}

TEST_F(FaultProxyTest, NothingOfItStaysBehind) {
  proxy_.reset();
  const Resources before = Resources::now();
  {
    FaultProxy proxy(server_.port(), 0.5, 1);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 20; ++i) {
      clients.push_back(std::make_unique<Client>(proxy.port()));
      clients.back()->send(message_);
    }
  }
  const Resources after = Resources::settledTo(before);
  EXPECT_EQ(after.descriptors.size(), before.descriptors.size());
  EXPECT_EQ(after.threads, before.threads);
}

TEST(ReservedPortTest, NobodyElseGetsIt) {
  const ReservedPort port;
  const auto bindTo = [&](bool reusing) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    if (reusing) ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const sockaddr_in address = loopback(port.number());
    const bool bound =
        ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(socket, 1) == 0;
    ::close(socket);
    return bound;
  };
  EXPECT_FALSE(bindTo(false));
  // A server that reuses addresses can bind the port repeatedly.
  EXPECT_TRUE(bindTo(true));
  EXPECT_TRUE(bindTo(true));
}

}  // namespace
}  // namespace box::test
