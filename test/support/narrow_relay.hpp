#pragma once

#include <cstddef>
#include <cstdint>
#include <thread>

namespace box::test {

/// A TCP relay on 127.0.0.1 between clients and a server. It passes on everything that the server sends, but only the
/// first `limit` bytes that the client sends on a connection. Then it stops reading, so that the client cannot write
/// any more.
class NarrowRelay {
 public:
  NarrowRelay(std::uint16_t server, std::size_t limit);
  ~NarrowRelay();
  NarrowRelay(const NarrowRelay&) = delete;
  NarrowRelay& operator=(const NarrowRelay&) = delete;

  std::uint16_t port() const noexcept { return port_; }

 private:
  void run(std::uint16_t server, std::size_t limit) const;
  void relay(int client, std::uint16_t server, std::size_t limit) const;

  int listener_ = -1;
  int ending_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace box::test
