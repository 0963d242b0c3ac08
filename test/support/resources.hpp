#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace box::test {

/// What the process holds of the system.
struct Resources {
  std::vector<std::string> descriptors;  ///< what each is, sorted
  std::size_t threads = 0;

  static Resources now();
  friend bool operator==(const Resources& a, const Resources& b) {
    return a.descriptors.size() == b.descriptors.size() && a.threads == b.threads;
  }
};

/// The bytes that this process's sockets to a port have received, below TLS.
std::uint64_t bytesReceivedFrom(std::uint16_t port);

/// This process's connections to a port on which nothing waits to be read and which the peer has not ended.
std::size_t quietConnectionsTo(std::uint16_t port);

/// Shuts this process's connections to a port for sending: from now on each write fails, and nothing wakes a reader.
void endSendingTo(std::uint16_t port);

}  // namespace box::test
