// What happens between the closing of a client and the closing of its pools.
#include "pool/connection_pool.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;

class Closings final : public Observer {
 public:
  void onEvent(const Event& event) override {
    if (const auto* closed = std::get_if<event::ConnectionClosed>(&event)) reasons.push_back(closed->reason);
  }
  std::vector<event::CloseReason> reasons;
};

class ConnectionPoolTest : public testing::Test {
 protected:
  static Destination destination() {
    Url url;
    url.host = "api.box.test";
    url.port = 443;
    return {Origin(url), ProxyOptions()};
  }

  /// Adds an idle connection. `peer`: to which it is connected; unset: it has no peer.
  void addIdle(std::chrono::steady_clock::time_point lastUsed = std::chrono::steady_clock::now(),
               std::optional<asio::ip::tcp::endpoint> peer = std::nullopt) {
    UnsharedSocket socket(context.get_executor());
    socket.socket.open(asio::ip::tcp::v4());
    if (peer) socket.socket.connect(*peer);
    auto wire = std::make_unique<Wire>(std::move(socket), services->watchdog);
    wire->startTls(services->tls->makeTls("api.box.test", false, *sessions));
    auto connection = std::make_unique<Connection>(std::move(wire), sessions, 1);
    connection->expires = std::chrono::steady_clock::time_point::max();
    Lease(pool, std::move(connection), false).giveBack(lastUsed, std::nullopt);
  }

  asio::io_context context{1};
  std::shared_ptr<Closings> closings = std::make_shared<Closings>();
  std::shared_ptr<ClientServices> services =
      std::make_shared<ClientServices>(context.get_executor(), TlsOptions(), closings);
  std::shared_ptr<TlsSessions> sessions = std::make_shared<TlsSessions>();
  std::shared_ptr<ConnectionPool> pool = std::make_shared<ConnectionPool>(services, destination(), PoolOptions());
  TimeLimits limits{std::chrono::steady_clock::now() + 30s};
  TimeoutOptions timeouts;
};

TEST_F(ConnectionPoolTest, TellsOfAnIdleConnectionThatACallTookFromAClosedClient) {
  addIdle();
  services->watchdog->close();
  error_code said;
  asio::co_spawn(context, pool->acquire(false, limits, timeouts), [&](std::exception_ptr thrown, Acquired acquired) {
    EXPECT_FALSE(thrown);
    said = acquired.lease.error().code;
  });
  context.run_for(30s);
  EXPECT_EQ(said, Errc::clientClosed);
  EXPECT_EQ(closings->reasons, std::vector{event::CloseReason::closed});
}

TEST_F(ConnectionPoolTest, ACallClosesAllConnectionsThatHaveExpired) {
  const asio::ip::tcp::acceptor peer(context, {asio::ip::address_v4::loopback(), 0});
  const auto now = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i) addIdle(now - 2ns);
  addIdle(now, peer.local_endpoint());
  EXPECT_TRUE(pool->tryAcquire(now + PoolOptions().idleTimeout - 1ns)) << "the last one has not expired";
  EXPECT_EQ(closings->reasons,
            (std::vector{event::CloseReason::idle, event::CloseReason::idle, event::CloseReason::idle,
                         event::CloseReason::idle, event::CloseReason::failed}))
      << "the call that has the last one ends without an answer";
}

TEST_F(ConnectionPoolTest, ACallClosesOnlySomeOfVeryManyExpiredConnections) {
  PoolOptions options;
  options.maxIdle = options.maxConnections = 100;
  pool = std::make_shared<ConnectionPool>(services, destination(), options);
  const auto now = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) addIdle(now);
  services->watchdog->close();  // so that the call opens no connection
  EXPECT_FALSE(pool->tryAcquire(now + options.idleTimeout));
  EXPECT_EQ(closings->reasons.size(), 8U);
}

TEST_F(ConnectionPoolTest, StartsNoTimerForAConnectionThatComesBackAfterTheClosing) {
  PoolOptions options;
  options.sweepIdle = true;
  for (const bool closed : {false, true}) {
    pool = std::make_shared<ConnectionPool>(services, destination(), options);
    if (closed) {
      services->watchdog->close();
      pool->close();
    }
    addIdle();
    context.restart();
    context.poll();
    EXPECT_EQ(context.stopped(), closed) << "a timer keeps the io_context at work";
    pool->close();
    context.restart();
    context.poll();
    EXPECT_TRUE(context.stopped());
  }
}

}  // namespace
}  // namespace box
