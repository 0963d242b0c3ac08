#pragma once

#include <box/emulator/emulator.hpp>

#include "box_behaviour.hpp"
#include "tls_engine.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace box::emulator {

class Channel;

/// What outlives a stop: settings, scripts, records, Box's memory. Guarded by `mutex` except where said otherwise.
struct Core {
  explicit Core(EmulatorOptions given)
      : options(std::move(given)), behaviour(options), clockOffset(options.clockOffset) {}

  /// Never changed after construction.
  const EmulatorOptions options;

  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  BoxBehaviour behaviour;
  std::chrono::seconds clockOffset;
  std::shared_ptr<const TlsContext> tls;

  std::deque<Reply> calls;
  std::deque<Reply> oauthCalls;
  std::deque<ConnectionPlan> connectionPlans;
  std::optional<Reply> defaultReply;
  std::optional<ConnectionPlan> defaultConnection;
  /// Shared with the connection that asks it just now: a copy for each question would lose what it keeps in mind.
  std::shared_ptr<const std::function<std::optional<Reply>(const RequestInfo&)>> responder;

  std::deque<AcceptedTermination> accepted;
  std::deque<std::shared_ptr<RequestRecord>> requests;
  std::uint64_t acceptedCount = 0;
  std::uint64_t sequence = 0;
  std::uint64_t connectionNumber = 0;
  std::uint64_t connectionsAccepted = 0;
  std::uint64_t handshakesCompleted = 0;
  std::uint64_t handshakesFailed = 0;
  std::uint64_t sessionsResumed = 0;
  std::uint64_t requestCount = 0;
  std::uint64_t tokenRequestCount = 0;
  std::map<std::string, std::uint64_t> tokenRequestsByGrant;
  std::map<std::uint64_t, std::weak_ptr<Channel>> open;
};

}  // namespace box::emulator
