#include "soak/options.hpp"

#include <charconv>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string_view>

namespace box::soak {
namespace {

template <class T>
T number(std::string_view name, const char* text, T least, T most) {
  T value{};
  const char* const end = text + std::strlen(text);
  const auto [stop, ec] = std::from_chars(text, end, value);
  if (ec != std::errc() || stop != end || !(value >= least && value <= most)) {
    throw std::invalid_argument(std::string(name) + " needs a number from " + std::to_string(least) + " to " +
                                std::to_string(most));
  }
  return value;
}

}  // namespace

const char* Options::usage() noexcept {
  return "box_soak [--chaos | --clean] [--seconds N] [--requests N] [OPTION...]\n"
         "\n"
         "Makes calls against an emulator of Box in this process, and compares what callers are told with what the "
         "server\n"
         "has seen. --chaos (default): through a network and a server that fail. --clean: nothing fails, and each call "
         "must be\n"
         "accepted by its first request, on a kept connection. Ends after N seconds or N calls, what comes first; a "
         "minute by\n"
         "default. Exit status: 0 where no promise was broken, else 1; 2 for wrong arguments.\n"
         "\n"
         "  --concurrency N  calls at once (16)\n"
         "  --threads N      threads of the client (1)\n"
         "  --rate N         calls a second, all together (as fast as they go)\n"
         "  --faults N       percent of connections and requests that meet one (5)\n"
         "  --deadline N     of a call, in milliseconds (4000)\n"
         "  --seed N         of what is drawn (a new one each time; it is printed)\n"
         "  --tls12          TLS 1.2 instead of 1.3\n"
         "  --progress N     seconds between two reports (10)\n";
}

Options Options::parse(int count, const char* const* arguments) {
  Options options;
  options.seed = std::random_device()();
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    const auto value = [&] {
      if (i + 1 == count) throw std::invalid_argument(std::string(name) + " needs a value");
      return arguments[++i];
    };
    constexpr std::uint64_t many = 1000000000000;
    constexpr std::int64_t year = 366 * 24 * 3600;
    if (name == "--help") {
      options.help = true;
    } else if (name == "--chaos") {
      options.chaos = true;
    } else if (name == "--clean") {
      options.chaos = false;
    } else if (name == "--tls12") {
      options.tls12 = true;
    } else if (name == "--seconds") {
      options.seconds = std::chrono::seconds(number<std::int64_t>(name, value(), 1, year));
    } else if (name == "--requests") {
      options.requests = number<std::uint64_t>(name, value(), 1, many);
    } else if (name == "--concurrency") {
      options.concurrency = number<unsigned>(name, value(), 1, 1000);
    } else if (name == "--threads") {
      options.threads = number<unsigned>(name, value(), 1, 64);
    } else if (name == "--rate") {
      options.rate = number<double>(name, value(), 0.01, 1e6);
    } else if (name == "--faults") {
      options.faults = number<double>(name, value(), 0, 100);
    } else if (name == "--deadline") {
      options.deadline = std::chrono::milliseconds(number<std::int64_t>(name, value(), 1, 600000));
    } else if (name == "--seed") {
      options.seed = number<std::uint64_t>(name, value(), 0, ~std::uint64_t{0});
    } else if (name == "--progress") {
      options.progress = std::chrono::seconds(number<std::int64_t>(name, value(), 1, year));
    } else {
      throw std::invalid_argument("there is no option " + std::string(name));
    }
  }
  if (!options.seconds && !options.requests) options.seconds = std::chrono::minutes(1);
  return options;
}

}  // namespace box::soak
