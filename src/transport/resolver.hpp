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
#include "system/fork.hpp"
#include "transport/failure.hpp"
#include "transport/lookup_memory.hpp"

namespace box::inline v0_1 {

/// Looks up names in threads, of which at most four exist at a time; a thread ends when it has nothing to look up.
///
/// getaddrinfo cannot be interrupted, and Asio's resolver has one thread for all lookups, which the io_context's
/// destructor joins. Here a caller stops waiting when its time limit passes; the lookup ends some time later, and
/// nothing waits for it. A Resolver serves one host: it remembers the addresses that were found last, and calls at the
/// same time share one lookup; see LookupMemory.
class Resolver {
 public:
  using Clock = std::chrono::steady_clock;
  using Endpoints = std::vector<asio::ip::tcp::endpoint>;

  /// `age`: how long the addresses that were found are used; zero: they are not remembered.
  Resolver(std::shared_ptr<Watchdog> watchdog, std::chrono::nanoseconds age);

  /// All addresses of `host`, at least one, in the order that the system gives. *Errors*: Errc::hostNotFound,
  /// resolveFailed, resolveTimeout (`until` is reached), localResource, clientClosed, or operation_aborted; the cause
  /// is the error of getaddrinfo.
  asio::awaitable<StepResult<Endpoints>> resolve(std::string host, std::uint16_t port, Clock::time_point until);

  /// Forgets the addresses, because no connection could be opened to them. The next call makes a new lookup.
  void forget() noexcept;

 private:
  class Lookup;
  std::shared_ptr<Lookup> lookUp(const std::string& host, std::uint16_t port);

  const std::shared_ptr<Watchdog> watchdog_;
  std::mutex mutex_;                          // protects the members after it
  std::shared_ptr<BlockingThreads> threads_;  // made at the first lookup
  LookupMemory<Lookup> memory_;
  std::uint64_t generation_ = processGeneration();  // the generation of the process in which the lookups run
};

}  // namespace box::inline v0_1
