#include "soak/event_audit.hpp"

#include <string>
#include <type_traits>
#include <variant>

namespace box::soak {

EventAudit::EventAudit(Violations& violations, EventCounts& counts) : violations_(violations), counts_(counts) {
  ++counts_.audits;
}

EventAudit::~EventAudit() {
  for (const auto& [number, call] : calls_) {
    violations_.add("events: call " + std::to_string(number) + " of a client never ended, after " +
                    std::to_string(call.attempts) + " attempts");
  }
  for (const std::uint64_t number : connections_) {
    violations_.add("events: connection " + std::to_string(number) + " of a client was never closed");
  }
  --counts_.audits;
}

void EventAudit::require(bool holds, const char* promise) {
  if (!holds) violations_.add(std::string("events: ") + promise);
}

void EventAudit::onEvent(const Event& event) {
  const std::lock_guard lock(mutex_);
  std::visit(
      [this](const auto& e) {
        using E = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<E, event::CallStarted>) {
          ++counts_.calls;
          require(calls_.emplace(e.call, CallState()).second, "a call started twice");
        } else if constexpr (std::is_same_v<E, event::AttemptStarted>) {
          ++counts_.attempts;
          const auto call = calls_.find(e.call);
          require(call != calls_.end(), "an attempt of no call");
          if (call == calls_.end()) return;
          require(!call->second.running, "two attempts at once");
          require(e.attempt == ++call->second.attempts, "attempts that do not count one by one");
          call->second.running = true;
        } else if constexpr (std::is_same_v<E, event::AttemptEnded>) {
          if (e.record.phase > Phase::handshake && !e.record.reusedConnection) ++counts_.onNewConnections;
          const auto call = calls_.find(e.call);
          require(call != calls_.end() && call->second.running, "the end of an attempt that does not run");
          if (call != calls_.end()) call->second.running = false;
        } else if constexpr (std::is_same_v<E, event::RetryScheduled>) {
          ++counts_.retries;
          const auto call = calls_.find(e.call);
          require(call != calls_.end() && !call->second.running, "a repeat of what has not ended");
        } else if constexpr (std::is_same_v<E, event::CallEnded>) {
          const auto call = calls_.find(e.call);
          require(call != calls_.end(), "the end of no call");
          if (call == calls_.end()) return;
          require(!call->second.running, "a call that ended with an attempt running");
          require(e.attempts == call->second.attempts, "a call that ended with another number of attempts");
          calls_.erase(call);
        } else if constexpr (std::is_same_v<E, event::TokenRequested>) {
          ++counts_.tokenRequests;
          require(calls_.contains(e.call), "a token for no call");
        } else if constexpr (std::is_same_v<E, event::PoolWaited>) {
          ++counts_.poolWaits;
          require(calls_.contains(e.call), "no call has waited");
        } else if constexpr (std::is_same_v<E, event::ConnectionOpened>) {
          ++counts_.opened;
          if (e.resumed) ++counts_.resumed;
          require(connections_.insert(e.connection).second, "a connection opened twice");
        } else {
          static_assert(std::is_same_v<E, event::ConnectionClosed>);
          ++counts_.closed[static_cast<std::size_t>(e.reason)];
          require(connections_.erase(e.connection) == 1, "a connection closed that was not open");
        }
      },
      event);
}

}  // namespace box::soak
