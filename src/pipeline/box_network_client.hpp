#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "box/network/network_client.hpp"
#include "box/network/session.hpp"
#include "box/support/asio.hpp"
#include "pipeline/route.hpp"
#include "transport/client_services.hpp"

namespace box::inline v0_1 {

/// The library's own NetworkClient. It makes attempts (token, connection, exchange, judgement), one after the other,
/// until the call succeeds or has no further attempt. It owns the objects that its calls share: the table of pools and
/// the ClientServices.
class BoxNetworkClient final : public NetworkClient, public std::enable_shared_from_this<BoxNetworkClient> {
 public:
  /// Takes the pool options, the TLS options and the observer from `session`; they never change. All other settings are
  /// taken from each request.
  BoxNetworkClient(asio::any_io_executor executor, const NetworkSession& session);

  asio::awaitable<FetchResponse> fetch(NetworkRequest request) override;
  std::shared_ptr<const Route> prepare(const NetworkSession& session) override;
  void close() noexcept override;

  const std::shared_ptr<ClientServices>& services() const noexcept { return services_; }
  RouteTable& routes() noexcept { return routes_; }
  std::uint64_t nextCallId() noexcept { return calls_.fetch_add(1, std::memory_order_relaxed) + 1; }

 private:
  const std::shared_ptr<ClientServices> services_;
  RouteTable routes_;
  std::atomic<std::uint64_t> calls_{0};
};

}  // namespace box::inline v0_1
