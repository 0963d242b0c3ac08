#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <box/emulator/emulator.hpp>

#include "process.hpp"

namespace box::cli::test {

/// An emulator in this process that records for which users it was asked to end the sessions.
class BulkBox {
 public:
  explicit BulkBox(const Folder& folder, emulator::EmulatorOptions options = {})
      : emulator_(keeping(std::move(options))), ca_(folder.file("ca.pem", emulator_.caPem())) {}
  ~BulkBox() { emulator_.stop(); }

  emulator::Emulator& emulator() noexcept { return emulator_; }
  Strings here() const { return {"--base-url", emulator_.baseUrl(), "--ca", ca_}; }
  Strings ca() const { return {"--ca", ca_}; }

  /// The box-request-ids of the calls that ended this user's sessions, in order.
  Strings callsOf(const std::string& user) const {
    const std::lock_guard lock(mutex_);
    const auto place = calls_.find(user);
    Strings out;
    if (place != calls_.end()) {
      for (const std::uint32_t call : place->second) out.push_back(requestIds_[call]);
    }
    return out;
  }
  std::size_t users() const {
    const std::lock_guard lock(mutex_);
    return calls_.size();
  }
  std::size_t terminations() const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& each : calls_) count += each.second.size();
    return count;
  }

 private:
  emulator::EmulatorOptions keeping(emulator::EmulatorOptions options) {
    options.maxRecords = 1;
    options.onAccepted = [this](const emulator::AcceptedTermination& accepted) {
      const std::lock_guard lock(mutex_);
      const auto call = static_cast<std::uint32_t>(requestIds_.size());
      requestIds_.push_back(accepted.boxRequestId);
      for (const auto* list : {&accepted.userIds, &accepted.userLogins, &accepted.groupIds}) {
        for (const std::string& user : *list) calls_[user].push_back(call);
      }
    };
    return options;
  }

  mutable std::mutex mutex_;
  std::vector<std::string> requestIds_;
  std::map<std::string, std::vector<std::uint32_t>> calls_;
  emulator::Emulator emulator_;
  std::string ca_;
};

}  // namespace box::cli::test
