#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace box::test {

/// The names that this program knows beside the system's. The program has a getaddrinfo of its own in front of the C
/// library's, which asks here first. *Threads*: any.
class HostTable {
 public:
  /// From now on `host` has these addresses (numeric), in this order; none: it does not exist.
  static void set(const std::string& host, std::vector<std::string> addresses);
  /// From now on looking up `host` ends with this error of getaddrinfo: EAI_AGAIN.
  static void fail(const std::string& host, int error);
  /// From now on looking up `host` takes until letGo(), and then finds what was set.
  static void hold(const std::string& host);
  static void letGo();
  /// Lookups that are held up now.
  static std::size_t held();
  /// Lookups of `host` so far.
  static std::size_t lookups(const std::string& host);
  /// Lets go and forgets everything.
  static void clear();
};

}  // namespace box::test
