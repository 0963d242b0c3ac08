#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "box/emulator/certificates.hpp"
#include "support/daemon.hpp"

namespace box::test {

/// An nginx of the test's own: TLS on a free port of 127.0.0.1, in front of a plain HTTP server.
class Nginx {
 public:
  /// The program; empty where there is none.
  static std::string program();

  /// Starts it and waits until it serves. `settings` goes into its server block. `failure()` tells whether that went
  /// well.
  Nginx(const emulator::IssuedCertificate& certificate, std::uint16_t upstream, const std::string& settings = {});

  /// Empty: it runs.
  const std::string& failure() const noexcept { return daemon_.failure(); }
  std::uint16_t port() const noexcept { return daemon_.port(); }
  /// Has new workers take over, as after a change of its configuration; the old ones end in an orderly way.
  void reload() const;
  /// Connections that it has taken in, by its own record of requests (one line a request: connection and its request).
  std::size_t connectionsInLog() const;

 private:
  Daemon daemon_{"nginx"};
};

}  // namespace box::test
