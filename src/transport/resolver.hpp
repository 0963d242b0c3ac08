#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "async/blocking.hpp"
#include "async/watchdog.hpp"
#include "box/support/asio.hpp"
#include "transport/failure.hpp"

namespace box {

/// Looks up names in threads of its own, at most four at a time, which end when there is nothing to look up.
///
/// getaddrinfo cannot be interrupted, and Asio's resolver has one thread for everybody, which the io_context's destructor
/// joins. Here a caller whose time is up leaves; the lookup ends by itself some time later and nobody waits for it.
class Resolver {
 public:
  using Endpoints = std::vector<asio::ip::tcp::endpoint>;

  explicit Resolver(std::shared_ptr<Watchdog> watchdog);

  /// All addresses of `host`, in the order of the system, at least one. *Errors*: Errc::hostNotFound, resolveFailed,
  /// resolveTimeout (the time is up), localResource, clientClosed, or operation_aborted, with getaddrinfo's own as the cause.
  asio::awaitable<StepResult<Endpoints>> resolve(std::string host, std::uint16_t port,
                                                 std::chrono::steady_clock::time_point until) const;

  /// What a failure of getaddrinfo means, by what it returned.
  static Errc lookupError(int result) noexcept;

 private:
  class Lookup;
  std::shared_ptr<BlockingThreads> threads_;
  std::shared_ptr<Watchdog> watchdog_;
};

}  // namespace box
