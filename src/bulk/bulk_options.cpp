#include "bulk/bulk_options.hpp"

#include <chrono>
#include <string>

#include "policy/rate_limiter.hpp"
#include "box/error.hpp"

namespace box::inline v0_1 {

namespace {

void require(bool holds, const char* what) {
  if (!holds) throw BoxSdkError(Errc::invalidConfiguration, std::string("BulkOptions::") + what);
}

}  // namespace

const BulkOptions& checked(const BulkOptions& o) {
  constexpr std::chrono::nanoseconds zero(0);
  require(o.batchSize >= 1 && o.batchSize <= 10000, "batchSize must be 1 to 10000");
  require(o.concurrency >= 1 && o.concurrency <= 64, "concurrency must be 1 to 64");
  require(o.attempts >= 1, "attempts must be 1 or more");
  require(o.callTimeout > zero, "callTimeout must be more than 0");
  require(o.stopGrace >= zero, "stopGrace must be 0 or more");
  require(o.breakerFailures >= 1, "breakerFailures must be 1 or more");
  require(o.breakerPause > zero, "breakerPause must be more than 0");
  require(o.longestBreakerPause >= o.breakerPause, "longestBreakerPause must be breakerPause or more");
  require(o.longestOutage > zero, "longestOutage must be more than 0");
  require(o.rejectedShare >= 0 && o.rejectedShare <= 1, "rejectedShare must be 0 to 1");
  require(o.inDoubtAge >= zero, "inDoubtAge must be 0 or more");
  require(o.progressInterval >= zero, "progressInterval must be 0 or more");
  const RateLimiter limiter(o.rate, std::chrono::steady_clock::time_point());  // the constructor checks the rate
  return o;
}

bool isSentAgain(const BulkOptions& options, const BulkPast& past, std::chrono::system_clock::time_point now) noexcept {
  switch (past.state) {
    case BulkState::rejected: return options.retryRejected;
    case BulkState::inDoubt:
      return options.inDoubt == InDoubt::retry ||
             (options.inDoubt == InDoubt::retryFresh && options.inDoubtAge > std::chrono::nanoseconds(0) &&
              now <= after(past.sentAt, options.inDoubtAge));
    default: return false;
  }
}

}  // namespace box::inline v0_1
