#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "async/watchdog.hpp"
#include "box/error.hpp"
#include "box/support/asio.hpp"
#include "transport/tls_context.hpp"
#include "transport/unshared_socket.hpp"

namespace box::inline v0_1 {

/// What a connection speaks over: TCP, then TLS on it; with an https proxy, TLS to the proxy and in that TLS to Box. It
/// is guarded as long as its descriptor is open.
///
/// Nothing here waits. OpenSSL receives and sends by itself; where the socket has nothing to give, or no room, the
/// attempt ends with would_block, and the caller waits with asyncWait() and tries again. So there is no buffer beside
/// OpenSSL's own, and no operation of Asio's but that wait. *Threads*: one at a time; a read and a write may both wait.
class Wire {
 public:
  using Socket = asio::ip::tcp::socket;
  using executor_type = Socket::executor_type;

  Wire(UnsharedSocket open, std::shared_ptr<Watchdog> watchdog);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Bytes that one attempt receives: the longest record fits. A peer that sends TLS's own messages without end would
  /// keep the thread otherwise.
  static constexpr std::size_t mostAtOnce = 17 * 1024;

  executor_type get_executor() noexcept { return socket_.socket.get_executor(); }
  Watchdog::Guard& guard() noexcept { return guard_; }

  /// From now on it leads through this TLS as well. *Errors*: Errc::localResource where OpenSSL has no memory.
  void startTls(Tls tls);
  /// The TLS that was started last; null: none.
  SSL* tls() const noexcept { return tls_.get(); }

  /// The handshake of tls(). The default code: it has succeeded.
  error_code handshake() noexcept;
  /// Some bytes, at least one where there is no error; eof where the peer has ended TLS in order. It receives no more
  /// than `most` bytes from the socket; 0: what is in TLS's buffers alone.
  std::size_t read(asio::mutable_buffer room, error_code& ec, std::size_t most = mostAtOnce) noexcept;
  /// Sends some of them, at most one record. After would_block it must be called with the same bytes again, which may
  /// have moved.
  std::size_t write(asio::const_buffer bytes, error_code& ec) noexcept;

  /// What the last attempt needs, where it ended with would_block.
  Socket::wait_type blockedBy() const noexcept { return blockedBy_; }
  template <class Token>
  auto asyncWait(Socket::wait_type what, Token&& token) {
    return socket_.socket.async_wait(what, std::forward<Token>(token));
  }

  /// TLS has bytes that nobody has read: whole records, or the beginning of one.
  bool hasPending() const noexcept;
  enum class Unread : std::uint8_t { nothing, data, end };
  /// What there is that nobody has read, TLS's own messages apart, which are taken up. It reads no more than `most`
  /// bytes from the socket. `cause`: of an end.
  Unread look(std::size_t most, error_code& cause) noexcept;
  /// The socket has received nothing that was not read yet. One system call. `cause`: of its failure, told once.
  bool isSilent(error_code& cause) noexcept;

  /// Ends what waits, and all later sending; what has come in can still be read.
  void shutDown() noexcept;
  /// Has TLS give its buffers back, unless there is something in them. It makes new ones when it needs them.
  void releaseBuffers() noexcept;

 private:
  friend struct WireBio;
  int descriptor() noexcept { return socket_.socket.native_handle(); }

  /// Of recv(2) and send(2): -1 where that has failed or would block, and notes which.
  int receive(char* room, std::size_t size) noexcept;
  int send(const char* bytes, std::size_t size) noexcept;
  template <class Call>
  std::size_t attempt(Call call, error_code& ec, std::size_t most = mostAtOnce) noexcept;
  error_code whyNot() noexcept;

  UnsharedSocket socket_;
  Watchdog::Guard guard_;  // destroyed before the descriptor, whose number may be reused then
  Tls proxy_, tls_;
  // Of the attempt that is made, or was made last:
  std::size_t allowance_ = 0;  // bytes that it may still receive
  Socket::wait_type blockedBy_ = Socket::wait_read;
  bool blocked_ = false;
  error_code receiving_, sending_;
};

}  // namespace box::inline v0_1
