#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "box/observe/observer.hpp"
#include "transport/connection.hpp"

namespace box::inline v0_1 {

class ConnectionPool;

/// The right of one exchange to use a connection. giveBack() and giveBackUnused() return the connection to the pool;
/// otherwise it is closed.
class Lease {
 public:
  using Clock = std::chrono::steady_clock;

  Lease() noexcept = default;
  Lease(std::shared_ptr<ConnectionPool> pool, std::unique_ptr<Connection> connection, bool reused) noexcept
      : pool_(std::move(pool)), connection_(std::move(connection)), reused_(reused) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { drop(event::CloseReason::failed); }

  explicit operator bool() const noexcept { return connection_ != nullptr; }
  Connection& operator*() const noexcept { return *connection_; }
  Connection* operator->() const noexcept { return connection_.get(); }
  /// Whether the connection was opened for an earlier attempt, of this or another call.
  bool reused() const noexcept { return reused_; }

  /// Gives back a connection that may be used again. `now`: when its exchange ended; `peerIdle`: how long the peer
  /// keeps an idle connection, if it has said that.
  void giveBack(Clock::time_point now, std::optional<std::chrono::seconds> peerIdle) noexcept;
  /// Gives back a connection on which nothing was sent.
  void giveBackUnused() noexcept;
  void drop(event::CloseReason reason) noexcept;

 private:
  std::shared_ptr<ConnectionPool> pool_;
  std::unique_ptr<Connection> connection_;
  bool reused_ = false;
};

}  // namespace box::inline v0_1
