#include "pool/connection_pool.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/waiter.hpp"
#include "box/support/time.hpp"
#include "support/wipe.hpp"

namespace box {
namespace {

/// Why a connection with something unread must go: whatever it is, it answers nothing that is asked next. Null: it need not.
std::optional<event::CloseReason> unreadReason(Connection& connection) noexcept {
  switch (connection.unread()) {
    case Connection::Unread::nothing: return std::nullopt;
    case Connection::Unread::data: return event::CloseReason::unsolicited;
    case Connection::Unread::end: break;
  }
  return event::CloseReason::peer;
}

/// A request buffer larger than this is not kept for the next request.
constexpr std::size_t keptBuffer = 64 * 1024;

std::chrono::nanoseconds withJitter(std::chrono::nanoseconds age, std::uint64_t id) {
  // ±10 %, so that connections opened together do not end together. The id spreads as well as chance would.
  const double spread = 0.9 + 0.2 * static_cast<double>(id * 2654435761U % 1024) / 1024.0;
  return saturatingCast<std::chrono::nanoseconds>(age * spread);
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------- Lease

Lease& Lease::operator=(Lease&& other) noexcept {
  drop(event::CloseReason::failed);
  pool_ = std::move(other.pool_);
  connection_ = std::move(other.connection_);
  reused_ = other.reused_;
  return *this;
}

void Lease::giveBack(std::optional<std::chrono::seconds> peerIdle) noexcept {
  if (!connection_) return;
  Connection& c = *connection_;
  ++c.requests;
  if (c.out.capacity() > keptBuffer) {
    wipe(c.out);  // it holds a bearer token
    std::string().swap(c.out);
  }
  c.lastUsed = ConnectionPool::Clock::now();
  c.idleTimeout = pool_->options_.idleTimeout;
  if (peerIdle) {
    // Two seconds are for the way and for clocks: the peer counts from when it sent, we from when we received.
    const auto margin = std::chrono::nanoseconds(*peerIdle - std::chrono::seconds(2));
    c.idleTimeout = std::min(c.idleTimeout, margin);
  }
  pool_->giveBack(std::move(connection_));
}

void Lease::giveBackUnused() noexcept {
  if (connection_) pool_->giveBack(std::move(connection_));
}

void Lease::drop(event::CloseReason reason) noexcept {
  if (connection_) pool_->drop(std::move(connection_), reason);
}

// ------------------------------------------------------------------------------------------------ the coroutine's guards

/// A place in the queue together with what wakes the one in it. Leaves the queue also when the coroutine is destroyed.
class ConnectionPool::Queued : public Core::Place {
 public:
  Queued(ConnectionPool& pool, const asio::any_io_executor& executor, Clock::time_point until)
      : waiter(executor, until), pool_(pool) {}
  ~Queued() {
    std::unique_ptr<Connection> surplus;
    {
      const std::lock_guard lock(pool_.mutex_);
      pool_.passOn(pool_.core_.leave(*this, after(Clock::now(), pool_.options_.idleTimeout), surplus));
    }
    if (surplus) pool_.closeUncounted(std::move(surplus), event::CloseReason::surplus);
  }
  Queued(const Queued&) = delete;
  Queued& operator=(const Queued&) = delete;

  Waiter waiter;

 private:
  ConnectionPool& pool_;
};

/// Permission to open one connection; passes it on when the opening fails, also when the coroutine is destroyed.
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

// ----------------------------------------------------------------------------------------------------------------- pool

ConnectionPool::ConnectionPool(std::shared_ptr<ClientServices> network, Destination destination, PoolOptions options)
    : services_(network),
      dialer_(std::move(network), std::move(destination), options.lookupAge),
      options_(options),
      core_(Core::Limits{options.maxConnections, options.maxIdle, options.maxWaiters}) {
  join(services_->executor);
}

ConnectionPool::~ConnectionPool() {
  leave();
  close();
}

void ConnectionPool::contextEnds() noexcept {
  services_->watchdog->close();  // from now on none becomes idle
  close();
  const std::lock_guard lock(mutex_);
  sweeper_.reset();
}

void ConnectionPool::wake(Core::Place* place) noexcept {
  if (place != nullptr) static_cast<Queued*>(place)->waiter.wake();
}

bool ConnectionPool::isUsable(Connection& connection, Clock::time_point now,
                              event::CloseReason& reason) const noexcept {
  if (now >= connection.expires) {
    reason = event::CloseReason::age;
  } else if (now - connection.lastUsed >= connection.idleTimeout) {
    reason = event::CloseReason::idle;
  } else if (const auto why = unreadReason(connection)) {
    reason = *why;
  } else {
    return true;
  }
  return false;
}

Lease ConnectionPool::tryAcquire(Clock::time_point now) noexcept {
  for (;;) {
    std::unique_ptr<Connection> connection, expired;
    {
      const std::lock_guard lock(mutex_);
      core_.takeExpired(now, expired);
      core_.takeIdle(connection);
    }
    if (expired) closeUncounted(std::move(expired), event::CloseReason::idle);
    if (!connection) return Lease();
    event::CloseReason reason{};
    if (isUsable(*connection, now, reason)) return Lease(shared_from_this(), std::move(connection), true);
    drop(std::move(connection), reason);
  }
}

asio::awaitable<StepResult<Lease>> ConnectionPool::acquire(bool fresh, TimeLimits& limits,
                                                           const TimeoutOptions& timeouts,
                                                           std::chrono::nanoseconds& waited) {
  Failure failure;
  failure.phase = Phase::pool;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  for (;;) {
    const Clock::time_point now = Clock::now();
    const PhaseLimit limit = limits.waiting(now, timeouts.pool, Errc::poolTimeout);
    std::unique_ptr<Connection> connection;
    Queued place(*this, executor, limit.at);
    // Taken before anything can fail: memory for the opening may be missing, too.
    std::optional<DialPermit> permit;
    Core::Decision decision{};
    {
      const std::lock_guard lock(mutex_);
      decision = core_.acquire(fresh, connection);
      if (decision == Core::Decision::wait) core_.enqueue(place);
    }
    if (services_->watchdog->closed()) {
      if (connection) closeUncounted(std::move(connection), event::CloseReason::closed);
      if (decision == Core::Decision::useIdle || decision == Core::Decision::dial) discard();
      failure.code = Errc::clientClosed;
      co_return failure;
    }
    switch (decision) {
      case Core::Decision::useIdle: {
        event::CloseReason reason{};
        if (isUsable(*connection, now, reason)) co_return Lease(shared_from_this(), std::move(connection), true);
        drop(std::move(connection), reason);
        continue;
      }
      case Core::Decision::dial:
        permit.emplace(*this);
        if (connection) closeUncounted(std::move(connection), event::CloseReason::surplus);
        break;
      case Core::Decision::full:
        failure.code = Errc::poolExhausted;
        failure.context = "PoolOptions::maxWaiters calls wait already";
        co_return failure;
      case Core::Decision::wait: {
        const Watchdog::CloseSubscription attendance(services_->watchdog, place.waiter);
        error_code ec;
        co_await place.waiter.asyncWait(asio::redirect_error(asio::use_awaitable, ec));
        const Clock::time_point woken = Clock::now();
        waited += woken - now;
        limits.beginAttempt(woken, timeouts.attempt);
        {
          const std::lock_guard lock(mutex_);
          switch (place.grant()) {
            case Core::Place::Grant::item: connection = place.take(); break;
            case Core::Place::Grant::dial:
              place.takeDial();
              permit.emplace(*this);
              break;
            case Core::Place::Grant::none:
              if (services_->watchdog->closed()) {
                failure.code = Errc::clientClosed;
              } else if (ec) {
                failure.code = ec;
              } else {
                failure.code = limit.code;
                failure.cause = lastDialFailure_.cause;
                failure.context = "waiting for a connection to " + destination().origin.host;
                if (lastDialFailure_) {
                  failure.context += "; the last attempt to open one failed: " + lastDialFailure_.code.message();
                }
              }
              co_return failure;
          }
        }
        if (!connection) break;
        // It has just carried a response to its end, but something may have come after that. Its place is for the one that
        // is opened instead.
        const auto why = unreadReason(*connection);
        if (!why) co_return Lease(shared_from_this(), std::move(connection), true);
        permit.emplace(*this);
        closeUncounted(std::move(connection), *why);
        break;
      }
    }
    StepResult<Lease> opened = co_await open(*permit, limits, timeouts);
    co_return opened;
  }
}

asio::awaitable<StepResult<Lease>> ConnectionPool::open(DialPermit& permit, TimeLimits limits,
                                                        const TimeoutOptions& timeouts) {
  StepResult<std::unique_ptr<Connection>> dialed = co_await dialer_.dial(limits, timeouts);
  const std::lock_guard lock(mutex_);
  lastDialFailure_ = dialed.error();
  if (dialed.has_error()) co_return lastDialFailure_;
  std::unique_ptr<Connection> connection = std::move(*dialed);
  const std::chrono::nanoseconds age = withJitter(options_.maxAge, connection->id);
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
  if (now >= connection->expires) return drop(std::move(connection), event::CloseReason::age);
  if (connection->idleTimeout <= std::chrono::nanoseconds::zero() || services_->watchdog->closed()) {
    return drop(std::move(connection), event::CloseReason::idle);
  }
  const Clock::time_point expires = std::min(connection->expires, after(now, connection->idleTimeout));
  std::unique_ptr<Connection> surplus;
  bool atRest = false;
  {
    const std::lock_guard lock(mutex_);
    passOn(core_.release(std::move(connection), expires, surplus));
    atRest = core_.idle() == core_.count();
    if (options_.sweepIdle && !sweeping_ && core_.idle() != 0) startSweeping();
  }
  if (surplus) closeUncounted(std::move(surplus), event::CloseReason::surplus);
  if (atRest) services_->watchdog->rest();
}

/// A connection goes to the one who waits in `place`; where nobody does, it has become idle.
void ConnectionPool::passOn(Core::Place* place) noexcept {
  wake(place);
  if (place != nullptr) return;
  if (auto* mayReleaseBuffers = core_.mayReleaseBuffers()) (*mayReleaseBuffers)->releaseBuffers();
}

/// Closes one that counts no more.
void ConnectionPool::closeUncounted(std::unique_ptr<Connection> connection, event::CloseReason reason) noexcept {
  if (services_->watchdog->closed()) reason = event::CloseReason::closed;
  const event::ConnectionClosed closed{connection->id, reason, connection->requests};
  connection.reset();
  services_->notify(closed);
}

void ConnectionPool::drop(std::unique_ptr<Connection> connection, event::CloseReason reason) noexcept {
  closeUncounted(std::move(connection),
                 reason);  // before its slot is free: the descriptors in use never exceed the limit
  discard();
}

void ConnectionPool::discard() noexcept {
  bool atRest = false;
  {
    const std::lock_guard lock(mutex_);
    wake(core_.discard());
    atRest = core_.idle() == core_.count();
  }
  if (atRest) services_->watchdog->rest();
}

void ConnectionPool::startSweeping() noexcept try {
  if (!sweeper_) sweeper_.emplace(services_->executor);
  sweeper_->expires_after(std::clamp<std::chrono::nanoseconds>(options_.idleTimeout / 2, std::chrono::milliseconds(10),
                                                               std::chrono::seconds(5)));
  sweeper_->async_wait([weak = weak_from_this()](boost::system::error_code ec) {
    const std::shared_ptr<ConnectionPool> self = ec ? nullptr : weak.lock();
    if (!self) return;
    for (bool more = true; more;) {
      std::unique_ptr<Connection> expired;
      {
        const std::lock_guard lock(self->mutex_);
        more = self->core_.takeExpired(Clock::now(), expired);
      }
      if (expired) self->closeUncounted(std::move(expired), event::CloseReason::idle);
    }
    const std::lock_guard lock(self->mutex_);
    self->sweeping_ = false;
    if (self->core_.idle() != 0 && !self->services_->watchdog->closed()) self->startSweeping();
  });
  sweeping_ = true;
} catch (...) {
  // Out of memory: what is too old goes when a connection is asked for, and the next one that comes back tries again.
}

bool ConnectionPool::closeIdle(event::CloseReason reason) noexcept {
  for (bool any = false;; any = true) {
    std::unique_ptr<Connection> connection;
    {
      const std::lock_guard lock(mutex_);
      if (!core_.takeExpired(Clock::time_point::max(), connection)) return any;
    }
    closeUncounted(std::move(connection), reason);
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

}  // namespace box
