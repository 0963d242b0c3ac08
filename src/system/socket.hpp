#pragma once

#include <cstddef>

#include <boost/asio/detail/socket_types.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "box/error_codes.hpp"
#include "box/support/asio.hpp"

/// What Asio's sockets do not offer. No function here waits.
namespace box::inline v0_1 {

/// The system's own type: int, or SOCKET. The type that Asio's sockets return is a class on Windows.
using NativeSocket = asio::detail::socket_type;

/// A number that no socket has.
constexpr NativeSocket noSocket = static_cast<NativeSocket>(-1);

/// Opens a socket that child processes do not inherit. noSocket: it has failed, and lastSocketError() says why.
NativeSocket openSocket(const asio::ip::tcp& protocol) noexcept;
/// Sets options that send small requests at once and detect a peer that has vanished silently.
void setSocketOptions(NativeSocket socket) noexcept;
/// Why the last call of a function for sockets on this thread has failed.
error_code lastSocketError() noexcept;
/// The error of a connect for which this machine has no free port or no address.
error_code noLocalAddressError() noexcept;
void closeSocket(NativeSocket socket) noexcept;

/// Receives at least one byte. 0: the peer has ended its sending. -1: `ec` says why; would_block: nothing has arrived.
int receiveNow(NativeSocket socket, char* room, std::size_t size, error_code& ec) noexcept;
/// Sends some of the bytes. -1: `ec` says why, would_block if there is no space for output.
int sendNow(NativeSocket socket, const char* bytes, std::size_t size, error_code& ec) noexcept;
/// Whether the socket has no unread input and its peer has not ended; `ec` is the error of the socket.
bool isSilent(NativeSocket socket, error_code& ec) noexcept;

/// Ends all operations on the socket, those in progress too, and makes later ones fail. Another thread may be using
/// the socket at the same time.
void shutDown(NativeSocket socket) noexcept;

}  // namespace box::inline v0_1
