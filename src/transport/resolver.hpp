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

namespace box {

/// Looks up names in threads of its own, at most four at a time, which end when there is nothing to look up.
///
/// getaddrinfo cannot be interrupted, and Asio's resolver has one thread for everybody, which the io_context's
/// destructor joins. Here a caller whose time is up leaves; the lookup ends by itself some time later and nobody waits
/// for it. It serves one host: what was found last is remembered, and those who ask at once share one lookup; see
/// LookupMemory.
class Resolver {
 public:
  using Clock = std::chrono::steady_clock;
  using Endpoints = std::vector<asio::ip::tcp::endpoint>;

  /// What was found is used for so long; nothing: it is not remembered.
  Resolver(std::shared_ptr<Watchdog> watchdog, std::chrono::nanoseconds age);

  /// All addresses of `host`, in the order of the system, at least one. *Errors*: Errc::hostNotFound, resolveFailed,
  /// resolveTimeout (the time is up), localResource, clientClosed, or operation_aborted, with getaddrinfo's own as the
  /// cause.
  asio::awaitable<StepResult<Endpoints>> resolve(std::string host, std::uint16_t port, Clock::time_point until);

  /// No connection could be opened to what was found: the next one asks anew.
  void forget() noexcept;

  /// What a failure of getaddrinfo means, by what it returned.
  static Errc lookupError(int result) noexcept;

 private:
  class Lookup;
  std::shared_ptr<Lookup> lookUp(const std::string& host, std::uint16_t port);

  const std::shared_ptr<Watchdog> watchdog_;
  std::mutex mutex_;                          // guards what follows
  std::shared_ptr<BlockingThreads> threads_;  // from the first lookup on
  LookupMemory<Lookup> memory_;
  std::uint64_t generation_ = processGeneration();  // of the process in which the lookups run
};

}  // namespace box
