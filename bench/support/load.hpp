#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>

namespace box::bench {

/// The arguments that every benchmark client understands.
struct Arguments {
  enum class Connections : std::uint8_t {
    kept,     ///< each connection carries all requests of one worker
    full,     ///< a new connection for each request, with a full handshake
    resumed,  ///< a new connection for each request, which resumes the last TLS session
  };

  std::uint16_t port = 0;  ///< of the server on localhost
  std::string caFile;      ///< the CA of the server's certificate
  std::size_t requests = 10'000;
  std::size_t warmUp = 1'000;  ///< requests before the measured ones
  std::size_t inFlight = 16;
  std::size_t connections = 0;  ///< 0: as many as requests in flight
  std::size_t ids = 1;          ///< in each request
  bool resumption = true;       ///< of TLS sessions, where connections are kept
  unsigned threads = 1;
  Connections mode = Connections::kept;

  /// Parses `--port=N --ca=FILE` and further options with the names of the members above. Ends the program with status
  /// 2 where an argument is not understood.
  static Arguments parse(int argc, char** argv);

  std::string origin() const { return "https://localhost:" + std::to_string(port); }
};

inline constexpr const char* token = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The ids of one request, with eight digits each.
std::vector<std::string> makeIds(std::size_t count);
/// The body that all clients send, the same bytes as the library sends.
std::string requestBody(std::size_t ids);
std::string requestText(const Arguments& arguments);

/// Gives the requests of a run to its workers, and measures those after the warm-up. *Threads*: any.
class Load {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Load(const Arguments& arguments);

  /// Whether another request has to be sent.
  bool take() noexcept { return taken_.fetch_add(1, std::memory_order_relaxed) < total_; }
  /// Records the answer to a request that began at this time.
  void complete(Clock::time_point began) noexcept;
  /// Checks that the answer is the server's 202 with Box's message. Ends the program if not.
  static void check(int status, std::string_view message);
  [[noreturn]] static void fail(std::string_view what);

  /// Prints the result as a line of JSON on standard output. Ends the program where requests are missing.
  void report(std::string_view client) const;

 private:
  struct Usage {
    Clock::time_point at;
    rusage cpu{};
    std::uint64_t counts[9] = {};  // from test/support/cost_counters.cpp, if that is preloaded
    static Usage now();
  };

  const Arguments arguments_;
  const std::size_t total_;
  std::atomic<std::size_t> taken_{0}, completed_{0};
  Usage start_, end_;
  std::unique_ptr<std::uint32_t[]> latencies_;  // in nanoseconds
};

/// Runs the function on this many threads, including the calling one. An exception ends the program.
void onThreads(unsigned threads, const std::function<void()>& run);

}  // namespace box::bench
