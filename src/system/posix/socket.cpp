#include "system/socket.hpp"

#include <cerrno>

#include <boost/asio/error.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace box::inline v0_1 {
namespace {

void setOption(int fd, int level, int name, int value) noexcept {
  // Each option is useful but not necessary; an old kernel may refuse one.
  static_cast<void>(::setsockopt(fd, level, name, &value, sizeof value));
}

error_code whyNot() noexcept {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return asio::error::would_block;
  return lastSocketError();
}

}  // namespace

NativeSocket openSocket(const asio::ip::tcp& protocol) noexcept {
  return ::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
}

void setSocketOptions(NativeSocket socket) noexcept {
  setOption(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  setOption(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  setOption(socket, IPPROTO_TCP, TCP_KEEPIDLE, 15);
  setOption(socket, IPPROTO_TCP, TCP_KEEPINTVL, 15);
  setOption(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
  setOption(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 30000);  // milliseconds
}

error_code lastSocketError() noexcept { return {errno, boost::system::system_category()}; }

error_code noLocalAddressError() noexcept { return {EADDRNOTAVAIL, boost::system::system_category()}; }

void closeSocket(NativeSocket socket) noexcept { ::close(socket); }

int receiveNow(NativeSocket socket, char* room, std::size_t size, error_code& ec) noexcept {
  ssize_t n = -1;
  do {
    n = ::recv(socket, room, size, MSG_DONTWAIT);
  } while (n < 0 && errno == EINTR);
  if (n < 0) ec = whyNot();
  return static_cast<int>(n);
}

int sendNow(NativeSocket socket, const char* bytes, std::size_t size, error_code& ec) noexcept {
  ssize_t n = -1;
  do {
    n = ::send(socket, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n < 0) ec = whyNot();
  return static_cast<int>(n);
}

bool isSilent(NativeSocket socket, error_code& ec) noexcept {
  char byte = 0;
  if (::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0) return false;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
  ec = lastSocketError();
  return false;
}

void shutDown(NativeSocket socket) noexcept { ::shutdown(socket, SHUT_RDWR); }

}  // namespace box::inline v0_1
