#include "support/narrow_relay.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.hpp"

namespace box::test {
namespace {

bool sendAll(int to, const char* data, std::size_t size) {
  while (size != 0) {
    const auto n = ::send(to, data, size, MSG_NOSIGNAL);
    if (n <= 0) return false;
    data += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

NarrowRelay::NarrowRelay(std::uint16_t server, std::size_t limit) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // Accepted sockets inherit this fixed size; the kernel would increase it to 32 MB by itself.
  const int room = 64 * 1024;
  ::setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 || ::pipe2(ending_, O_CLOEXEC) != 0) return;
  ::getsockname(listener_, generic, &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this, server, limit] { run(server, limit); });
}

NarrowRelay::~NarrowRelay() {
  ::close(ending_[1]);
  if (thread_.joinable()) thread_.join();
  ::close(ending_[0]);
  ::close(listener_);
}

void NarrowRelay::run(std::uint16_t server, std::size_t limit) const {
  std::vector<std::thread> relays;
  for (;;) {
    std::array<pollfd, 2> waiting{pollfd{ending_[0], POLLIN, 0}, pollfd{listener_, POLLIN, 0}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0 || waiting[0].revents != 0) break;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) relays.emplace_back([this, client, server, limit] { relay(client, server, limit); });
  }
  for (std::thread& relay : relays) relay.join();
}

void NarrowRelay::relay(int client, std::uint16_t server, std::size_t limit) const {
  const int upstream = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(server);
  bool going = ::connect(upstream, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  std::array<char, 16 * 1024> buffer{};
  while (going) {
    const short fromClient = limit != 0 ? POLLIN : 0;
    std::array<pollfd, 3> ends{pollfd{ending_[0], POLLIN, 0}, pollfd{upstream, POLLIN, 0},
                               pollfd{client, fromClient, 0}};
    if (::poll(ends.data(), ends.size(), -1) < 0 || ends[0].revents != 0) break;
    if (ends[1].revents != 0) {
      const auto n = ::recv(upstream, buffer.data(), buffer.size(), 0);
      going = n > 0 && sendAll(client, buffer.data(), static_cast<std::size_t>(n));
    } else if ((ends[2].revents & POLLIN) != 0) {
      const auto n = ::recv(client, buffer.data(), std::min(buffer.size(), limit), 0);
      going = n > 0 && sendAll(upstream, buffer.data(), static_cast<std::size_t>(n));
      if (going) limit -= static_cast<std::size_t>(n);
    } else if (ends[2].revents != 0) {
      going = false;
    }
  }
  ::close(client);
  ::close(upstream);
}

}  // namespace box::test
