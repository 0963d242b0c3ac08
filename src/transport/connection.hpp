#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "async/handler_memory.hpp"
#include "box/error.hpp"
#include "transport/tls_context.hpp"
#include "transport/wire.hpp"

namespace box {

/// A verified TLS connection and the buffers that its exchanges use again and again. One coroutine owns it at a time.
class Connection {
  const std::shared_ptr<const void> sessions_;  // the first member, so that it outlives the stream, which refers to it

 public:
  using Clock = std::chrono::steady_clock;

  /// `sessions`: of the Dialer that opened it; its streams refer to them.
  Connection(std::unique_ptr<TlsStream> tls, std::shared_ptr<const void> sessions, std::uint64_t number)
      : sessions_(std::move(sessions)), stream(std::move(tls)), guard(&stream->next_layer().guard()), id(number) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Overwrites the buffers after an exchange with secrets.
  void wipe() noexcept;

  /// It will not be used soon: TLS gives its buffers back, 33 KiB, and makes new ones when it needs them.
  void releaseBuffers() noexcept;

  /// What has arrived and was not read. `data`: bytes that no request asked for; `end`: the peer has closed. TLS's own
  /// messages (tickets, key updates) are processed and do not count.
  enum class Unread : std::uint8_t { nothing, data, end };
  /// In TLS's buffers: records that came together with the last byte that was read.
  Unread buffered() noexcept;
  /// There, and in the kernel as of now: one system call where nothing has come. `cause`: why it has ended.
  Unread unread() noexcept;
  Unread unread(error_code& cause) noexcept;

  const std::unique_ptr<TlsStream> stream;
  Watchdog::Guard* const guard;  ///< the stream's
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

 private:
  Unread buffered(error_code& cause) noexcept;
  Unread take(const char* bytes, std::size_t size, error_code& cause) noexcept;
};

}  // namespace box
