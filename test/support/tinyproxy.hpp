#pragma once

#include <cstdint>
#include <string>

#include "support/daemon.hpp"

namespace box::test {

/// A Tinyproxy for one test, on a free port of 127.0.0.1.
class Tinyproxy {
 public:
  /// The path of the program; empty where it is not installed.
  static std::string program();

  /// Starts Tinyproxy and waits until it serves. It requires these credentials unless `username` is empty, and connects
  /// to port `only`, or to any port where that is 0. See failure() for the result.
  Tinyproxy(const std::string& username, const std::string& password, std::uint16_t only = 0);

  const Daemon& daemon() const noexcept { return daemon_; }

 private:
  Daemon daemon_{"tinyproxy"};
};

}  // namespace box::test
