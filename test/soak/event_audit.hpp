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

/// What the observers of all clients were told, in numbers.
struct EventCounts {
  static constexpr std::size_t closeReasons = static_cast<std::size_t>(event::CloseReason::closed) + 1;

  std::atomic<std::uint64_t> calls{0}, attempts{0}, onNewConnections{0}, retries{0}, tokenRequests{0}, poolWaits{0};
  std::atomic<std::uint64_t> opened{0}, resumed{0};
  std::array<std::atomic<std::uint64_t>, closeReasons> closed{};
  std::atomic<std::size_t> audits{0};  ///< that still may be told something
};

/// The observer of one client: whatever begins must end, once. What is open when the last that could tell of it has let
/// go of this object, never ended.
class EventAudit : public Observer {
 public:
  EventAudit(Violations& violations, EventCounts& counts);
  ~EventAudit() override;

  void onEvent(const Event& event) override;

 private:
  void require(bool holds, const char* promise);

  Violations& violations_;
  EventCounts& counts_;
  std::mutex mutex_;  // guards what follows
  struct Call {
    unsigned attempts = 0;
    bool running = false;
  };
  std::unordered_map<std::uint64_t, Call> calls_;
  std::unordered_set<std::uint64_t> connections_;
};

}  // namespace box::soak
