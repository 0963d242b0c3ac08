#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "async/context_end.hpp"
#include "async/watchdog.hpp"
#include "box/network/options.hpp"
#include "box/observe/observer.hpp"
#include "box/support/asio.hpp"
#include "network/url.hpp"
#include "transport/connection.hpp"
#include "transport/failure.hpp"
#include "transport/limits.hpp"
#include "transport/resolver.hpp"
#include "transport/tls_context.hpp"
#include "transport/wire.hpp"

namespace box {

/// What all connections of a client share.
struct ClientServices final : private ContextEnd::Member {
  ClientServices(asio::any_io_executor ioExecutor, const TlsOptions& tlsOptions,
                 std::shared_ptr<Observer> eventObserver);

  ~ClientServices() { leave(); }

  /// Tells the observer, if there is one. What it throws is its own affair.
  void notify(const Event& event) const noexcept;

  asio::any_io_executor executor;  ///< empty after its context's end
  const std::shared_ptr<TlsContext> tls;
  const std::shared_ptr<Watchdog> watchdog;
  const std::shared_ptr<Observer> observer;
  std::atomic<std::uint64_t> connections{0};

 private:
  void contextEnds() noexcept override { executor = asio::any_io_executor(); }  // a strand belongs to its context
};

/// Somebody to connect to.
struct Origin {
  std::string host;  ///< canonical: see Url
  std::uint16_t port = 0;
  bool isIpLiteral = false;

  explicit Origin(const Url& url) : host(url.host), port(url.port), isIpLiteral(url.isIpLiteral) {}
  /// What CONNECT names: with the port, whichever it is.
  std::string authority() const;
};

/// Where a connection leads, and through which proxy: one of these for each pool. Connections of different ones are never mixed.
struct Destination {
  Origin origin;
  ProxyOptions proxy;  ///< url empty: none
};

/// Opens verified connections to one destination: lookup, TCP, the proxy's tunnel, TLS.
class Dialer {
 public:
  /// Throws BoxSdkError with Errc::invalidConfiguration where the proxy's options are of no use.
  Dialer(std::shared_ptr<ClientServices> network, Destination destination);

  /// Null where it fails; `failure` tells why. *Cancellation*: terminal and total, at any time.
  asio::awaitable<std::unique_ptr<Connection>> dial(TimeLimits limits, const TimeoutOptions& timeouts,
                                                    Failure& failure) const;

  const Destination& destination() const noexcept { return destination_; }

 private:
  struct Proxy;
  struct Sessions {
    TlsSessions origin, proxy;
  };

  asio::awaitable<std::optional<Wire>> openWire(TimeLimits limits, const TimeoutOptions& timeouts,
                                                Failure& failure) const;
  asio::awaitable<void> passProxy(Wire& wire, TimeLimits limits, const TimeoutOptions& timeouts,
                                  Failure& failure) const;
  void settle(const PhaseLimit& limit, bool late, Failure& failure) const;

  const std::shared_ptr<ClientServices> services_;
  const Destination destination_;
  const std::shared_ptr<const Proxy> proxy_;  // null: none
  // Of this destination alone: a lookup that hangs holds up no other host's.
  const Resolver resolver_;
  const std::shared_ptr<Sessions> sessions_ = std::make_shared<Sessions>();
};

}  // namespace box
