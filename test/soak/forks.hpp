#pragma once

#include <chrono>
#include <cstdint>

#include <boost/asio/io_context.hpp>

#include "box/client.hpp"
#include "soak/ledger.hpp"
#include "soak/options.hpp"

namespace box::soak {

/// A client whose process forks while it has connections. Parent and child each make a call with it at the same time,
/// and the results of both are written into the ledger. *Threads*: one.
class Forks {
 public:
  Forks(const Options& options, const NetworkSession& session, Ledger& ledger);

  /// Makes one fork and two calls, and waits for their end.
  void once();
  std::uint64_t count() const noexcept { return count_; }

 private:
  CallPlan nextPlan();
  CallEnd perform(const CallPlan& plan);

  const std::chrono::nanoseconds deadline_;
  Ledger& ledger_;
  boost::asio::io_context io_{1};
  const BoxClient client_;
  std::uint64_t count_ = 0;
  std::uint64_t lastCall_;
};

}  // namespace box::soak
