#pragma once

#include <cstdint>
#include <string>

#include "support/daemon.hpp"

namespace box::test {

/// A Tinyproxy of the test's own, on a free port of 127.0.0.1.
class Tinyproxy {
 public:
  /// The program; empty where there is none.
  static std::string program();

  /// Starts it and waits until it serves. With a `username` it wants these credentials. It leads to port `only`, or
  /// with 0 to any. `failure()` tells whether that went well.
  Tinyproxy(const std::string& username, const std::string& password, std::uint16_t only = 0);

  const Daemon& daemon() const noexcept { return daemon_; }

 private:
  Daemon daemon_{"tinyproxy"};
};

}  // namespace box::test
