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

/// Box, as far away as a network makes it: an emulator that tells the ledger what it sees, and, in a storm, the proxy
/// before it, faults of its own, restarts, and tokens that are good no more.
class Server {
 public:
  Server(const Options& options, Ledger& ledger);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// How to reach it, with limits that fit the deadline.
  NetworkSession session() const;

  /// From now on it restarts now and then.
  void startMischief();
  /// The storm is over.
  void heal();

  emulator::Emulator& emulator() noexcept { return *emulator_; }
  const ServerFaults& faults() const noexcept { return faults_; }
  /// Null where nothing is to go wrong.
  const test::FaultProxy* proxy() const noexcept { return proxy_.get(); }
  /// The server does not restart as long as this is held. A forked process has the server's listening socket too, and
  /// its port cannot be listened on again before that process ends.
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
  std::mutex mutex_;                                  // guards what follows
  std::map<std::uint64_t, std::uint64_t> answering_;  ///< the call that a connection is asked for
  bool ending_ = false;
  std::condition_variable end_;

  std::mutex restarting_;
  std::atomic<std::uint64_t> restarts_{0};
  std::unique_ptr<emulator::Emulator> emulator_;
  std::unique_ptr<test::FaultProxy> proxy_;
  std::thread mischief_;
};

}  // namespace box::soak
