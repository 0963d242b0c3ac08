#pragma once

#include <memory>

#include "box/bulk/bulk_termination.hpp"
#include "box/session_termination.hpp"
#include "box/support/asio.hpp"
#include "bulk/call_reply.hpp"
#include "bulk/scheduler.hpp"

namespace box::inline v0_1 {

/// Sends the entries of one call, and sends them once; only after a 401 the call itself sends them again, with a new
/// token. The scheduler retries, because a 429 has to hold back all calls, not one, and each request has to pass the
/// rate limiter.
class BatchSender {
 public:
  /// `deadline`: the deadline of the run.
  BatchSender(SessionTerminationManager manager, const BulkOptions& options, Scheduler::TimePoint deadline);

  /// Sends the part. A failure is not thrown but returned in the reply.
  static asio::awaitable<CallReply> send(std::shared_ptr<const BatchSender> self, BulkPart part);

 private:
  asio::awaitable<SessionTerminationMessage> start(const BulkPart& part) const;

  const SessionTerminationManager manager_;
  const BulkOptions options_;
  const Scheduler::TimePoint deadline_;
};

}  // namespace box::inline v0_1
