// The table of routes. No connection is requested; those that a test adds have no peer.
#include "pipeline/route.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "box/emulator/certificates.hpp"
#include "box/error.hpp"
#include "transport/client_services.hpp"

namespace box {
namespace {

using event::CloseReason;

class Closings final : public Observer {
 public:
  void onEvent(const Event& event) override {
    const auto* closed = std::get_if<event::ConnectionClosed>(&event);
    if (closed == nullptr) return;
    reasons.push_back(closed->reason);
    if (then) then();
  }
  std::vector<CloseReason> reasons;
  std::function<void()> then;
};

class Routes : public testing::Test {
 protected:
  static NetworkSession session(const std::string& base = "https://box.test") {
    return NetworkSession().withCustomBaseUrls(BaseUrls(base));
  }
  static NetworkSession proxied(const std::string& password, const std::string& base = "https://box.test") {
    ProxyOptions proxy;
    proxy.url = "http://proxy.test:3128";
    proxy.username = "ann";
    proxy.password = Secret(password);
    proxy.noProxy = "direct.test";
    return session(base).withProxy(proxy);
  }

  static std::shared_ptr<ConnectionPool> of(const std::shared_ptr<const Route>& route) {
    return route->pool().shared_from_this();
  }
  /// The pool that the session leads to, with one more idle connection.
  std::shared_ptr<ConnectionPool> poolWithIdle(
      const NetworkSession& session, std::chrono::steady_clock::time_point used = std::chrono::steady_clock::now()) {
    const std::shared_ptr<ConnectionPool> pool = of(table.find(session));
    UnsharedSocket socket(io.get_executor());
    socket.socket.open(asio::ip::tcp::v4());
    auto wire = std::make_unique<Wire>(std::move(socket), network->watchdog);
    wire->startTls(network->tls->makeTls("box.test", false, *sessions));
    auto connection = std::make_unique<Connection>(std::move(wire), sessions, 1);
    connection->expires = std::chrono::steady_clock::time_point::max();
    Lease(pool, std::move(connection), false).giveBack(used, std::nullopt);
    return pool;
  }

  boost::asio::io_context io;
  std::shared_ptr<Closings> closings = std::make_shared<Closings>();
  std::shared_ptr<ClientServices> network = std::make_shared<ClientServices>(io.get_executor(), TlsOptions(), closings);
  std::shared_ptr<TlsSessions> sessions = std::make_shared<TlsSessions>();
  RouteTable table{network, PoolOptions()};
};

TEST_F(Routes, LeadToOnePoolForEachOriginAndProxy) {
  const auto pool = [&](const NetworkSession& s) { return table.find(s)->pool().shared_from_this(); };
  const auto plain = pool(session());
  EXPECT_EQ(pool(session("HTTPS://BOX.test:443/prefix")), plain) << "the path is not the pool's concern";
  EXPECT_NE(pool(session("https://box.test:444")), plain);
  EXPECT_NE(pool(session("https://other.test")), plain);
  const auto ann = pool(proxied("a password"));
  EXPECT_NE(ann, plain);
  EXPECT_EQ(pool(proxied("a password")), ann);
  EXPECT_NE(pool(proxied("b password")), ann);
  EXPECT_EQ(pool(proxied("a password", "https://direct.test")), pool(session("https://direct.test")));
}

TEST_F(Routes, KnowTheBaseUrl) {
  const auto route = table.find(session("https://box.test:8443/gateway/"));
  EXPECT_EQ(route->url().authority, "box.test:8443");
  EXPECT_EQ(route->url().path, "/gateway");
}

TEST_F(Routes, ThatNobodyUsesGo) {
  const auto kept = table.find(session());
  std::vector<std::weak_ptr<ConnectionPool>> pools;
  for (int i = 0; i < 100; ++i) {
    pools.push_back(table.find(proxied("password " + std::to_string(i)))->pool().weak_from_this());
  }
  // The pools of the earlier credentials have no connections, so that they were removed. The last one was in use when
  // the table was searched.
  pools.pop_back();
  for (const auto& pool : pools) EXPECT_TRUE(pool.expired());
  EXPECT_EQ(table.find(session())->pool().shared_from_this(), kept->pool().shared_from_this());
}

TEST_F(Routes, ThatNobodyUsesStayWhileTheyHaveConnectionsAndAreNotTooMany) {
  const auto add = [&](std::size_t i) { return std::weak_ptr(poolWithIdle(proxied("password " + std::to_string(i)))); };
  std::vector<std::weak_ptr<ConnectionPool>> pools;
  for (std::size_t i = 0; i <= RouteTable::maxUnusedPools; ++i) pools.push_back(add(i));
  EXPECT_EQ(of(table.find(proxied("password 0"))), pools[0].lock());
  for (const auto& pool : pools) EXPECT_FALSE(pool.expired()) << "one is in use, and the others are not too many";
  add(pools.size());
  for (std::size_t i = 0; i < pools.size(); ++i) {
    EXPECT_EQ(pools[i].expired(), i == 1) << i << ": only the one goes that was found the longest ago";
  }
  EXPECT_EQ(closings->reasons, std::vector{CloseReason::surplus});
}

TEST_F(Routes, WhoseConnectionsAreTooOldGo) {
  const auto old = std::weak_ptr(poolWithIdle(
      proxied("password"), std::chrono::steady_clock::now() - PoolOptions().idleTimeout - std::chrono::seconds(1)));
  table.find(session());
  EXPECT_TRUE(old.expired());
  EXPECT_EQ(closings->reasons, std::vector{CloseReason::idle}) << "nobody has closed the client";
}

TEST_F(Routes, WhoseConnectionsAreTooOldDoNotCountAmongThoseThatStay) {
  std::vector<std::shared_ptr<ConnectionPool>> used{poolWithIdle(proxied("password 0"))};
  const std::weak_ptr<ConnectionPool> usable = used[0];
  const auto tooLongAgo = std::chrono::steady_clock::now() - PoolOptions().idleTimeout - std::chrono::seconds(1);
  for (std::size_t i = 1; i <= RouteTable::maxUnusedPools; ++i) {
    used.push_back(poolWithIdle(proxied("password " + std::to_string(i)), tooLongAgo));
  }
  used.clear();
  table.find(session());
  EXPECT_FALSE(usable.expired());
}

TEST_F(Routes, LetAnObserverUseTheTableWhenAPoolGoes) {
  for (std::size_t i = 0; i <= RouteTable::maxUnusedPools; ++i) poolWithIdle(proxied("password " + std::to_string(i)));
  std::shared_ptr<const Route> found;
  closings->then = [&] {
    closings->then = nullptr;
    found = table.find(session());
  };
  table.find(proxied("another"));
  EXPECT_TRUE(found) << "the mutex is not held while the connection is closed";
}

TEST_F(Routes, ShedTheIdleConnectionsOfAllPools) {
  EXPECT_FALSE(table.shedIdle()) << "there is no pool";
  const auto first = poolWithIdle(session("https://one.test")), second = poolWithIdle(session("https://two.test"));
  EXPECT_TRUE(table.shedIdle());
  EXPECT_EQ(closings->reasons, (std::vector{CloseReason::surplus, CloseReason::surplus}));
  EXPECT_FALSE(table.shedIdle()) << "no connection is left";
  poolWithIdle(session("https://one.test"));
  EXPECT_TRUE(table.shedIdle());
  EXPECT_EQ(closings->reasons.size(), 3U);
}

TEST_F(Routes, AreForgottenWhenTheyAreClosed) {
  const auto pool = poolWithIdle(session());
  EXPECT_EQ(of(table.find(session())), pool);
  table.close();
  EXPECT_EQ(closings->reasons, std::vector{CloseReason::closed});
  EXPECT_NE(of(table.find(session())), pool);
}

TEST_F(Routes, ReadTheCertificatesOfAProxyOnce) {
  const std::string file = testing::TempDir() + "box-route-test-ca.pem";
  std::ofstream(file) << emulator::makeCertificateAuthority().certificatePem;
  ProxyOptions proxy;
  proxy.url = "https://proxy.test";
  proxy.tls.emplace().caFile = file;
  const auto route = table.find(session().withProxy(proxy));
  std::filesystem::remove(file);
  EXPECT_EQ(of(table.find(session().withProxy(proxy))), of(route));
}

TEST_F(Routes, RefuseAProxyWhoseCertificatesCannotBeLoaded) {
  ProxyOptions proxy;
  proxy.url = "https://proxy.test";
  proxy.tls.emplace().caFile = "/nonexistent/ca.pem";
  for (int i = 0; i < 2; ++i) {  // the first refusal leaves no pool that the second search would find
    try {
      table.find(session().withProxy(proxy));
      FAIL() << "it was taken";
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration) << error.what();
    }
  }
}

}  // namespace
}  // namespace box
