// Tests of the dialer that need no server with TLS.
#include "transport/dialer.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

/// A proxy that accepts the CONNECT, but is not connected to Box.
asio::awaitable<void> serveAsProxy(tcp::acceptor& acceptor, tcp::socket& socket) {
  co_await acceptor.async_accept(socket, asio::use_awaitable);
  const std::string answer = "HTTP/1.1 200 OK\r\n\r\n";
  co_await asio::async_write(socket, asio::buffer(answer), asio::use_awaitable);
}

// A name of more than 255 bytes does not fit into TLS's messages; OpenSSL reports it in the same way as a lack of
// memory.
TEST(Dialer, AShortageBeforeTheHandshakeIsAFailureOfTheHandshake) {
  asio::io_context context(1);
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  tcp::socket peer(context);
  Url url;
  url.host = std::string(300, 'a');
  url.port = 443;
  ProxyOptions proxy;
  proxy.url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
  auto services = std::make_shared<ClientServices>(context.get_executor(), TlsOptions(), nullptr);
  const Dialer dialer(services, Destination{Origin(url), proxy}, PoolOptions().lookupAge);
  const TimeoutOptions timeouts;
  std::optional<StepResult<std::unique_ptr<Connection>>> dialed;
  asio::co_spawn(context, serveAsProxy(acceptor, peer), asio::detached);
  asio::co_spawn(context, dialer.dial(TimeLimits(std::chrono::steady_clock::now() + 30s), timeouts),
                 [&](std::exception_ptr thrown, StepResult<std::unique_ptr<Connection>> result) {
                   EXPECT_FALSE(thrown) << "a thrown error is not retried";
                   if (!thrown) dialed.emplace(std::move(result));
                   services->watchdog->close();
                 });
  context.run_for(60s);
  ASSERT_TRUE(dialed);
  ASSERT_TRUE(dialed->has_error());
  EXPECT_EQ(dialed->error().code, Errc::localResource);
  EXPECT_EQ(dialed->error().phase, Phase::handshake);
  EXPECT_EQ(dialed->error().context, "TLS with " + url.host + ": TLS: out of memory");
}

}  // namespace
}  // namespace box
