#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "box/network/session.hpp"
#include "box/support/asio.hpp"
#include "pipeline/route.hpp"
#include "transport/client_services.hpp"

namespace box {

/// What the calls of a client share, and what each keeps alive while it is in progress.
struct ClientCore {
  ClientCore(asio::any_io_executor executor, const NetworkSession& session)
      : network(std::make_shared<ClientServices>(std::move(executor), session.tls(), session.observer())),
        routes(network, session.pool()) {}

  const std::shared_ptr<ClientServices> network;
  RouteTable routes;
  std::atomic<std::uint64_t> calls{0};
};

}  // namespace box
