#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "box/network/session.hpp"
#include "network/url.hpp"
#include "pool/connection_pool.hpp"
#include "transport/client_services.hpp"
#include "transport/destination.hpp"

namespace box::inline v0_1 {

/// A base URL, parsed and checked, with its pool of connections. A client keeps a route for its session, so that a call
/// needs no lookup in the table of pools.
class Route {
 public:
  /// Throws BoxSdkError with Errc::invalidConfiguration where the URL is unusable.
  explicit Route(std::string baseUrl) : base_(std::move(baseUrl)), url_(parseUrl(base_, "BaseUrls::baseUrl")) {}
  Route(const Route&) = delete;
  Route& operator=(const Route&) = delete;

  const Url& url() const noexcept { return url_; }
  ConnectionPool& pool() const noexcept { return *pool_; }

 private:
  friend class RouteTable;
  const std::string base_;
  const Url url_;  // refers to base_
  std::shared_ptr<ConnectionPool> pool_;
};

/// The pools of a client and of all clients that share its connections: one pool for each origin and proxy.
///
/// A pool that no route and no call uses any more is kept while it has connections, so that a copy of a client made for
/// one call finds them again. It is removed by the next find() after its connections have become too old; where there
/// are too many such pools, the one whose last find() was the longest ago is removed. The mutex protects decisions
/// only: while it is held, no file is read, no connection is closed and no observer is called.
class RouteTable {
 public:
  /// The most pools that are kept although no client uses them.
  static constexpr std::size_t maxUnusedPools = 16;

  RouteTable(std::shared_ptr<ClientServices> services, PoolOptions options)
      : services_(std::move(services)), options_(options) {}

  /// The route to the base URL of `session`. Throws BoxSdkError with Errc::invalidConfiguration where the proxy's
  /// options are unusable. May block while it reads files of certificates.
  std::shared_ptr<const Route> find(const NetworkSession& session);

  /// Closes all idle connections. False: there was no idle connection.
  bool shedIdle() noexcept;
  /// Closes all idle connections. The watchdog of the services must be closed before this: a closed watchdog wakes the
  /// calls that wait for a connection, and ends all other work, also work that begins later.
  void close() noexcept;

 private:
  using Pools = std::vector<std::shared_ptr<ConnectionPool>>;

  std::shared_ptr<ConnectionPool> known(const Destination& destination) const;
  Pools takeUnused();

  const std::shared_ptr<ClientServices> services_;
  const PoolOptions options_;
  mutable std::mutex mutex_;
  Pools pools_;  // ordered by their last find(), the oldest first
};

}  // namespace box::inline v0_1
