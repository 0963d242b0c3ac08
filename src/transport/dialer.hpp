#pragma once

#include <memory>
#include <optional>

#include "box/network/options.hpp"
#include "box/support/asio.hpp"
#include "transport/client_services.hpp"
#include "transport/connection.hpp"
#include "transport/destination.hpp"
#include "transport/failure.hpp"
#include "transport/limits.hpp"
#include "transport/resolver.hpp"
#include "transport/tls_sessions.hpp"
#include "transport/wire.hpp"

namespace box {

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
