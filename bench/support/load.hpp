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

/// What every program here is told.
struct Arguments {
  enum class Connections : std::uint8_t {
    kept,     ///< each carries all requests of one worker
    full,     ///< a new one for each request, with a full handshake
    resumed,  ///< a new one for each request, which resumes the last one's TLS session
  };

  std::uint16_t port = 0;  ///< of the server, on localhost
  std::string caFile;      ///< the certificate that signed its own
  std::size_t requests = 10'000;
  std::size_t warmUp = 1'000;  ///< before those that are measured
  std::size_t inFlight = 16;
  std::size_t connections = 0;  ///< 0: as many as are in flight
  std::size_t ids = 1;          ///< in each request
  bool resumption = true;       ///< of TLS sessions, where connections are kept
  unsigned threads = 1;
  Connections mode = Connections::kept;

  /// `--port=N --ca=FILE` and, by their names above, the others. Ends the program with status 2 where it is something
  /// else.
  static Arguments parse(int argc, char** argv);

  std::string origin() const { return "https://localhost:" + std::to_string(port); }
};

inline constexpr const char* token = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The ids of one request: eight digits each.
std::vector<std::string> makeIds(std::size_t count);
/// What all clients send, byte for byte as the library does.
std::string requestBody(std::size_t ids);
std::string requestText(const Arguments& arguments);

/// Hands out the requests of a run to its workers, and measures those behind the warm-up. *Threads*: any.
class Load {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Load(const Arguments& arguments);

  /// There is one more to send.
  bool take() noexcept { return taken_.fetch_add(1, std::memory_order_relaxed) < total_; }
  /// One that began at this time was answered.
  void complete(Clock::time_point began) noexcept;
  /// The answer must be the server's 202 with Box's message. Ends the program otherwise.
  static void check(int status, std::string_view message);
  [[noreturn]] static void fail(std::string_view what);

  /// One line of JSON on standard output. Ends the program where requests are missing.
  void report(std::string_view client) const;

 private:
  struct Usage {
    Clock::time_point at;
    rusage cpu{};
    std::uint64_t counts[8] = {};  // of test/support/cost_counters.cpp, where that is preloaded
    static Usage now();
  };

  const Arguments arguments_;
  const std::size_t total_;
  std::atomic<std::size_t> taken_{0}, completed_{0};
  Usage start_, end_;
  std::unique_ptr<std::uint32_t[]> latencies_;  // ns
};

/// Runs this on so many threads, the calling one among them. An exception ends the program.
void onThreads(unsigned threads, const std::function<void()>& run);

}  // namespace box::bench
