#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "async/handler_memory.hpp"
#include "box/error.hpp"
#include "transport/wire.hpp"

namespace box::inline v0_1 {

/// A verified TLS connection and the buffers that its exchanges use again and again. One coroutine owns it at a time.
class Connection {
  // The first member, so that it lives longer than the wire, which refers to it.
  const std::shared_ptr<const void> sessions_;

 public:
  using Clock = std::chrono::steady_clock;

  /// `sessions`: the TLS sessions of the dialer, to which the TLS of this connection refers.
  Connection(std::unique_ptr<Wire> leading, std::shared_ptr<const void> sessions, std::uint64_t number)
      : sessions_(std::move(sessions)), wire(std::move(leading)), guard(&wire->guard()), id(number) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Overwrites the buffers. For use after an exchange with secrets.
  void wipe() noexcept;

  /// Frees the buffers of this object and of TLS, 33 KiB, because the connection will not be used soon. They are made
  /// again when they are needed.
  void releaseBuffers() noexcept;

  /// The kind of input that has arrived and was not read. `data`: bytes that are not the answer to a request; `end`:
  /// the peer has closed the connection. Messages of TLS itself (tickets, key updates) are processed and do not count.
  using Unread = Wire::Unread;
  /// Checks the buffers of TLS only: they have the records that arrived together with the last byte that was read.
  Unread buffered() noexcept;
  /// Checks the buffers of TLS, and the kernel for what has arrived until now; it needs one system call if nothing has
  /// arrived. `cause`: why the connection has ended.
  Unread unread() noexcept;
  Unread unread(error_code& cause) noexcept;

  const std::unique_ptr<Wire> wire;
  Watchdog::Guard* const guard;  ///< the guard of the wire
  const std::uint64_t id;

  HandlerMemory memory;  ///< for the operation in progress

  std::string out;  ///< the request, as it is sent
  std::string in;   ///< bytes that were received; those after the first `received` bytes are free
  std::size_t received = 0;

  Clock::time_point opened{};
  Clock::time_point expires{};  ///< when it reaches its maximum age
  Clock::time_point lastUsed{};
  std::chrono::nanoseconds idleTimeout{};
  unsigned requests = 0;  ///< how many were sent on it, wholly or in part
};

}  // namespace box::inline v0_1
