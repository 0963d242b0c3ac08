#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "box/client.hpp"
#include "soak/event_audit.hpp"
#include "soak/latencies.hpp"
#include "soak/ledger.hpp"
#include "soak/options.hpp"

namespace box::soak {

/// Calls in a closed loop: each worker begins its next call when its last one has ended. The results are written into
/// the ledger.
class Load {
 public:
  /// `session`: all settings except the observer. The client lives on `io`, which other code runs.
  Load(const Options& options, const NetworkSession& session, boost::asio::io_context& io, Ledger& ledger,
       Violations& violations, EventCounts& events);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Begins the calls. In a storm some calls are cancelled, and the client is closed and replaced at intervals.
  void start();
  /// Begins no further call.
  void stop() noexcept { stopped_ = true; }
  /// Whether all workers have ended.
  bool idle() const noexcept { return working_ == 0; }
  /// After the storm, each worker makes this number of further calls, all of which must be accepted. Call it after
  /// stop(), when idle() is true.
  void proveRecovery(unsigned callsEach);
  /// Closes the client and so its connections.
  void close();

  std::uint64_t calls() const noexcept { return ended_; }
  std::uint64_t accepted() const noexcept { return accepted_; }
  std::uint64_t cancellations() const noexcept { return cancellations_; }
  const Latencies& latencies() const noexcept { return latencies_; }
  /// The number of failed calls for each code and fate.
  std::map<std::string, std::uint64_t> failures() const;

 private:
  class Worker;

  std::shared_ptr<BoxClient> makeClient() const;
  std::shared_ptr<BoxClient> client() const;
  /// Gives the next call's number; 0: no call is left.
  std::uint64_t claim() noexcept;
  void replaceLater();
  void run();
  void failed(const error_code& code, Fate fate);

  const Options options_;
  const NetworkSession session_;
  boost::asio::io_context& io_;
  Ledger& ledger_;
  Violations& violations_;
  EventCounts& events_;
  const std::shared_ptr<const RetryPolicy> strict_;
  boost::asio::steady_timer replacing_;
  Latencies latencies_;
  std::atomic<std::uint64_t> claimed_{0}, ended_{0}, accepted_{0}, cancellations_{0};
  std::atomic<std::size_t> working_{0};
  std::atomic<bool> stopped_{false};
  std::atomic<bool> recovering_{false};
  std::uint64_t last_;
  std::vector<std::shared_ptr<Worker>> workers_;
  mutable std::mutex mutex_;  // protects the members below
  std::shared_ptr<BoxClient> client_;
  std::map<std::pair<int, Fate>, std::uint64_t> failures_;
};

}  // namespace box::soak
