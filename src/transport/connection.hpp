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
  const std::shared_ptr<const void> sessions_;  // the first member, so that it outlives the wire, which refers to it

 public:
  using Clock = std::chrono::steady_clock;

  /// `sessions` are of the one who opened it: its TLS refers to them.
  Connection(std::unique_ptr<Wire> leading, std::shared_ptr<const void> sessions, std::uint64_t number)
      : sessions_(std::move(sessions)), wire(std::move(leading)), guard(&wire->guard()), id(number) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Overwrites the buffers after an exchange with secrets.
  void wipe() noexcept;

  /// It will not be used soon: its buffers and TLS's, 33 KiB, are given back, and made anew when they are needed.
  void releaseBuffers() noexcept;

  /// What has arrived and was not read. `data`: bytes that no request asked for; `end`: the peer has closed. TLS's own
  /// messages (tickets, key updates) are processed and do not count.
  using Unread = Wire::Unread;
  /// In TLS's buffers: records that came together with the last byte that was read.
  Unread buffered() noexcept;
  /// There, and in the kernel as of now: one system call where nothing has come. `cause`: why it has ended.
  Unread unread() noexcept;
  Unread unread(error_code& cause) noexcept;

  const std::unique_ptr<Wire> wire;
  Watchdog::Guard* const guard;  ///< the wire's
  const std::uint64_t id;

  HandlerMemory memory;  ///< for the operation in progress

  std::string out;  ///< the request, as it is sent
  std::string in;   ///< bytes that came in; those after `received` are room
  std::size_t received = 0;

  Clock::time_point opened{};
  Clock::time_point expires{};  ///< its age's end
  Clock::time_point lastUsed{};
  std::chrono::nanoseconds idleTimeout{};
  unsigned requests = 0;
};

}  // namespace box::inline v0_1
