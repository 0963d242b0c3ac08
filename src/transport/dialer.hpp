#pragma once

#include <chrono>
#include <memory>

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

namespace box::inline v0_1 {

/// Opens verified connections to one destination. It performs the steps that a DialSequence decides.
class Dialer {
 public:
  /// Throws BoxSdkError with Errc::invalidConfiguration if the options of the proxy are unusable. `lookupAge`: see
  /// PoolOptions.
  Dialer(std::shared_ptr<ClientServices> network, Destination destination, std::chrono::nanoseconds lookupAge);

  /// *Cancellation*: terminal and total, at any time.
  asio::awaitable<StepResult<std::unique_ptr<Connection>>> dial(TimeLimits limits,
                                                                const TimeoutOptions& timeouts) const;

  const Destination& destination() const noexcept { return destination_; }

 private:
  struct Proxy;
  struct Sessions {
    TlsSessions origin, proxy;
  };

  void startProxyTls(Wire& wire) const;
  std::unique_ptr<Connection> startBoxTls(std::unique_ptr<Wire> wire) const;

  const std::shared_ptr<ClientServices> services_;
  const Destination destination_;
  const std::shared_ptr<const Proxy> proxy_;  // null: no proxy
  // It serves this destination only, so that a lookup that hangs does not delay lookups of other hosts.
  const std::unique_ptr<Resolver> resolver_;
  const std::shared_ptr<Sessions> sessions_ = std::make_shared<Sessions>();
};

}  // namespace box::inline v0_1
