#include "system/socket.hpp"

#include <algorithm>
#include <climits>

#include <boost/asio/error.hpp>
#include <mstcpip.h>
#include <ws2tcpip.h>

#include "system/windows/windows_api.hpp"

namespace box::inline v0_1 {
namespace {

constexpr int tcpMaxRt = 5;  // TCP_MAXRT, which not all headers name

void setOption(SOCKET socket, int level, int name, DWORD value) noexcept {
  // Each option is useful but not necessary; an old system may refuse one.
  static_cast<void>(::setsockopt(socket, level, name, reinterpret_cast<const char*>(&value), sizeof value));
}

error_code whyNot() noexcept {
  const int error = ::WSAGetLastError();
  if (error == WSAEWOULDBLOCK) return asio::error::would_block;
  return {error, boost::system::system_category()};
}

}  // namespace

NativeSocket openSocket(const asio::ip::tcp& protocol) noexcept {
  const SOCKET socket = ::WSASocketW(protocol.family(), SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                     WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  if (socket == INVALID_SOCKET) return noSocket;
  // For receiveNow() and sendNow(). Asio's own operations are overlapped, and wait in spite of it.
  u_long yes = 1;
  if (::ioctlsocket(socket, static_cast<long>(FIONBIO), &yes) != 0) {
    const int error = ::WSAGetLastError();
    ::closesocket(socket);
    ::WSASetLastError(error);
    return noSocket;
  }
  return socket;
}

void setSocketOptions(NativeSocket socket) noexcept {
  setOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  tcp_keepalive alive{1, 15000, 15000};  // milliseconds
  DWORD unused = 0;
  static_cast<void>(
      ::WSAIoctl(socket, SIO_KEEPALIVE_VALS, &alive, sizeof alive, nullptr, 0, &unused, nullptr, nullptr));
  setOption(socket, IPPROTO_TCP, tcpMaxRt, 30);  // seconds
}

error_code lastSocketError() noexcept { return {::WSAGetLastError(), boost::system::system_category()}; }

error_code noLocalAddressError() noexcept { return {WSAEADDRNOTAVAIL, boost::system::system_category()}; }

void closeSocket(NativeSocket socket) noexcept { ::closesocket(socket); }

int receiveNow(NativeSocket socket, char* room, std::size_t size, error_code& ec) noexcept {
  const int n = ::recv(socket, room, static_cast<int>(most(size)), 0);
  if (n < 0) ec = whyNot();
  return n;
}

int sendNow(NativeSocket socket, const char* bytes, std::size_t size, error_code& ec) noexcept {
  const int n = ::send(socket, bytes, static_cast<int>(most(size)), 0);
  if (n < 0) ec = whyNot();
  return n;
}

bool isSilent(NativeSocket socket, error_code& ec) noexcept {
  char byte = 0;
  if (::recv(socket, &byte, 1, MSG_PEEK) >= 0) return false;
  const error_code why = whyNot();
  if (why == asio::error::would_block) return true;
  ec = why;
  return false;
}

void shutDown(NativeSocket socket) noexcept {
  ::shutdown(socket, SD_BOTH);
  // Overlapped operations that are in progress do not end by themselves.
  ::CancelIoEx(reinterpret_cast<HANDLE>(socket), nullptr);
}

}  // namespace box::inline v0_1
