#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "box/emulator/certificates.hpp"
#include "support/daemon.hpp"

namespace box::test {

/// An nginx for one test: TLS on a free port of 127.0.0.1, which forwards requests to a plain HTTP server.
class Nginx {
 public:
  /// The path of the program; empty where it is not installed.
  static std::string program();

  /// Starts nginx and waits until it serves. `settings` goes into its server block. See failure() for the result.
  Nginx(const emulator::IssuedCertificate& certificate, std::uint16_t upstream, const std::string& settings = {});

  /// Why nginx does not run; empty where it does.
  const std::string& failure() const noexcept { return daemon_.failure(); }
  std::uint16_t port() const noexcept { return daemon_.port(); }
  /// Replaces its workers, as after a change of the configuration. The old ones end in an orderly way.
  void reload() const;
  /// The number of connections in its access log, which has a line for each request with its connection.
  std::size_t connectionsInLog() const;

 private:
  Daemon daemon_{"nginx"};
};

}  // namespace box::test
