#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "transport/tls_context.hpp"
#include "async/handler_memory.hpp"
#include "transport/wire.hpp"

namespace box {

/// A verified TLS connection and the buffers that its exchanges use again and again. One coroutine owns it at a time.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  /// `sessions` are of the one who opened it: its streams refer to them.
  Connection(std::unique_ptr<TlsStream> tls, std::shared_ptr<const void> sessions, std::uint64_t number)
      : stream(std::move(tls)), guard(&stream->next_layer().guard()), id(number), sessions_(std::move(sessions)) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Overwrites what the buffers hold of an exchange that had secrets in it.
  void wipe() noexcept;

  /// It will not be used soon: TLS gives its buffers back, 33 KiB, and makes new ones when it needs them.
  void rest() noexcept;

  /// Nothing has come in and the peer has not closed, as far as the kernel knows by now.
  bool silent() noexcept;

  /// What lies between the kernel and the last byte that was read: records that came together with it are in TLS's own
  /// buffers, where silent() does not see them. TLS 1.3 tickets are taken up and count for nothing.
  enum class Behind : std::uint8_t { nothing, data, end };
  Behind behind() noexcept;

  const std::unique_ptr<TlsStream> stream;
  Watchdog::Guard* const guard;  ///< the stream's
  const std::uint64_t id;

  HandlerMemory memory;  ///< for the operation that is under way

  std::string out;  ///< the request, as it goes out
  std::string in;   ///< bytes that came in; those behind `received` are room
  std::size_t received = 0;

  Clock::time_point opened{};
  Clock::time_point expires{};  ///< its age's end
  Clock::time_point lastUsed{};
  std::chrono::nanoseconds idleTimeout{};
  unsigned requests = 0;

 private:
  std::shared_ptr<const void> sessions_;
};

}  // namespace box
