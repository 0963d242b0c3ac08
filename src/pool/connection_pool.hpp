#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "async/context_end.hpp"
#include "box/network/options.hpp"
#include "box/observe/observer.hpp"
#include "pool/pool_core.hpp"
#include "transport/client_services.hpp"
#include "transport/connection.hpp"
#include "transport/destination.hpp"
#include "transport/dialer.hpp"
#include "transport/failure.hpp"
#include "transport/limits.hpp"

namespace box {

class ConnectionPool;

/// A connection while one exchange uses it. Goes back to the pool by giveBack(), or is closed.
class Lease {
 public:
  Lease() noexcept = default;
  Lease(std::shared_ptr<ConnectionPool> pool, std::unique_ptr<Connection> connection, bool reused) noexcept
      : pool_(std::move(pool)), connection_(std::move(connection)), reused_(reused) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { drop(event::CloseReason::failed); }

  explicit operator bool() const noexcept { return connection_ != nullptr; }
  Connection& operator*() const noexcept { return *connection_; }
  Connection* operator->() const noexcept { return connection_.get(); }
  /// It has carried a request before.
  bool reused() const noexcept { return reused_; }

  /// It may be used again. `peerIdle`: how long the peer keeps an idle connection, where it said so.
  void giveBack(std::optional<std::chrono::seconds> peerIdle) noexcept;
  /// It was not used at all: it may serve the next one.
  void giveBackUnused() noexcept;
  void drop(event::CloseReason reason) noexcept;

 private:
  std::shared_ptr<ConnectionPool> pool_;
  std::unique_ptr<Connection> connection_;
  bool reused_ = false;
};

/// The connections to one destination. The mutex covers decisions only: no I/O, no observer, no resumption happens under it.
class ConnectionPool final : public std::enable_shared_from_this<ConnectionPool>, private ContextEnd::Member {
 public:
  using Clock = std::chrono::steady_clock;

  ConnectionPool(std::shared_ptr<ClientServices> network, Destination destination, PoolOptions options);
  ~ConnectionPool();

  /// An idle connection, if there is one that is isUsable: without a coroutine, for the usual case.
  Lease tryAcquire(Clock::time_point now) noexcept;

  /// A connection: idle, or opened, or handed over by another call.
  /// `fresh`: none that has been idle. `waited` becomes the time spent in the queue; the attempt of `limits` begins after it.
  /// *Cancellation*: terminal and total, at any time.
  asio::awaitable<StepResult<Lease>> acquire(bool fresh, TimeLimits& limits, const TimeoutOptions& timeouts,
                                             std::chrono::nanoseconds& waited);

  const Destination& destination() const noexcept { return dialer_.destination(); }

  /// There is an idle connection that may be used again.
  bool keepsConnections(Clock::time_point now) const noexcept;

  /// Closes what is idle: descriptors and ports are needed elsewhere. False: nothing was.
  bool shedIdle() noexcept;

  /// Closes what is idle and wakes all who wait; the network's watchdog must be closed before.
  void close() noexcept;

 private:
  friend class Lease;
  using Core = PoolCore<std::unique_ptr<Connection>>;
  class Queued;
  class DialPermit;

  void contextEnds() noexcept override;
  void giveBack(std::unique_ptr<Connection> connection) noexcept;
  void drop(std::unique_ptr<Connection> connection, event::CloseReason reason) noexcept;
  void discard() noexcept;
  void closeUncounted(std::unique_ptr<Connection> connection, event::CloseReason reason) noexcept;
  static void wake(Core::Place* place) noexcept;
  void passOn(Core::Place* place) noexcept;
  bool closeIdle(event::CloseReason reason) noexcept;
  void startSweeping() noexcept;
  bool isUsable(Connection& connection, Clock::time_point now, event::CloseReason& reason) const noexcept;
  asio::awaitable<StepResult<Lease>> open(DialPermit& permit, TimeLimits limits, const TimeoutOptions& timeouts);

  const std::shared_ptr<ClientServices> services_;
  const Dialer dialer_;
  const PoolOptions options_;
  mutable std::mutex mutex_;  // guards what follows
  Core core_;
  Failure lastDialFailure_;
  std::optional<asio::steady_timer> sweeper_;
  bool sweeping_ = false;
};

}  // namespace box
