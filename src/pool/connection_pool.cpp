#include "pool/connection_pool.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/wait.hpp"
#include "async/waiter.hpp"
#include "box/support/time.hpp"
#include "pool/idle_connection.hpp"

namespace box::inline v0_1 {
namespace {

/// One search for a connection closes at most this many unusable idle connections, because closing takes time.
constexpr unsigned mostClosedAtOnce = 8;

std::chrono::nanoseconds spreadAge(std::chrono::nanoseconds age, std::uint64_t id) {
  // ±10 %, so that connections that were opened together do not expire together. A hash of the id serves as a random
  // number.
  const double spread = 0.9 + 0.2 * static_cast<double>(id * 2654435761U % 1024) / 1024.0;
  return saturatingCast<std::chrono::nanoseconds>(age * spread);
}

}  // namespace

// --------------------------------------------------------------------------------- what the coroutine of a call owns

/// A place in the queue, together with the object that wakes the coroutine that waits there. The place leaves the queue
/// also if the coroutine is destroyed.
class ConnectionPool::Queued : public Core::Place {
 public:
  Queued(ConnectionPool& pool, const asio::any_io_executor& executor, Clock::time_point until)
      : waiter(executor, until), pool_(pool) {}
  ~Queued() {
    std::unique_ptr<Connection> surplus;
    bool atRest = false;
    {
      const std::lock_guard lock(pool_.mutex_);
      const auto expires = item() != nullptr ? expiryOf(**item()) : Clock::time_point::max();
      pool_.wakeOrTrim(pool_.core_.leave(*this, expires, surplus));
      atRest = pool_.isAtRest();
    }
    pool_.afterRelease(std::move(surplus), atRest);
  }
  Queued(const Queued&) = delete;
  Queued& operator=(const Queued&) = delete;

  Waiter waiter;

 private:
  ConnectionPool& pool_;
};

/// A permit to open one connection. If the connection is not opened, also because the coroutine is destroyed, the next
/// waiter gets the permit.
class ConnectionPool::DialPermit {
 public:
  explicit DialPermit(ConnectionPool& pool) noexcept : pool_(&pool) {}
  ~DialPermit() {
    if (pool_ != nullptr) pool_->discard();
  }
  DialPermit(const DialPermit&) = delete;
  DialPermit& operator=(const DialPermit&) = delete;
  void used() noexcept { pool_ = nullptr; }

 private:
  ConnectionPool* pool_;
};

// ---------------------------------------------------------------------------------------------------------------- pool

ConnectionPool::ConnectionPool(std::shared_ptr<ClientServices> services, Destination destination, PoolOptions options)
    : services_(services),
      dialer_(std::move(services), std::move(destination), options.lookupAge),
      options_(options),
      core_(Core::Limits{options.maxConnections, options.maxIdle, options.maxWaiters}) {
  join(services_->executor());
}

ConnectionPool::~ConnectionPool() {
  leave();
  close();
}

void ConnectionPool::contextEnds() noexcept {
  services_->watchdog->close();  // from now on no connection becomes idle
  close();
  const std::lock_guard lock(mutex_);
  sweeper_.reset();
}

void ConnectionPool::wake(Core::Place* place) noexcept {
  if (place != nullptr) static_cast<Queued*>(place)->waiter.wake();
}

Lease ConnectionPool::tryAcquire(Clock::time_point now) noexcept {
  for (unsigned closed = 0; closed < mostClosedAtOnce; ++closed) {
    std::unique_ptr<Connection> connection, expired;
    {
      const std::lock_guard lock(mutex_);
      if (!core_.takeExpired(now, expired)) core_.takeIdle(connection);
    }
    if (expired) {
      const event::CloseReason reason = reasonOfExpiry(*expired, now);
      closeAndTell(std::move(expired), reason);
      continue;
    }
    if (!connection) return Lease();
    const auto reason = reasonToClose(*connection, now);
    if (!reason) return Lease(shared_from_this(), std::move(connection), true);
    drop(std::move(connection), *reason);
  }
  return Lease();
}

asio::awaitable<Acquired> ConnectionPool::acquire(bool fresh, TimeLimits limits, const TimeoutOptions& timeouts) {
  Acquired acquired(limits);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const Clock::time_point now = Clock::now();
  const PhaseLimit limit = limits.waiting(now, timeouts.pool, Errc::poolTimeout);
  Queued place(*this, executor, limit.at);
  std::optional<DialPermit> permit;
  acquired.lease = ask(fresh, now, place, permit);
  const bool waits = acquired.lease && !*acquired.lease && !permit;
  error_code ended;
  if (waits) {
    ended = co_await waitWhileOpen(place.waiter, services_->watchdog);
    const Clock::time_point woken = Clock::now();
    acquired.waited = woken - now;
    acquired.limits.beginAttempt(woken, timeouts.attempt);
    acquired.lease = takeGrant(place, limit, ended, permit);
  }
  // A cancellation may have come together with what was granted, and the next co_await would throw.
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const bool isCancelled =
      ended == asio::error::operation_aborted || state.cancelled() != asio::cancellation_type::none;
  if (isCancelled && acquired.lease) {
    permit.reset();
    acquired.lease->giveBackUnused();
    Failure cancelled;
    cancelled.code = asio::error::operation_aborted;
    cancelled.phase = Phase::pool;
    acquired.lease = cancelled;
  } else if (permit) {
    StepResult<Lease> opened = co_await open(*permit, acquired.limits, timeouts);
    acquired.lease = std::move(opened);
  }
  co_return acquired;
}

/// Gives a call what is available at once: a connection, or a permit. The permit object is made before anything can
/// throw: if, for example, there is no memory to open the connection, its destructor gives the permit to the next
/// waiter. An empty lease without a permit means that the call has a place in the queue.
StepResult<Lease> ConnectionPool::ask(bool fresh, Clock::time_point now, Queued& place,
                                      std::optional<DialPermit>& permit) {
  Failure failure;
  failure.phase = Phase::pool;
  for (unsigned closed = 0;; ++closed) {
    std::unique_ptr<Connection> connection;
    Core::Decision decision{};
    {
      const std::lock_guard lock(mutex_);
      decision = core_.acquire(fresh || closed >= mostClosedAtOnce, connection);
      if (decision == Core::Decision::wait) core_.enqueue(place);
    }
    if (services_->watchdog->closed()) {
      if (connection) closeAndTell(std::move(connection), event::CloseReason::closed);
      if (decision == Core::Decision::useIdle || decision == Core::Decision::dial) discard();
      failure.code = Errc::clientClosed;
      return failure;
    }
    switch (decision) {
      case Core::Decision::useIdle: {
        const auto reason = reasonToClose(*connection, now);
        if (!reason) return Lease(shared_from_this(), std::move(connection), true);
        drop(std::move(connection), *reason);
        break;
      }
      case Core::Decision::dial:
        permit.emplace(*this);
        if (connection) closeAndTell(std::move(connection), event::CloseReason::surplus);
        return Lease();
      case Core::Decision::wait: return Lease();
      case Core::Decision::full:
        failure.code = Errc::poolExhausted;
        failure.context = "as many calls as PoolOptions::maxWaiters allows already wait";
        return failure;
    }
  }
}

/// The result of the wait: a connection, a permit, or the reason why the call gets neither.
StepResult<Lease> ConnectionPool::takeGrant(Queued& place, const PhaseLimit& limit, const error_code& ended,
                                            std::optional<DialPermit>& permit) {
  std::unique_ptr<Connection> connection;
  Failure lastDialFailure;
  {
    const std::lock_guard lock(mutex_);
    switch (place.grant()) {
      case Core::Place::Grant::none: lastDialFailure = lastDialFailure_; break;
      case Core::Place::Grant::item: connection = place.take(); break;
      case Core::Place::Grant::dial:
        place.takeDial();
        permit.emplace(*this);
        return Lease();
    }
  }
  if (!connection) return noGrant(limit, ended, lastDialFailure);
  if (services_->watchdog->closed()) {
    drop(std::move(connection), event::CloseReason::closed);
    return noGrant(limit, make_error_code(Errc::clientClosed), lastDialFailure);
  }
  // The connection has just completed a response, but bytes may have arrived after it. In that case another connection
  // is opened in its place.
  const auto why = unreadReason(*connection);
  if (!why) return Lease(shared_from_this(), std::move(connection), true);
  permit.emplace(*this);
  closeAndTell(std::move(connection), *why);
  return Lease();
}

Failure ConnectionPool::noGrant(const PhaseLimit& limit, const error_code& ended,
                                const Failure& lastDialFailure) const {
  Failure failure;
  failure.phase = Phase::pool;
  if (ended) {
    failure.code = ended;
  } else {
    failure.code = limit.code;
    failure.cause = lastDialFailure.cause;
    failure.context = "waiting for a connection to " + destination().origin.host;
    if (lastDialFailure) {
      failure.context += "; the last attempt to open one failed: " + lastDialFailure.code.message();
    }
  }
  return failure;
}

asio::awaitable<StepResult<Lease>> ConnectionPool::open(DialPermit& permit, TimeLimits limits,
                                                        const TimeoutOptions& timeouts) {
  StepResult<std::unique_ptr<Connection>> dialed = co_await dialer_.dial(limits, timeouts);
  const std::lock_guard lock(mutex_);
  if (!isCancelledOrClosed(dialed.error().code)) lastDialFailure_ = dialed.error();
  if (dialed.has_error()) co_return dialed.error();
  std::unique_ptr<Connection> connection = std::move(*dialed);
  const std::chrono::nanoseconds age = spreadAge(options_.maxAge, connection->id);
  const Clock::time_point opened = connection->opened;
  connection->lastUsed = opened;
  connection->idleTimeout = options_.idleTimeout;
  connection->expires = after(opened, age);
  permit.used();
  co_return Lease(shared_from_this(), std::move(connection), false);
}

void ConnectionPool::giveBack(std::unique_ptr<Connection> connection) noexcept {
  const Clock::time_point now = connection->lastUsed;
  if (connection->requests >= options_.maxRequests) return drop(std::move(connection), event::CloseReason::requests);
  const Clock::time_point expires = expiryOf(*connection);
  if (now >= expires) {
    const event::CloseReason reason = reasonOfExpiry(*connection, now);
    return drop(std::move(connection), reason);
  }
  if (services_->watchdog->closed()) return drop(std::move(connection), event::CloseReason::closed);
  std::unique_ptr<Connection> surplus;
  bool atRest = false;
  {
    const std::lock_guard lock(mutex_);
    wakeOrTrim(core_.release(std::move(connection), expires, surplus));
    atRest = isAtRest();
  }
  afterRelease(std::move(surplus), atRest);
}

/// What has to be done without the mutex after a connection was released.
void ConnectionPool::afterRelease(std::unique_ptr<Connection> surplus, bool atRest) noexcept {
  if (surplus) closeAndTell(std::move(surplus), event::CloseReason::surplus);
  // If another thread closed the client before this connection became idle, it did not close this connection.
  if (services_->watchdog->closed()) closeIdle(event::CloseReason::closed);
  if (atRest) services_->watchdog->rest();
}

/// Whether no connection is in use. Must be called with the mutex held.
bool ConnectionPool::isAtRest() const noexcept { return core_.idle() == core_.count(); }

/// Wakes the waiter in `place`, which has received a connection or a permit. Null: nobody has. Then a connection may
/// have become idle, so buffers that are not needed are released, and the sweeper starts.
void ConnectionPool::wakeOrTrim(Core::Place* place) noexcept {
  wake(place);
  if (place != nullptr) return;
  if (auto* idle = core_.idleWithSpareBuffers()) (*idle)->releaseBuffers();
  // Code that closes the pool closes the watchdog before it takes the mutex, so no timer starts afterwards.
  const bool sweeps = options_.sweepIdle && !sweeping_ && !services_->watchdog->closed();
  if (sweeps && core_.idle() != 0) startSweeping();
}

/// Closes a connection and tells the observer. What the core counts does not change.
void ConnectionPool::closeAndTell(std::unique_ptr<Connection> connection, event::CloseReason reason) noexcept {
  if (services_->watchdog->closed()) reason = event::CloseReason::closed;
  const event::ConnectionClosed closed{connection->id, reason, connection->requests};
  connection.reset();
  services_->notify(closed);
}

void ConnectionPool::drop(std::unique_ptr<Connection> connection, event::CloseReason reason) noexcept {
  // Closed before the core counts it as gone, so that the descriptors in use never exceed the limit.
  closeAndTell(std::move(connection), reason);
  discard();
}

void ConnectionPool::discard() noexcept {
  bool atRest = false;
  {
    const std::lock_guard lock(mutex_);
    wake(core_.discard());
    atRest = isAtRest();
  }
  if (atRest) services_->watchdog->rest();
}

void ConnectionPool::startSweeping() noexcept try {
  if (!sweeper_) sweeper_.emplace(services_->executor());
  sweeper_->expires_after(std::clamp<std::chrono::nanoseconds>(options_.idleTimeout / 2, std::chrono::milliseconds(10),
                                                               std::chrono::seconds(5)));
  sweeper_->async_wait([weak = weak_from_this()](boost::system::error_code ec) {
    const std::shared_ptr<ConnectionPool> self = ec ? nullptr : weak.lock();
    if (!self) return;
    self->closeExpired();
    const std::lock_guard lock(self->mutex_);
    self->sweeping_ = false;
    if (self->core_.idle() != 0 && !self->services_->watchdog->closed()) self->startSweeping();
  });
  sweeping_ = true;
} catch (...) {
  // There is no memory: expired connections are closed at the next call instead, and the next connection that is given
  // back starts the timer.
}

void ConnectionPool::closeExpired() noexcept {
  for (;;) {
    const Clock::time_point now = Clock::now();
    std::unique_ptr<Connection> expired;
    {
      const std::lock_guard lock(mutex_);
      if (!core_.takeExpired(now, expired)) return;
    }
    const event::CloseReason reason = reasonOfExpiry(*expired, now);
    closeAndTell(std::move(expired), reason);
  }
}

bool ConnectionPool::closeIdle(event::CloseReason reason) noexcept {
  for (bool any = false;; any = true) {
    std::unique_ptr<Connection> connection;
    {
      const std::lock_guard lock(mutex_);
      if (!core_.takeExpired(Clock::time_point::max(), connection)) return any;
    }
    closeAndTell(std::move(connection), reason);
  }
}

bool ConnectionPool::keepsConnections(Clock::time_point now) const noexcept {
  const std::lock_guard lock(mutex_);
  return core_.keeps(now);
}

bool ConnectionPool::shedIdle() noexcept { return closeIdle(event::CloseReason::surplus); }

void ConnectionPool::close() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (sweeper_) sweeper_->cancel();
  }
  closeIdle(event::CloseReason::closed);
}

}  // namespace box::inline v0_1
