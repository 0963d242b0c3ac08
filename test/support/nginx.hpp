#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

#include "box/emulator/certificates.hpp"

namespace box::test {

/// An nginx of the test's own: TLS on a free port of 127.0.0.1, in front of a plain HTTP server.
class Nginx {
 public:
  /// The program; empty where there is none.
  static std::string program();

  /// Starts it and waits until it serves. `settings` goes into its server block. `failure()` tells whether that went well.
  Nginx(const emulator::IssuedCertificate& certificate, std::uint16_t upstream, const std::string& settings = {});
  ~Nginx();
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  /// Empty: it runs.
  const std::string& failure() const noexcept { return failure_; }
  std::uint16_t port() const noexcept { return port_; }
  /// Has new workers take over, as after a change of its configuration; the old ones end in an orderly way.
  void reload() const;
  /// Connections that it has taken in, by its own record of requests (one line a request: connection and its request).
  std::size_t connectionsInLog() const;

 private:
  bool launch(const emulator::IssuedCertificate& certificate, std::uint16_t upstream, const std::string& settings);
  void stop();

  std::string folder_, failure_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

}  // namespace box::test
