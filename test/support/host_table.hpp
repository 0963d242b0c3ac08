#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace box::test {

/// Host names that only this program knows, in addition to the system's. The program's getaddrinfo() replaces that of
/// the C library and looks here first. *Threads*: any.
class HostTable {
 public:
  /// From now on `host` has these numeric addresses, in this order; without any it does not exist.
  static void set(const std::string& host, std::vector<std::string> addresses);
  /// From now on a lookup of `host` ends with this error of getaddrinfo, such as EAI_AGAIN.
  static void fail(const std::string& host, int error);
  /// From now on a lookup of `host` waits for letGo(), and then finds what was set.
  static void hold(const std::string& host);
  static void letGo();
  /// The number of lookups that wait for letGo().
  static std::size_t held();
  /// The number of lookups of `host` so far.
  static std::size_t lookups(const std::string& host);
  /// Ends all waiting lookups and removes all settings.
  static void clear();
};

}  // namespace box::test
