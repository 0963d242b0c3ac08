#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace box::test {

/// The descriptors and threads of this process.
struct Resources {
  std::vector<std::string> descriptors;  ///< a description of each, sorted
  std::size_t threads = 0;

  static Resources now();
  /// As soon as they are as many as `before`, or after half a minute: helper threads end by themselves, a moment later.
  static Resources settledTo(const Resources& before);
  friend bool operator==(const Resources& a, const Resources& b) {
    return a.descriptors.size() == b.descriptors.size() && a.threads == b.threads;
  }
};

/// The number of bytes that this process's sockets to a port have received, below TLS.
std::uint64_t bytesReceivedFrom(std::uint16_t port);

/// The number of this process's connections to a port that have no unread bytes and that the peer has not closed.
std::size_t quietConnectionsTo(std::uint16_t port);

/// The number of this process's connections to a port that neither side has closed. A peer's close counts once it has
/// arrived, with all that the peer has sent before it. On Windows it is always 0.
std::size_t establishedConnectionsTo(std::uint16_t port);

/// Ends sending on this process's connections to a port: from now on each write fails, and no reader is woken.
void endSendingTo(std::uint16_t port);

}  // namespace box::test
