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

  /// Adds an idle connection, which has no peer.
  void addIdle() {
    UnsharedSocket socket(context.get_executor());
    socket.socket.open(asio::ip::tcp::v4());
    auto wire = std::make_unique<Wire>(std::move(socket), services->watchdog);
    wire->startTls(services->tls->makeTls("api.box.test", false, *sessions));
    auto connection = std::make_unique<Connection>(std::move(wire), sessions, 1);
    connection->expires = std::chrono::steady_clock::time_point::max();
    Lease(pool, std::move(connection), false).giveBack(std::chrono::steady_clock::now(), std::nullopt);
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
