#include "transport/dialer.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/handler_memory.hpp"
#include "http/request_writer.hpp"
#include "network/proxy.hpp"
#include "transport/connector.hpp"
#include "transport/terminal_cancellation.hpp"
#include "transport/tls_errors.hpp"
#include "transport/tunnel.hpp"

namespace box {
namespace {

using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

/// The handshake and what must hold behind it. `failure` tells why it is not good; a caller, a deadline or a close may be
/// the reason behind that.
template <class Stream>
asio::awaitable<void> shakeHands(Stream& stream, Failure& failure) {
  error_code ec;
  {
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    HandlerMemory memory;
    TerminalCancellation cancellation(state.slot());
    co_await stream.async_handshake(
        asio::ssl::stream_base::client,
        asio::bind_allocator(
            memory.allocator(),
            asio::bind_cancellation_slot(cancellation.slot(), asio::redirect_error(asio::use_awaitable, ec))));
  }
  SSL* ssl = stream.native_handle();
  failure.cause = ec;
  if (ec == asio::error::operation_aborted) {
    failure.code = ec;
  } else if (ec) {
    failure.code = judgeHandshake(ssl, failure.cause);
    failure.context = failure.cause.message();
  } else if (std::string objection = TlsContext::objection(ssl); !objection.empty()) {
    failure.code = Errc::tlsProtocolError;
    failure.context = std::move(objection);
  }
}

/// What is there before anything was asked answers nothing: a server out of step would give each request another's answer.
/// TLS 1.3 tells only after the handshake that a client certificate is wanted.
void lookBeforeFirstUse(Connection& connection, Failure& failure) {
  switch (connection.unread(failure.cause)) {
    case Connection::Unread::nothing: break;
    case Connection::Unread::data:
      failure.code = Errc::protocolError;
      failure.context = "it sent something before it was asked";
      break;
    case Connection::Unread::end:
      failure.code = judgeRead(failure.cause);
      failure.context = "it ended the connection after the handshake";
      break;
  }
}

}  // namespace

struct Dialer::Proxy {
  Proxy(const ProxyOptions& options, std::shared_ptr<TlsContext> usual)
      : Proxy(parseProxyUrl(options.url, "ProxyOptions::url"), options, std::move(usual)) {}

  const Origin at;
  const std::shared_ptr<TlsContext> tls;  // null: it is spoken to in the clear
  const Secret credentials;

 private:
  Proxy(const Url& url, const ProxyOptions& options, std::shared_ptr<TlsContext> usual)
      : at(url),
        tls(!url.secure   ? nullptr
            : options.tls ? std::make_shared<TlsContext>(*options.tls)
                          : std::move(usual)),
        credentials(basicCredentials(options)) {}
};

Dialer::Dialer(std::shared_ptr<ClientServices> network, Destination destination)
    : services_(std::move(network)),
      destination_(std::move(destination)),
      proxy_(destination_.proxy.url.empty() ? nullptr
                                            : std::make_shared<const Proxy>(destination_.proxy, services_->tls)),
      resolver_(services_->watchdog) {}

/// A step has failed: what stands behind it comes before what the step itself saw of it.
void Dialer::settle(const PhaseLimit& limit, bool late, Failure& failure) const {
  if (services_->watchdog->closed()) {
    failure.code = Errc::clientClosed;
  } else if (late) {
    failure.code = limit.code;
    failure.cause = error_code();
  }
}

/// The connection that TLS to Box is to run over.
asio::awaitable<std::optional<Wire>> Dialer::openWire(TimeLimits limits, const TimeoutOptions& timeouts,
                                                      Failure& failure) const {
  const Origin& peer = proxy_ ? proxy_->at : destination_.origin;
  const std::string name = proxy_ ? "the proxy " + peer.host : peer.host;
  failure.phase = Phase::resolve;
  const PhaseLimit lookup = limits.phase(Clock::now(), timeouts.resolve, Errc::resolveTimeout);
  Resolver::Endpoints addresses =
      co_await resolver_.resolve(peer.host, peer.port, lookup.at, failure.code, failure.cause);
  if (failure.code == Errc::resolveTimeout) failure.code = lookup.code;
  if (failure) {
    failure.context = "looking up " + name;
    co_return std::nullopt;
  }

  tcp::socket socket =
      co_await connectToAny(services_->executor, services_->watchdog, std::move(addresses), limits, timeouts, failure);
  if (failure) {
    failure.context = "connecting to " + name + ", port " + std::to_string(peer.port);
    co_return std::nullopt;
  }
  co_return Wire(std::move(socket), services_->watchdog);
}

/// Has the proxy lead the wire on to Box.
asio::awaitable<void> Dialer::passProxy(Wire& wire, TimeLimits limits, const TimeoutOptions& timeouts,
                                        Failure& failure) const {
  failure.phase = Phase::proxy;
  const PhaseLimit limit = limits.phase(Clock::now(), timeouts.proxy, Errc::proxyTimeout);
  if (proxy_->tls) {
    wire.startTls([this](tcp::socket socket) {
      return proxy_->tls->makeStream(std::move(socket), proxy_->at.host, proxy_->at.isIpLiteral, sessions_->proxy);
    });
  }
  wire.guard().arm(limit.at);
  if (proxy_->tls) {
    co_await shakeHands(*wire.proxy(), failure);
    if (failure) failure.context.insert(0, "TLS with it: ");
  }
  if (!failure) {
    std::string request;
    writeConnect(request, destination_.origin.authority(), proxy_->credentials.reveal());
    co_await openTunnel(wire, std::move(request), failure);
  }
  const bool late = wire.guard().disarm();
  if (failure || late) {
    settle(limit, late, failure);
    failure.context.insert(0, "the proxy " + proxy_->at.host + ": ");
  }
}

asio::awaitable<std::unique_ptr<Connection>> Dialer::dial(TimeLimits limits, const TimeoutOptions& timeouts,
                                                          Failure& failure) const {
  const Clock::time_point started = Clock::now();
  std::optional<Wire> wire = co_await openWire(limits, timeouts, failure);
  if (wire && proxy_) co_await passProxy(*wire, limits, timeouts, failure);
  if (failure) co_return nullptr;

  const Origin& origin = destination_.origin;
  auto connection = std::make_unique<Connection>(
      services_->tls->makeStream(std::move(*wire), origin.host, origin.isIpLiteral, sessions_->origin), sessions_,
      services_->connections.fetch_add(1) + 1);
  failure.phase = Phase::handshake;
  const PhaseLimit limit = limits.phase(Clock::now(), timeouts.handshake, Errc::handshakeTimeout);
  connection->guard->arm(limit.at);
  co_await shakeHands(*connection->stream, failure);
  if (!failure) lookBeforeFirstUse(*connection, failure);
  const bool late = connection->guard->disarm();
  if (failure || late) {
    settle(limit, late, failure);
    failure.context.insert(0, failure.context.empty() ? "TLS with " + origin.host : "TLS with " + origin.host + ": ");
    co_return nullptr;
  }
  failure = Failure();
  connection->opened = Clock::now();
  const SSL* ssl = connection->stream->native_handle();
  services_->notify(event::ConnectionOpened{connection->id, origin.host, origin.port, TlsContext::version(ssl),
                                            TlsContext::resumed(ssl), proxy_ ? std::string_view(proxy_->at.host) : "",
                                            connection->opened - started});
  co_return connection;
}

}  // namespace box
