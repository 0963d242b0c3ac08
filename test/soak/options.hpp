#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace box::soak {

/// The options of box_soak.
struct Options {
  bool help = false;
  bool chaos = true;  ///< false: a clean run, in which nothing may go wrong
  std::optional<std::chrono::seconds> seconds;
  std::optional<std::uint64_t> requests;
  unsigned concurrency = 16;  ///< calls at the same time
  unsigned threads = 1;       ///< threads that run the client
  double rate = 0;            ///< calls a second by all workers together; 0: unlimited
  double faults = 5;          ///< percent of connections and of requests, below TLS and above it
  std::uint64_t seed = 0;
  bool tls12 = false;
  std::chrono::milliseconds deadline{4000};
  std::chrono::seconds progress{10};

  static const char* usage() noexcept;
  /// Parses the arguments. *Errors*: std::invalid_argument, whose text names the wrong argument.
  static Options parse(int count, const char* const* arguments);
};

}  // namespace box::soak
