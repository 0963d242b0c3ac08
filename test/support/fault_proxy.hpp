#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace box::test {

/// What a FaultProxy does to a connection.
enum class Fault : unsigned char {
  refuse,              ///< nothing listens for a moment
  resetAtAccept,       ///< RST as soon as the connection is accepted
  silence,             ///< the connection is accepted, and no byte is ever passed on
  closeInHandshake,    ///< FIN at a random byte of the handshake
  resetInHandshake,    ///< RST at a random byte of the handshake
  stallInHandshake,    ///< from a random byte of the handshake on, no byte is passed on
  corruptInHandshake,  ///< one byte of the handshake is changed
  delay,               ///< an exchange begins late
  closeInRequest,      ///< FIN to both sides at a random byte of a request
  resetInRequest,      ///< RST to both sides at a random byte of a request
  closeInResponse,
  resetInResponse,
  halfClose,       ///< one direction ends at a random byte, the other continues
  stall,           ///< from a random byte on, no byte is passed on, and neither side is told
  corrupt,         ///< one byte is changed, below TLS
  garbage,         ///< bytes are inserted that neither side has sent, below TLS
  trickle,         ///< an exchange is passed on byte by byte
  throttle,        ///< from now on the bandwidth is low
  closeWhileIdle,  ///< FIN a moment after a response
  resetWhileIdle,
};
inline constexpr std::size_t faultKinds = static_cast<std::size_t>(Fault::resetWhileIdle) + 1;
std::string_view toString(Fault fault) noexcept;

/// A TCP relay on 127.0.0.1 between clients and a server on this machine. Its own thread does to connections what
/// networks do.
///
/// A share of all connections meets a fault when it is accepted, a share of all handshakes meets one, and so does a
/// share of all exchanges. An exchange begins with bytes from the client that follow bytes from the server. The seed
/// and n determine what happens to the nth connection. The two directions of a connection never overtake each other.
class FaultProxy {
 public:
  /// `share`: from 0 to 1. *Errors*: boost::system::system_error where no port is free.
  FaultProxy(std::uint16_t server, double share, std::uint64_t seed);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  std::uint16_t port() const noexcept;
  /// How often each fault has happened, indexed by its number.
  std::array<std::uint64_t, faultKinds> faults() const;
  /// The next `times` connections or exchanges meet this fault; after them the share decides again.
  void next(Fault fault, std::size_t times = 1);
  /// Later connections are relayed without faults; open ones are closed. Waits until the proxy listens, which it does
  /// not for a moment after Fault::refuse.
  void heal();
  std::size_t openConnections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Keeps a port on 127.0.0.1 for a server that is restarted. Meanwhile no other process gets it, neither by asking for
/// a free port nor by connecting to it (on loopback a socket that connects to a free port of the ephemeral range may
/// connect to itself). A server that reuses addresses can bind it.
class ReservedPort {
 public:
  ReservedPort();
  ~ReservedPort();
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;

  std::uint16_t number() const noexcept { return number_; }

 private:
  int socket_ = -1;
  std::uint16_t number_ = 0;
};

}  // namespace box::test
