#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "async/blocking.hpp"
#include "async/watchdog.hpp"
#include "box/support/asio.hpp"
#include "support/fork.hpp"
#include "transport/failure.hpp"
#include "transport/lookup_memory.hpp"

namespace box::inline v0_1 {

/// Looks up names in separate threads, at most four at a time, which end when there is nothing to look up.
///
/// getaddrinfo cannot be interrupted, and Asio's resolver has one thread for all lookups, which the io_context's
/// destructor joins. Here a caller whose time is up stops waiting; the lookup ends by itself some time later, and
/// nothing waits for it. A Resolver serves one host: it remembers the addresses that were found last, and calls at the
/// same time share one lookup; see LookupMemory.
class Resolver {
 public:
  using Clock = std::chrono::steady_clock;
  using Endpoints = std::vector<asio::ip::tcp::endpoint>;

  /// `age`: how long the addresses that were found are used; zero: they are not remembered.
  Resolver(std::shared_ptr<Watchdog> watchdog, std::chrono::nanoseconds age);

  /// All addresses of `host`, in the order of the system, at least one. *Errors*: Errc::hostNotFound, resolveFailed,
  /// resolveTimeout (the time is up), localResource, clientClosed, or operation_aborted, with getaddrinfo's own as the
  /// cause.
  asio::awaitable<StepResult<Endpoints>> resolve(std::string host, std::uint16_t port, Clock::time_point until);

  /// Forgets the addresses, because no connection could be opened to them: the next call looks up again.
  void forget() noexcept;

  /// What a failure of getaddrinfo means, by what it returned.
  static Errc lookupError(int result) noexcept;

 private:
  class Lookup;
  std::shared_ptr<Lookup> lookUp(const std::string& host, std::uint16_t port);

  const std::shared_ptr<Watchdog> watchdog_;
  std::mutex mutex_;                          // guards the members after it
  std::shared_ptr<BlockingThreads> threads_;  // from the first lookup on
  LookupMemory<Lookup> memory_;
  std::uint64_t generation_ = processGeneration();  // of the process in which the lookups run
};

}  // namespace box::inline v0_1
