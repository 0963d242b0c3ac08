#include "support/full_backlog.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace box::test {

FullBacklog::FullBacklog(const std::string& where, std::uint16_t port) : address_(where) {
  sockaddr_storage address{};
  socklen_t size = sizeof(sockaddr_in);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (where.find(':') == std::string::npos) {
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&address);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    if (::inet_pton(AF_INET, where.c_str(), &v4->sin_addr) != 1) return;
  } else {
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&address);
    size = sizeof *v6;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    if (::inet_pton(AF_INET6, where.c_str(), &v6->sin6_addr) != 1) return;
  }
  listener_ = ::socket(generic->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 0) != 0) return;
  ::getsockname(listener_, generic, &size);
  // The port is at the same offset in addresses of both families.
  port_ = ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
  for (int i = 0; i < 16 && !full_; ++i) {
    const int fd = ::socket(generic->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    fillers_.push_back(fd);
    if (::connect(fd, generic, size) == 0) continue;
    pollfd writable{fd, POLLOUT, 0};
    // Loopback connects at once or, if the queue is full, after the kernel's first retry, one second later.
    full_ = ::poll(&writable, 1, 300) == 0;
  }
}

FullBacklog::~FullBacklog() {
  for (const int fd : fillers_) ::close(fd);
  if (listener_ >= 0) ::close(listener_);
}

std::size_t FullBacklog::waiting() const {
  in_addr address{};
  ::inet_pton(AF_INET, address_.c_str(), &address);
  std::ifstream table("/proc/self/net/tcp");
  std::string line;
  // The kernel writes the table in pieces, and may show a socket twice if other sockets are opened or closed meanwhile.
  std::set<std::string> waiting;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state;
    fields >> number >> local >> remote >> state;
    const std::size_t colon = remote.find(':');
    if (colon == std::string::npos || state != "02") continue;
    const bool here = std::stoul(remote.substr(0, colon), nullptr, 16) == address.s_addr;
    if (here && std::stoul(remote.substr(colon + 1), nullptr, 16) == port_) waiting.insert(local);
  }
  // The last socket that fills the queue waits too, and is not counted.
  return waiting.size() - std::min<std::size_t>(waiting.size(), 1);
}

}  // namespace box::test
