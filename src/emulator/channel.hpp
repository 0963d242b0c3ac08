#pragma once

#include <box/emulator/reply.hpp>

#include "tls_engine.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace box::inline v0_1::emulator {
namespace asio = boost::asio;
using asio::ip::tcp;

/// Sends and receives the bytes of one accepted connection, with or without TLS, and ends it in a given manner. One
/// coroutine on the strand of the socket uses it; only interrupt() and the timers' handlers, on the same strand, touch
/// it too. A function that gives false has failed or was interrupted: the connection has to end.
class Channel : public std::enable_shared_from_this<Channel> {
 public:
  using Bool = asio::awaitable<bool>;

  explicit Channel(tcp::socket socket);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] tcp::socket::executor_type executor() { return socket_.get_executor(); }
  [[nodiscard]] bool interrupted() const noexcept { return interrupted_; }
  /// Null before handshake() or stallHandshake(), and where the connection has no TLS.
  [[nodiscard]] TlsEngine* tls() noexcept { return tls_.get(); }
  /// Plaintext that no request has used yet. The caller removes what it uses.
  [[nodiscard]] std::string& input() noexcept { return in_; }

  Bool handshake(std::shared_ptr<const ServerTlsContext> context, std::string greeting = {});
  /// Sends the first `keep` bytes of the answer to a ClientHello, then only reads.
  asio::awaitable<void> stallHandshake(std::shared_ptr<const ServerTlsContext> context, std::size_t keepBytes);

  /// Appends at least one byte to the input. False: the input has ended.
  Bool readSome();
  Bool write(const std::string& bytes);
  /// Writes the bytes in pieces with a pause after each; in one piece where `pieceSize` is 0.
  Bool writePieces(const std::string& bytes, std::size_t pieceSize, std::chrono::milliseconds pause);
  /// Reads bytes as they arrive, without decrypting them.
  Bool rawRead();
  Bool rawWrite(const std::string& bytes);
  /// Waits, and reads while it waits, so that a peer that ends the connection ends the wait.
  Bool sleep(std::chrono::milliseconds time);
  /// Sends what TLS has queued.
  Bool flush();
  /// Waits without reading until the connection is interrupted.
  asio::awaitable<void> ignore();
  /// Reads and drops bytes until the peer ends the connection or it is interrupted.
  asio::awaitable<void> drain();

  /// Interrupts the connection after this time, unless disarmIdle() is called before.
  void armIdle(std::chrono::milliseconds time);
  void disarmIdle();

  /// Sets how finish() ends the connection; the manner of an interruption takes precedence.
  void exitWith(CloseManner manner, bool lingering);
  /// Makes the operation in progress fail, so that the coroutine ends the connection in this manner.
  void interrupt(CloseManner manner);
  asio::awaitable<void> finish();
  void closeSocket();
  /// Closes the socket when the server stops and no thread runs the strand any more.
  void closeHard(CloseManner manner);

 private:
  void noteEnd(boost::system::error_code ec);
  void armSleep(std::chrono::milliseconds time);

  tcp::socket socket_;
  asio::steady_timer sleepTimer_;
  asio::steady_timer idleTimer_;
  std::uint64_t idleGeneration_ = 0;
  std::uint64_t sleepGeneration_ = 0;
  bool sleepOver_ = false;
  std::unique_ptr<TlsEngine> tls_;
  bool handshaken_ = false;
  std::array<char, 16384> rawBuffer_{};
  std::size_t rawSize_ = 0;
  /// Encrypted bytes that arrived during a wait; the next rawRead() gives them. After a wait before the handshake they
  /// contain the ClientHello.
  std::string early_;
  std::string in_;

  bool interrupted_ = false;
  /// Whether the peer has ended its direction.
  bool peerGone_ = false;
  /// Whether reading or writing has failed.
  bool dead_ = false;
  CloseManner exitManner_ = CloseManner::closeNotify;
  bool lingering_ = true;
};

}  // namespace box::inline v0_1::emulator
