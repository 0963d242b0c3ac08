#include "support/resources.hpp"

#include <winsock2.h>

#include <ws2tcpip.h>

namespace box::test {

// Windows counts handles, most of which are not this program's own, and its threads come and go with the C library's
// pool. So nothing is counted here; these tests look for leaks on POSIX.
Resources Resources::now() { return {}; }

Resources Resources::settledTo(const Resources&) { return {}; }

std::size_t quietConnectionsTo(std::uint16_t port) {
  // The numbers of handles are multiples of four. A handle that is not a socket, or is not connected, has no peer.
  constexpr SOCKET most = 0x4000;
  std::size_t count = 0;
  for (SOCKET socket = 4; socket < most; socket += 4) {
    sockaddr_in peer{};
    int size = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
    char byte = 0;  // the library's sockets do not block
    if (::recv(socket, &byte, 1, MSG_PEEK) < 0 && ::WSAGetLastError() == WSAEWOULDBLOCK) ++count;
  }
  return count;
}

// Windows does not tell whether an end has arrived after bytes that are not read yet.
std::size_t establishedConnectionsTo(std::uint16_t) { return 0; }

}  // namespace box::test
