#include "pool/lease.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "pool/connection_pool.hpp"
#include "support/wipe.hpp"

namespace box::inline v0_1 {
namespace {

/// A request buffer larger than this is not kept for the next request.
constexpr std::size_t keptBuffer = 64 * 1024;

}  // namespace

Lease& Lease::operator=(Lease&& other) noexcept {
  drop(event::CloseReason::failed);
  pool_ = std::move(other.pool_);
  connection_ = std::move(other.connection_);
  reused_ = other.reused_;
  return *this;
}

void Lease::giveBack(Clock::time_point now, std::optional<std::chrono::seconds> peerIdle) noexcept {
  if (!connection_) return;
  Connection& c = *connection_;
  if (c.out.capacity() > keptBuffer) {
    wipe(c.out);  // it contains a bearer token
    std::string().swap(c.out);
  }
  c.lastUsed = now;
  c.idleTimeout = pool_->options_.idleTimeout;
  if (peerIdle) {
    // The two seconds are a margin for transmission and clocks: the peer counts from the time of sending, the library
    // from the time of receiving.
    const auto usable = std::chrono::nanoseconds(*peerIdle - std::chrono::seconds(2));
    c.idleTimeout = std::min(c.idleTimeout, usable);
  }
  pool_->giveBack(std::move(connection_));
}

void Lease::giveBackUnused() noexcept {
  if (connection_) pool_->giveBack(std::move(connection_));
}

void Lease::drop(event::CloseReason reason) noexcept {
  if (connection_) pool_->drop(std::move(connection_), reason);
}

}  // namespace box::inline v0_1
