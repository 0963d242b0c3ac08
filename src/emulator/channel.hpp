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

namespace box::emulator {
namespace asio = boost::asio;
using asio::ip::tcp;

/// The bytes of one accepted connection, in TLS or not, and the manner of its end. Everything here runs on the strand
/// of its socket, in one coroutine; `interrupt` and the timers' handlers are the only others that touch it, on the same
/// strand. What answers false has failed, or was interrupted: the connection is to end.
class Channel : public std::enable_shared_from_this<Channel> {
 public:
  using Bool = asio::awaitable<bool>;

  explicit Channel(tcp::socket socket);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] tcp::socket::executor_type executor() { return socket_.get_executor(); }
  [[nodiscard]] bool interrupted() const noexcept { return interrupted_; }
  /// Nothing before handshake() or stallHandshake(), or where there is to be no TLS.
  [[nodiscard]] TlsEngine* tls() noexcept { return tls_.get(); }
  /// Plaintext that no request has used yet; who uses it takes it out.
  [[nodiscard]] std::string& input() noexcept { return in_; }

  Bool handshake(std::shared_ptr<const ServerTlsContext> context, std::string greeting = {});
  /// Sends the first bytes of the answer to a ClientHello, then only listens.
  asio::awaitable<void> stallHandshake(std::shared_ptr<const ServerTlsContext> context, std::size_t keepBytes);

  /// Appends at least one byte to the input; false at the end.
  Bool readSome();
  Bool write(const std::string& bytes);
  /// A pause after each piece; in one piece where `pieceSize` is 0.
  Bool writePieces(const std::string& bytes, std::size_t pieceSize, std::chrono::milliseconds pause);
  /// Below TLS.
  Bool rawRead();
  Bool rawWrite(const std::string& bytes);
  /// Waits, and listens meanwhile: a peer that leaves ends the wait, and with it the connection.
  Bool sleep(std::chrono::milliseconds time);
  /// Sends what TLS has queued.
  Bool flush();
  /// Reads nothing until the connection is interrupted.
  asio::awaitable<void> ignore();
  /// Reads and forgets until the peer ends or the connection is interrupted.
  asio::awaitable<void> drain();

  /// Interrupts the connection when nothing disarms it before the time is up.
  void armIdle(std::chrono::milliseconds time);
  void disarmIdle();

  /// How finish() is to end the connection; an interruption's manner comes before it.
  void exitWith(CloseManner manner, bool lingering);
  /// Makes whatever the coroutine waits for fail, so that it ends the connection in this manner.
  void interrupt(CloseManner manner);
  asio::awaitable<void> finish();
  void closeSocket();
  /// For a stop: no thread runs the strand any more.
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
  /// What came while nobody read, below TLS: the next rawRead() gives it. A wait before the handshake has the
  /// ClientHello in it.
  std::string early_;
  std::string in_;

  bool interrupted_ = false;
  /// The peer has sent its last byte.
  bool peerGone_ = false;
  /// Reading or writing has failed.
  bool dead_ = false;
  CloseManner exitManner_ = CloseManner::closeNotify;
  bool lingering_ = true;
};

}  // namespace box::emulator
