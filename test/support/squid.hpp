#pragma once

#include <cstdint>
#include <string>

#include "support/daemon.hpp"

namespace box::test {

/// A Squid for one test, on a free port of 127.0.0.1, without a cache.
class Squid {
 public:
  /// The path of the program; empty unless it and its helper for files of passwords are installed.
  static std::string program();
  static std::string passwordHelper();

  /// Starts Squid and waits until it serves. It requires these credentials unless `username` is empty, and connects to
  /// port `only`, or to any port where that is 0. See failure() for the result.
  Squid(const std::string& username, const std::string& password, std::uint16_t only = 0);

  const Daemon& daemon() const noexcept { return daemon_; }

 private:
  Daemon daemon_{"squid"};
};

}  // namespace box::test
