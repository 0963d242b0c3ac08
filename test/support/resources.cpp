#include "support/resources.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace box::test {
namespace {

/// ThreadSanitizer starts another program, through pipes, when it first compares a race with its suppressions.
#if defined(__SANITIZE_THREAD__)
constexpr bool symbolizerMayRun = true;
#elif defined(__has_feature)
constexpr bool symbolizerMayRun = __has_feature(thread_sanitizer);
#else
constexpr bool symbolizerMayRun = false;
#endif

/// The entries of a folder in /proc, which may disappear while they are read.
std::vector<std::filesystem::path> entries(const char* folder) {
  std::vector<std::filesystem::path> found;
  std::error_code ec;
  for (std::filesystem::directory_iterator i(folder, ec), end; !ec && i != end; i.increment(ec))
    found.push_back(i->path());
  return found;
}

/// TCP_ESTABLISHED of <netinet/tcp.h>, a header that cannot be included together with the kernel's.
constexpr int established = 1;

struct Socket {
  int descriptor;
  tcp_info info;
};

/// The sockets that are connected to an IPv4 port.
std::vector<Socket> socketsTo(std::uint16_t port) {
  std::vector<Socket> found;
  for (const auto& entry : entries("/proc/self/fd")) {
    Socket socket{std::stoi(entry.filename().string()), {}};
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(socket.descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
    size = sizeof socket.info;
    if (::getsockopt(socket.descriptor, IPPROTO_TCP, TCP_INFO, &socket.info, &size) == 0) found.push_back(socket);
  }
  return found;
}

}  // namespace

Resources Resources::now() {
  // ThreadSanitizer starts its own thread when a program starts its first one. This thread makes sure that it is always
  // counted.
  static const bool threaded = (std::thread([] {}).join(), true);
  static_cast<void>(threaded);
  Resources resources;
  for (const auto& entry : entries("/proc/self/fd")) {
    std::error_code ec;
    const auto target = std::filesystem::read_symlink(entry, ec);
    // The folder itself was open while it was read.
    if (ec || target.string().find("/proc/") == 0) continue;
    if (symbolizerMayRun && target.string().find("pipe:") == 0) continue;
    resources.descriptors.push_back(target.string());
  }
  std::sort(resources.descriptors.begin(), resources.descriptors.end());
  resources.threads = entries("/proc/self/task").size();
  return resources;
}

Resources Resources::settledTo(const Resources& before) {
  using Steady = std::chrono::steady_clock;
  Resources after = now();
  for (const auto end = Steady::now() + std::chrono::seconds(30); !(after == before) && Steady::now() < end;
       after = now()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return after;
}

std::uint64_t bytesReceivedFrom(std::uint16_t port) {
  std::uint64_t sum = 0;
  for (const Socket& socket : socketsTo(port)) sum += socket.info.tcpi_bytes_received;
  return sum;
}

std::size_t quietConnectionsTo(std::uint16_t port) {
  std::size_t count = 0;
  for (const Socket& socket : socketsTo(port)) {
    int readable = 0;
    if (::ioctl(socket.descriptor, FIONREAD, &readable) == 0 && readable == 0 &&
        socket.info.tcpi_state == established) {
      ++count;
    }
  }
  return count;
}

std::size_t establishedConnectionsTo(std::uint16_t port) {
  const std::vector<Socket> all = socketsTo(port);
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [](const Socket& socket) { return socket.info.tcpi_state == established; }));
}

void endSendingTo(std::uint16_t port) {
  for (const Socket& socket : socketsTo(port)) ::shutdown(socket.descriptor, SHUT_WR);
}

}  // namespace box::test
