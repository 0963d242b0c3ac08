#include "support/load.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <thread>

extern "C" void boxCostCounters(std::uint64_t (&values)[9]) __attribute__((weak));

namespace box::bench {
namespace {

[[noreturn]] void refuse(std::string_view argument) {
  std::fprintf(stderr, "not understood: %.*s\n", static_cast<int>(argument.size()), argument.data());
  std::exit(2);
}

template <class Number>
bool read(std::string_view argument, std::string_view name, Number& value) {
  if (!argument.starts_with(name)) return false;
  argument.remove_prefix(name.size());
  const auto [end, error] = std::from_chars(argument.data(), argument.data() + argument.size(), value);
  if (error != std::errc() || end != argument.data() + argument.size()) refuse(argument);
  return true;
}

/// The peak memory of this program alone. getrusage() would give that of the program that started it, where that is
/// larger.
long peakResidentKb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtol(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

double microseconds(const timeval& from, const timeval& to) {
  return static_cast<double>(to.tv_sec - from.tv_sec) * 1e6 + static_cast<double>(to.tv_usec - from.tv_usec);
}

}  // namespace

Arguments Arguments::parse(int argc, char** argv) {
  Arguments result;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (read(argument, "--port=", result.port) || read(argument, "--requests=", result.requests) ||
        read(argument, "--warm-up=", result.warmUp) || read(argument, "--in-flight=", result.inFlight) ||
        read(argument, "--connections=", result.connections) || read(argument, "--ids=", result.ids) ||
        read(argument, "--threads=", result.threads)) {
      continue;
    }
    if (argument.starts_with("--ca=")) {
      result.caFile = argument.substr(5);
    } else if (argument == "--no-resumption") {
      result.resumption = false;
    } else if (argument == "--mode=kept") {
      result.mode = Connections::kept;
    } else if (argument == "--mode=full") {
      result.mode = Connections::full;
    } else if (argument == "--mode=resumed") {
      result.mode = Connections::resumed;
    } else {
      refuse(argument);
    }
  }
  if (result.port == 0 || result.caFile.empty()) refuse("--port and --ca are needed");
  if (result.requests == 0 || result.inFlight == 0 || result.ids == 0 || result.threads == 0) refuse("a zero");
  if (result.connections == 0) result.connections = result.inFlight;
  return result;
}

std::vector<std::string> makeIds(std::size_t count) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (std::size_t i = 0; i < count; ++i) ids.push_back(std::to_string(12'345'678 + i));
  return ids;
}

std::string requestBody(std::size_t ids) {
  std::string body = "{\"user_ids\":[";
  for (const std::string& id : makeIds(ids)) {
    if (body.back() == '"') body += ',';
    body.append(1, '"').append(id).append(1, '"');
  }
  return body + "],\"user_logins\":[]}";
}

std::string requestText(const Arguments& arguments) {
  const std::string body = requestBody(arguments.ids);
  return "POST /2.0/users/terminate_sessions HTTP/1.1\r\n"
         "Host: localhost:" +
         std::to_string(arguments.port) +
         "\r\n"
         "Authorization: Bearer " +
         token +
         "\r\n"
         "User-Agent: box-sessions/0.1.0\r\n"
         "X-Box-UA: agent=box-sessions/0.1.0; env=c++/2020\r\n"
         "Accept: application/json\r\n"
         "Content-Type: application/json\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

Load::Usage Load::Usage::now() {
  Usage usage;
  ::getrusage(RUSAGE_SELF, &usage.cpu);
  if (boxCostCounters != nullptr) boxCostCounters(usage.counts);
  usage.at = Clock::now();
  return usage;
}

Load::Load(const Arguments& arguments)
    : arguments_(arguments),
      total_(arguments.warmUp + arguments.requests),
      start_(Usage::now()),
      end_(start_),
      // The minimum makes short and long runs allocate the same amount.
      latencies_(
          std::make_unique_for_overwrite<std::uint32_t[]>(std::max<std::size_t>(arguments.requests, 1U << 20U))) {}

void Load::complete(Clock::time_point began) noexcept {
  const std::size_t number = completed_.fetch_add(1, std::memory_order_acq_rel) + 1;
  if (number > arguments_.warmUp) {
    const auto elapsed = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began).count();
    latencies_[number - arguments_.warmUp - 1] = static_cast<std::uint32_t>(std::min<long long>(elapsed, UINT32_MAX));
  }
  if (number == arguments_.warmUp) start_ = Usage::now();
  if (number == total_) end_ = Usage::now();
}

void Load::fail(std::string_view what) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
  std::_Exit(1);  // without destructors, because other threads may still run
}

void Load::check(int status, std::string_view message) {
  if (status != 202 || !message.starts_with("Request is successful")) fail("the answer is not Box's 202");
}

void Load::report(std::string_view client) const {
  if (completed_ != total_) fail("requests are missing");
  std::vector<std::uint32_t> sorted(latencies_.get(), latencies_.get() + arguments_.requests);
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&](double part) {
    return static_cast<double>(sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))]) / 1000;
  };
  const double wall = std::chrono::duration<double>(end_.at - start_.at).count();
  const auto n = static_cast<double>(arguments_.requests);
  std::printf(
      "{\"client\":\"%.*s\",\"requests\":%zu,\"inFlight\":%zu,\"connections\":%zu,\"ids\":%zu,\"threads\":%u,"
      "\"perSecond\":%.1f,\"userUs\":%.3f,\"systemUs\":%.3f,\"p50Us\":%.1f,\"p99Us\":%.1f,\"peakRssKb\":%ld",
      static_cast<int>(client.size()), client.data(), arguments_.requests, arguments_.inFlight, arguments_.connections,
      arguments_.ids, arguments_.threads, n / wall, microseconds(start_.cpu.ru_utime, end_.cpu.ru_utime) / n,
      microseconds(start_.cpu.ru_stime, end_.cpu.ru_stime) / n, percentile(0.50), percentile(0.99), peakResidentKb());
  if (boxCostCounters != nullptr) {
    static constexpr const char* names[] = {"allocations", "bytes",  "writes", "reads",  "emptyReads",
                                            "waits",       "timers", "others", "mutexes"};
    for (std::size_t i = 0; i < std::size(names); ++i) {
      std::printf(",\"%s\":%.3f", names[i], static_cast<double>(end_.counts[i] - start_.counts[i]) / n);
    }
  }
  std::printf("}\n");
}

void onThreads(unsigned threads, const std::function<void()>& run) {
  const auto guarded = [&run] {
    try {
      run();
    } catch (const std::exception& error) {
      Load::fail(error.what());
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(guarded);
  guarded();
  for (std::thread& other : others) other.join();
}

}  // namespace box::bench
