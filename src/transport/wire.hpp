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
#include "transport/guarded_socket.hpp"
#include "transport/tls_context.hpp"

namespace box::inline v0_1 {

/// The byte stream of a connection: TCP, and TLS on it; with an https proxy, TLS to the proxy and inside it TLS to Box.
/// The watchdog guards it as long as its descriptor is open. When the socket's context is destroyed, the socket is
/// closed; after that all functions end with an error.
///
/// No function here waits. OpenSSL receives and sends directly. If the socket has no input or no space for output, the
/// function ends with would_block, and the caller waits with asyncWait() and tries again. So there is no buffer except
/// those of OpenSSL, and the only operation of Asio is that wait. *Threads*: only one thread at a time; a wait for
/// reading and a wait for writing may be in progress together.
class Wire {
 public:
  using Socket = asio::ip::tcp::socket;
  using executor_type = Socket::executor_type;

  Wire(UnsharedSocket open, std::shared_ptr<Watchdog> watchdog);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// The most bytes that one read, write or handshake receives, enough for the longest record. Without this limit, a
  /// peer that sends messages of TLS itself without end would block the thread.
  static constexpr std::size_t mostAtOnce = 17 * 1024;

  executor_type get_executor() noexcept { return socket_.executor(); }
  Watchdog::Guard& guard() noexcept { return socket_.guard(); }

  /// From now on, data pass through this TLS too. *Errors*: BoxSdkError with Errc::localResource where OpenSSL has no
  /// memory.
  void startTls(Tls tls);
  /// The TLS object that was started last; null: none was started.
  SSL* tls() const noexcept { return tls_.get(); }

  /// Performs the handshake of tls(). The default code means that it has succeeded.
  error_code handshake() noexcept;
  /// Reads some bytes, at least one if there is no error. The error is eof if the peer has closed TLS properly. It
  /// receives at most `most` bytes from the socket; 0: it reads only what is in the buffers of TLS.
  std::size_t read(asio::mutable_buffer room, error_code& ec, std::size_t most = mostAtOnce) noexcept;
  /// Sends some of the bytes, at most one record. After would_block it must be called again with the same bytes, which
  /// may be at another address.
  std::size_t write(asio::const_buffer bytes, error_code& ec) noexcept;

  /// Whether the system has taken a byte to send since the last forgetSent(). Messages of TLS itself count too.
  bool hasSent() const noexcept { return sent_ != 0; }
  void forgetSent() noexcept { sent_ = 0; }
  /// How many bytes the system has taken to send since the last forgetSent(). It grows also where write() has reported
  /// no byte, because a record is not whole.
  std::uint64_t sentBytes() const noexcept { return sent_; }

  /// How many bytes have arrived. It grows also where read() has reported no byte, because a record is not whole.
  std::uint64_t receivedBytes() const noexcept { return received_; }

  /// What the socket must be ready for, if the last function ended with would_block.
  Socket::wait_type blockedBy() const noexcept { return blockedBy_; }
  /// May be called only after would_block.
  template <class Token>
  auto asyncWait(Socket::wait_type what, Token&& token) {
    return socket_.socket().async_wait(what, std::forward<Token>(token));
  }

  /// Whether TLS has unread bytes: whole records, or the beginning of one.
  bool hasPending() const noexcept;
  enum class Unread : std::uint8_t { nothing, data, end };
  /// The kind of unread input. Messages of TLS itself are processed and do not count. It receives at most `most` bytes
  /// from the socket. `cause`: why the connection has ended.
  Unread look(std::size_t most, error_code& cause) noexcept;
  /// Whether the socket has no unread input; it needs one system call. `cause`: the error of the socket, which the
  /// system reports only once.
  bool isSilent(error_code& cause) noexcept;

  /// Ends the waits in progress, and all later sending; input that has arrived can still be read.
  void shutDown() noexcept;
  /// Makes TLS free its buffers, unless they contain data. TLS allocates new ones when it needs them.
  void releaseBuffers() noexcept;

 private:
  friend struct WireBio;

  /// These call receiveNow() and sendNow(). They return -1 if it has failed or would block, and record which of both.
  int receive(char* room, std::size_t size) noexcept;
  int send(const char* bytes, std::size_t size) noexcept;
  template <class Function>
  std::size_t perform(Function function, error_code& ec, std::size_t most = mostAtOnce) noexcept;
  error_code whyNot() noexcept;

  GuardedSocket socket_;
  Tls proxy_, tls_;
  // The state of the current function, or of the last one:
  std::size_t allowance_ = 0;    // how many bytes it may still receive
  bool mayHaveBuffers_ = false;  // whether TLS may have buffers that releaseBuffers() can free
  Socket::wait_type blockedBy_ = Socket::wait_read;
  bool blocked_ = false;
  std::uint64_t sent_ = 0;      // see sentBytes()
  std::uint64_t received_ = 0;  // see receivedBytes()
  error_code receiving_, sending_;
};

}  // namespace box::inline v0_1
