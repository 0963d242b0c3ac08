#pragma once

#include <cstddef>
#include <cstdint>
#include <thread>

namespace box::test {

/// A TCP relay on 127.0.0.1 in front of a server there. It passes on what the server sends, and of what the client
/// sends on one connection only the first `limit` bytes: from then on nobody reads, and a writer gets stuck.
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
