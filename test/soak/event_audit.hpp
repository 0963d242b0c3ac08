#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "box/observe/observer.hpp"
#include "soak/violations.hpp"

namespace box::soak {

/// Counts of the events of all clients.
struct EventCounts {
  static constexpr std::size_t closeReasons = static_cast<std::size_t>(event::CloseReason::closed) + 1;

  std::atomic<std::uint64_t> calls{0}, attempts{0}, onNewConnections{0}, retries{0}, tokenRequests{0}, poolWaits{0};
  std::atomic<std::uint64_t> opened{0}, resumed{0};
  std::array<std::atomic<std::uint64_t>, closeReasons> closed{};
  std::atomic<std::size_t> audits{0};  ///< audits that may still receive events
};

/// Observes one client: everything that begins must end, exactly once. What is open when this object is destroyed can
/// no longer end, because everything that could report the end has released the object.
class EventAudit : public Observer {
 public:
  EventAudit(Violations& violations, EventCounts& counts);
  ~EventAudit() override;

  void onEvent(const Event& event) override;

 private:
  void require(bool holds, const char* promise);

  Violations& violations_;
  EventCounts& counts_;
  std::mutex mutex_;  // protects the members below
  struct CallState {
    unsigned attempts = 0;
    bool running = false;
  };
  std::unordered_map<std::uint64_t, CallState> calls_;
  std::unordered_set<std::uint64_t> connections_;
};

}  // namespace box::soak
