#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "async/watchdog.hpp"
#include "box/network/options.hpp"
#include "box/observe/observer.hpp"
#include "box/support/asio.hpp"
#include "transport/connection.hpp"
#include "transport/failure.hpp"
#include "transport/limits.hpp"
#include "transport/resolver.hpp"
#include "transport/tls_context.hpp"

namespace box {

/// What all connections of a client share.
struct Network {
  Network(asio::any_io_executor ioExecutor, const TlsOptions& tlsOptions, std::shared_ptr<Observer> eventObserver);

  /// Tells the observer, if there is one. What it throws is its own affair.
  void notify(const Event& event) const noexcept;

  const asio::any_io_executor executor;
  const std::shared_ptr<TlsContext> tls;
  const std::shared_ptr<Watchdog> watchdog;
  const Resolver resolver;
  const std::shared_ptr<Observer> observer;
  std::atomic<std::uint64_t> connections{0};
};

/// Whom a connection is to: one of these for each pool.
struct Origin {
  std::string host;  ///< canonical: see Url
  std::uint16_t port = 0;
  bool isIpLiteral = false;
};

/// Opens verified connections to one origin: lookup, TCP to one address after the other, TLS.
class Dialer {
 public:
  Dialer(std::shared_ptr<Network> network, Origin origin);

  /// Null where it fails; `failure` tells why. *Cancellation*: terminal and total, at any time.
  asio::awaitable<std::unique_ptr<Connection>> dial(TimeLimits limits, const TimeoutOptions& timeouts,
                                                    Failure& failure) const;

  const Origin& origin() const noexcept { return origin_; }

 private:
  asio::awaitable<asio::ip::tcp::socket> connect(const Resolver::Endpoints& endpoints, TimeLimits limits,
                                                 const TimeoutOptions& timeouts, Watchdog::Guard& guard,
                                                 Failure& failure) const;

  std::shared_ptr<Network> network_;
  Origin origin_;
  std::shared_ptr<TlsSessions> sessions_ = std::make_shared<TlsSessions>();
};

}  // namespace box
