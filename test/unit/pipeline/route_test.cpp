// The table of routes. No socket is opened, because no connection is requested.
#include "pipeline/route.hpp"

#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "box/error.hpp"
#include "transport/client_services.hpp"

namespace box {
namespace {

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

  boost::asio::io_context io;
  std::shared_ptr<ClientServices> network = std::make_shared<ClientServices>(io.get_executor(), TlsOptions(), nullptr);
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
