#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace box::test {

/// What a FaultProxy does to a connection.
enum class Fault : unsigned char {
  refuse,              ///< nobody listens for a moment
  resetAtAccept,       ///< RST as soon as it is accepted
  silence,             ///< accepted, and nothing ever comes or goes
  closeInHandshake,    ///< FIN at a random byte of the handshake
  resetInHandshake,    ///< the same with RST
  stallInHandshake,    ///< from a random byte of the handshake on nothing comes or goes
  corruptInHandshake,  ///< one byte of the handshake is changed
  delay,               ///< an exchange starts late
  closeInRequest,      ///< FIN to both sides at a random byte of a request
  resetInRequest,      ///< the same with RST
  closeInResponse,
  resetInResponse,
  halfClose,       ///< one direction ends at a random byte, the other goes on
  stall,           ///< from a random byte on nothing comes or goes, and nobody is told
  corrupt,         ///< one byte is changed, below TLS
  garbage,         ///< bytes that nobody sent, below TLS
  trickle,         ///< an exchange byte by byte
  throttle,        ///< a narrow line from here on
  closeWhileIdle,  ///< FIN a moment after a response
  resetWhileIdle,
};
inline constexpr std::size_t faultKinds = static_cast<std::size_t>(Fault::resetWhileIdle) + 1;
std::string_view toString(Fault fault) noexcept;

/// A TCP relay on 127.0.0.1 in front of a server there, with a thread of its own, that does to connections what
/// networks do.
///
/// A share of all connections meets a fault when it is accepted, a share of all handshakes one in the middle, and a
/// share of all exchanges on them another: bytes from the client behind bytes from the server begin an exchange. What
/// happens to the nth connection is drawn from the seed and n. The two directions of a connection never overtake each
/// other.
class FaultProxy {
 public:
  /// `share`: of 1. *Errors*: boost::system::system_error where no port can be had.
  FaultProxy(std::uint16_t server, double share, std::uint64_t seed);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  std::uint16_t port() const noexcept;
  /// How often each fault, by its number, has happened.
  std::array<std::uint64_t, faultKinds> faults() const;
  /// The next connections, or exchanges, one each, meet this fault; then the share decides again.
  void next(Fault fault, std::size_t times = 1);
  /// Connections that come after this are accepted and relayed as they are; those that are open end. Waits until the
  /// proxy listens, which it does not for a moment after Fault::refuse.
  void heal();
  std::size_t openConnections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A port on 127.0.0.1 that nobody else gets while its server is away for a moment: neither by asking for a free one,
/// nor by connecting to it (on loopback a socket that connects to a free port of the ephemeral range may meet itself).
/// Servers that reuse addresses can bind it.
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
