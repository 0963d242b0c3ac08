#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace box::soak {

/// What box_soak is asked to do.
struct Options {
  bool help = false;
  bool chaos = true;  ///< else clean: nothing goes wrong, and nothing may
  std::optional<std::chrono::seconds> seconds;
  std::optional<std::uint64_t> requests;
  unsigned concurrency = 16;  ///< calls at once
  unsigned threads = 1;       ///< that run the client
  double rate = 0;            ///< calls a second, all together; 0: as fast as they go
  double faults = 5;          ///< percent, of connections and of requests, below TLS and above it
  std::uint64_t seed = 0;
  bool tls12 = false;
  std::chrono::milliseconds deadline{4000};
  std::chrono::seconds progress{10};

  static const char* usage() noexcept;
  /// *Errors*: std::invalid_argument, whose text names the argument.
  static Options parse(int count, const char* const* arguments);
};

}  // namespace box::soak
