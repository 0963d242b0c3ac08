#include "fault/system_calls.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <mutex>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace box::test {
namespace {

struct Plan {
  std::mutex mutex;
  std::uint16_t port = 0;
  int error[3] = {0, 0, 0};
  unsigned left[3] = {0, 0, 0};
  bool lose = false;
  unsigned hits = 0;
};

/// Every call in every thread reads this first, because mostly nothing is planned.
std::atomic<bool> active{false};

Plan& plan() {
  // Never destroyed, because sockets may be used while static objects are destroyed.
  static Plan* const instance = new Plan;
  return *instance;
}

std::uint16_t portOf(const sockaddr* address) {
  std::uint16_t port = 0;
  if (address->sa_family == AF_INET) port = reinterpret_cast<const sockaddr_in*>(address)->sin_port;
  if (address->sa_family == AF_INET6) port = reinterpret_cast<const sockaddr_in6*>(address)->sin6_port;
  return ntohs(port);
}

std::uint16_t peerPort(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return portOf(reinterpret_cast<const sockaddr*>(&address));
}

/// Whether this call has to fail; sets errno if so.
bool fails(Plan& p, SystemCalls::Which which) {
  const auto index = static_cast<std::size_t>(which);
  if (p.left[index] == 0) return false;
  if (p.left[index] != SystemCalls::always) --p.left[index];
  ++p.hits;
  errno = p.error[index];
  return true;
}

enum class Verdict { pass, fail, lose };

Verdict verdictOn(SystemCalls::Which which, std::uint16_t port) {
  Plan& p = plan();
  const std::lock_guard lock(p.mutex);
  if (port == 0 || port != p.port) return Verdict::pass;
  if (fails(p, which)) return Verdict::fail;
  if (p.lose && which == SystemCalls::Which::send) {
    ++p.hits;
    return Verdict::lose;
  }
  return Verdict::pass;
}

template <class Function>
Function systems(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

void SystemCalls::fail(Which which, std::uint16_t port, int error, unsigned times) {
  Plan& p = plan();
  const std::lock_guard lock(p.mutex);
  p.port = port;
  p.error[static_cast<std::size_t>(which)] = error;
  p.left[static_cast<std::size_t>(which)] = times;
  active = true;
}

void SystemCalls::loseWhatIsSent(std::uint16_t port) {
  Plan& p = plan();
  const std::lock_guard lock(p.mutex);
  p.port = port;
  p.lose = true;
  active = true;
}

unsigned SystemCalls::hits() {
  Plan& p = plan();
  const std::lock_guard lock(p.mutex);
  return p.hits;
}

void SystemCalls::clear() {
  Plan& p = plan();
  const std::lock_guard lock(p.mutex);
  active = false;
  p.port = 0;
  p.hits = 0;
  p.lose = false;
  std::fill(std::begin(p.left), std::end(p.left), 0U);
}

namespace {

std::size_t sizeOf(const msghdr* message) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < message->msg_iovlen; ++i) size += message->msg_iov[i].iov_len;
  return size;
}

using Which = SystemCalls::Which;

}  // namespace
}  // namespace box::test

// The linker finds these functions before those of the C library.
extern "C" int connect(int fd, const sockaddr* address, socklen_t size) {
  using namespace box::test;
  static const auto real = systems<int (*)(int, const sockaddr*, socklen_t)>("connect");
  if (active && verdictOn(Which::connect, portOf(address)) == Verdict::fail) return -1;
  return real(fd, address, size);
}

extern "C" ssize_t send(int fd, const void* data, std::size_t size, int flags) {
  using namespace box::test;
  static const auto real = systems<ssize_t (*)(int, const void*, std::size_t, int)>("send");
  switch (active ? verdictOn(Which::send, peerPort(fd)) : Verdict::pass) {
    case Verdict::fail: return -1;
    case Verdict::lose: return static_cast<ssize_t>(size);
    case Verdict::pass: break;
  }
  return real(fd, data, size, flags);
}

extern "C" ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  using namespace box::test;
  static const auto real = systems<ssize_t (*)(int, const msghdr*, int)>("sendmsg");
  switch (active ? verdictOn(Which::send, peerPort(fd)) : Verdict::pass) {
    case Verdict::fail: return -1;
    case Verdict::lose: return static_cast<ssize_t>(sizeOf(message));
    case Verdict::pass: break;
  }
  return real(fd, message, flags);
}

extern "C" ssize_t recv(int fd, void* data, std::size_t size, int flags) {
  using namespace box::test;
  static const auto real = systems<ssize_t (*)(int, void*, std::size_t, int)>("recv");
  if (active && verdictOn(Which::receive, peerPort(fd)) == Verdict::fail) return -1;
  return real(fd, data, size, flags);
}

extern "C" ssize_t recvmsg(int fd, msghdr* message, int flags) {
  using namespace box::test;
  static const auto real = systems<ssize_t (*)(int, msghdr*, int)>("recvmsg");
  if (active && verdictOn(Which::receive, peerPort(fd)) == Verdict::fail) return -1;
  return real(fd, message, flags);
}
