#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "async/context_end.hpp"
#include "box/network/options.hpp"
#include "box/observe/observer.hpp"
#include "pool/lease.hpp"
#include "pool/pool_core.hpp"
#include "transport/client_services.hpp"
#include "transport/connection.hpp"
#include "transport/destination.hpp"
#include "transport/dialer.hpp"
#include "transport/failure.hpp"
#include "transport/limits.hpp"

namespace box::inline v0_1 {

/// The result of acquire().
struct Acquired {
  Acquired() : limits(TimeLimits::Clock::time_point::max()) {}
  explicit Acquired(const TimeLimits& start) : limits(start) {}

  StepResult<Lease> lease;
  TimeLimits limits;  ///< the limits of the attempt, which begins after the wait
  std::chrono::nanoseconds waited{0};
};

/// The connections to one destination. The mutex protects decisions only: while it is held, there is no I/O, no
/// observer is called and no coroutine is resumed.
class ConnectionPool final : public std::enable_shared_from_this<ConnectionPool>, private ContextEnd::Member {
 public:
  using Clock = std::chrono::steady_clock;

  ConnectionPool(std::shared_ptr<ClientServices> services, Destination destination, PoolOptions options);
  ~ConnectionPool();

  /// An idle connection that is usable. It needs no coroutine, because this is the usual case. Empty: none is idle, or
  /// the search has ended because it has closed as many unusable ones as one search may close.
  Lease tryAcquire(Clock::time_point now) noexcept;

  /// Gets a connection: an idle one, a new one, or one that another call gives back. `fresh`: none that has been idle.
  /// *Cancellation*: terminal and total, at any time.
  asio::awaitable<Acquired> acquire(bool fresh, TimeLimits limits, const TimeoutOptions& timeouts);

  const Destination& destination() const noexcept { return dialer_.destination(); }

  /// Whether there is an idle connection that may be used again.
  bool keepsConnections(Clock::time_point now) const noexcept;

  /// Closes the idle connections that may not be used any longer.
  void closeExpired() noexcept;

  /// Closes all idle connections, because descriptors or ports are needed for others, or because there are too many
  /// pools. False: there was no idle connection.
  bool shedIdle() noexcept;

  /// Closes all idle connections. If calls may use the pool, the watchdog of the services must be closed before this:
  /// that wakes the calls that wait, and from then on no connection becomes idle. (In the destructor there is no such
  /// call, because each call keeps its pool.)
  void close() noexcept;

 private:
  friend class Lease;
  using Core = PoolCore<std::unique_ptr<Connection>>;
  class Queued;
  class DialPermit;

  StepResult<Lease> ask(bool fresh, Clock::time_point now, Queued& place, std::optional<DialPermit>& permit);
  StepResult<Lease> takeGrant(Queued& place, const PhaseLimit& limit, const error_code& ended,
                              std::optional<DialPermit>& permit);
  Failure noGrant(const PhaseLimit& limit, const error_code& ended, const Failure& lastDialFailure) const;
  asio::awaitable<StepResult<Lease>> open(DialPermit& permit, TimeLimits limits, const TimeoutOptions& timeouts);

  void contextEnds() noexcept override;
  void giveBack(std::unique_ptr<Connection> connection) noexcept;
  void drop(std::unique_ptr<Connection> connection, event::CloseReason reason) noexcept;
  void discard() noexcept;
  void afterRelease(std::unique_ptr<Connection> surplus, bool atRest) noexcept;
  bool isAtRest() const noexcept;
  void closeAndTell(std::unique_ptr<Connection> connection, event::CloseReason reason) noexcept;
  static void wake(Core::Place* place) noexcept;
  void wakeOrTrim(Core::Place* place) noexcept;
  bool closeIdle(event::CloseReason reason) noexcept;
  void startSweeping() noexcept;

  const std::shared_ptr<ClientServices> services_;
  const Dialer dialer_;
  const PoolOptions options_;
  mutable std::mutex mutex_;  // protects the members after it
  Core core_;
  Failure lastDialFailure_;
  std::optional<asio::steady_timer> sweeper_;
  bool sweeping_ = false;
};

}  // namespace box::inline v0_1
