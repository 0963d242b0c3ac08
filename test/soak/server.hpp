#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <box/emulator/emulator.hpp>

#include "box/network/session.hpp"
#include "soak/ledger.hpp"
#include "soak/options.hpp"
#include "soak/server_faults.hpp"
#include "support/fault_proxy.hpp"

namespace box::soak {

/// Box behind a network: an emulator that reports to the ledger what it sees. In a storm also the proxy before it, the
/// emulator's faults, its restarts, and tokens that it revokes.
class Server {
 public:
  Server(const Options& options, Ledger& ledger);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The settings to call it, with limits that fit the deadline.
  NetworkSession session() const;

  /// From now on the server restarts at intervals.
  void startMischief();
  /// Ends the storm.
  void heal();

  emulator::Emulator& emulator() noexcept { return *emulator_; }
  const ServerFaults& faults() const noexcept { return faults_; }
  /// Null in a clean run.
  const test::FaultProxy* proxy() const noexcept { return proxy_.get(); }
  /// The server does not restart as long as this is held. A forked process has the server's listening socket too, so
  /// that the port cannot be used again before that process ends.
  std::unique_lock<std::mutex> holdRestarts() { return std::unique_lock(restarting_); }
  std::uint64_t restarts() const noexcept { return restarts_; }

 private:
  std::optional<emulator::Reply> respond(const emulator::RequestInfo& request);
  void answered(const emulator::RequestRecord& record);
  void makeMischief();
  void endMischief();

  const Options options_;
  Ledger& ledger_;
  ServerFaults faults_;
  const test::ReservedPort port_;
  std::mutex mutex_;                                  // protects the members below
  std::map<std::uint64_t, std::uint64_t> answering_;  ///< the call that is being answered on each connection
  bool ending_ = false;
  std::condition_variable end_;

  std::mutex restarting_;
  std::atomic<std::uint64_t> restarts_{0};
  std::unique_ptr<emulator::Emulator> emulator_;
  std::unique_ptr<test::FaultProxy> proxy_;
  std::thread mischief_;
};

}  // namespace box::soak
