#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace box::test {

/// A port on a loopback address that neither accepts nor refuses connections: the listener's queue is full, so that a
/// further connection stays in SYN_SENT.
class FullBacklog {
 public:
  /// `port`: 0 for any free one.
  explicit FullBacklog(const std::string& address = "127.0.0.1", std::uint16_t port = 0);
  ~FullBacklog();
  FullBacklog(const FullBacklog&) = delete;
  FullBacklog& operator=(const FullBacklog&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  /// Whether the queue could be filled.
  bool full() const noexcept { return full_; }
  /// The number of this process's sockets that wait in SYN_SENT for the port, without those that fill the queue. IPv4
  /// only.
  std::size_t waiting() const;

 private:
  int listener_ = -1;
  std::vector<int> fillers_;
  std::string address_;
  std::uint16_t port_ = 0;
  bool full_ = false;
};

}  // namespace box::test
