// Runs the client for a given time and reports whether it has kept its promises.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "soak/event_audit.hpp"
#include "soak/forks.hpp"
#include "soak/ledger.hpp"
#include "soak/load.hpp"
#include "soak/memory.hpp"
#include "soak/options.hpp"
#include "soak/server.hpp"
#include "soak/trend.hpp"
#include "soak/violations.hpp"
#include "support/resources.hpp"
#include "support/sanitizers.hpp"

namespace box::soak {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using test::Resources;

constexpr std::int64_t mebibyte = 1024 * 1024;
constexpr auto sampling = 50ms;
/// How much later than promised a call may end on a machine that is not busy.
constexpr auto tolerance = 1s;
/// Longer than anything takes that is not stuck.
constexpr auto patience = 30s;
/// The interval between forks of the process.
constexpr auto forking = 1s;

/// After this number of calls, memory must not grow by more than mostGrowth.
constexpr std::uint64_t warmCalls = 100000;
constexpr double warmShare = 0.1;
constexpr std::int64_t mostGrowth = mebibyte;

std::string inMebibytes(std::int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f MiB", static_cast<double>(bytes) / static_cast<double>(mebibyte));
  return text;
}

std::string inMebibytes(std::optional<std::int64_t> bytes) { return bytes ? inMebibytes(*bytes) : "unknown"; }

class Soak {
 public:
  explicit Soak(const Options& options)
      : options_(options), ledger_(violations_, !options.chaos, tolerance), server_(options, ledger_) {}

  /// Gives the exit status.
  int run() {
    std::cout << "box_soak: " << (options_.chaos ? "chaos" : "clean") << ", seed " << options_.seed << ", "
              << options_.concurrency << " calls at once, " << options_.threads << " threads" << std::endl;
    before_ = Resources::now();
    {
      asio::io_context io(static_cast<int>(options_.threads));
      workFor(Side::client);
      Load load(options_, server_.session(), io, ledger_, violations_, events_);
      auto working = asio::make_work_guard(io);
      std::atomic<std::size_t> running{options_.threads};
      std::vector<std::thread> threads;
      for (unsigned i = 0; i < options_.threads; ++i) {
        threads.emplace_back([&] {
          io.run();
          --running;
        });
      }
      workFor(Side::server);

      try {
        drive(load);
      } catch (const std::exception& error) {
        violations_.add(std::string("the run ended early: ") + error.what());
        load.stop();
        wait([&] { return load.idle(); });
        server_.heal();
      }
      load.close();
      working.reset();
      require(wait([&] { return running == 0; }), "run() does not return by itself");
      io.stop();
      for (std::thread& thread : threads) thread.join();
      require(events_.audits == 0, "an observer of a closed client is still in use");
      summarize(load);
    }
    return conclude();
  }

 private:
  template <class Condition>
  bool wait(Condition condition) const {
    for (const auto end = Steady::now() + patience; !condition();) {
      if (Steady::now() > end) return false;
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }

  void require(bool holds, std::string description) {
    if (!holds) violations_.add(std::move(description));
  }

  /// Makes the calls from the first to the last.
  void drive(Load& load) {
    started_ = Steady::now();
    load.start();
    server_.startMischief();
    auto reported = started_;
    auto moved = started_;
    auto forked = started_;
    // Without forks in a clean run, because it counts all acceptances, and only those of the load. Without forks under
    // AddressSanitizer too: clang 14's does nothing about the locks of its allocator at a fork, so that a child waits
    // without end for a lock that another thread held.
    const bool mayFork = options_.chaos && !test::underThreadSanitizer && !test::underAddressSanitizer;
    Forks forks(options_, server_.session(), ledger_);
    std::uint64_t calls = 0;
    while (!load.idle()) {
      if (mayFork && Steady::now() - forked >= forking) {
        forked = Steady::now();
        const auto held = server_.holdRestarts();
        forks.once();
        forks_ = forks.count();
      }
      const auto slept = Steady::now();
      std::this_thread::sleep_for(sampling);
      const auto now = Steady::now();
      allowFor(now - slept - sampling);
      const auto elapsed = now - started_;
      if (options_.seconds && elapsed >= *options_.seconds) break;
      if (warm(load.calls(), elapsed)) sample();
      if (load.calls() != calls) {
        calls = load.calls();
        moved = now;
      } else if (now - moved > patience + options_.deadline) {
        violations_.add("no call has ended for a long time");
        break;
      }
      if (now - reported >= options_.progress) {
        reported += options_.progress;
        report(load);
      }
    }
    load.stop();
    const bool ended = wait([&] { return load.idle(); });
    elapsed_ = Steady::now() - started_;
    stormCalls_ = load.calls();
    stormAccepted_ = load.accepted();
    server_.heal();
    if (ended && options_.chaos) {
      load.proveRecovery(10);
      require(wait([&] { return load.idle(); }), "calls do not end after the storm");
    }
    for (const std::uint64_t number : ledger_.someUnderWay()) {
      violations_.add("call " + std::to_string(number) + " has not ended");
    }
  }

  /// A machine that is late itself delays everything else by as much.
  void allowFor(std::chrono::nanoseconds lateness) {
    if (lateness <= allowed_) return;
    ledger_.allowFor(lateness - allowed_);
    allowed_ = lateness;
  }

  bool warm(std::uint64_t calls, std::chrono::nanoseconds elapsed) const {
    if (calls >= warmCalls) return true;
    const auto share = [](auto part, auto whole) { return static_cast<double>(part) / static_cast<double>(whole); };
    if (options_.requests && share(calls, *options_.requests) >= warmShare) return true;
    return options_.seconds && share(elapsed.count(), std::chrono::nanoseconds(*options_.seconds).count()) >= warmShare;
  }

  void sample() {
    const Memory memory = Memory::now();
    resident_.add(memory.resident);
    if (memory.heap) heap_.add(*memory.heap);
    if (memory.client) client_.add(*memory.client);
  }

  static void list(std::ostream& out, std::string_view title, const auto& counts) {
    bool any = false;
    for (const auto& [name, count] : counts) {
      if (count == 0) continue;
      out << (any ? ", " : std::string("         ") + std::string(title) + ": ") << name << ' ' << count;
      any = true;
    }
    if (any) out << '\n';
  }

  void lists(std::ostream& out, const Load& load) const {
    list(out, "failed", [&] {
      std::vector<std::pair<std::string, std::uint64_t>> failures;
      for (const auto& [what, count] : load.failures()) failures.emplace_back("\"" + what + "\"", count);
      return failures;
    }());
    if (server_.proxy() != nullptr) {
      const auto faults = server_.proxy()->faults();
      std::vector<std::pair<std::string_view, std::uint64_t>> named;
      for (std::size_t i = 0; i < faults.size(); ++i)
        named.emplace_back(toString(static_cast<test::Fault>(i)), faults[i]);
      list(out, "network faults", named);
      list(out, "server faults", server_.faults().counts());
    }
  }

  void report(const Load& load) const {
    const Memory memory = Memory::now();
    const Resources resources = Resources::now();
    std::ostringstream text;
    text << "  " << (Steady::now() - started_) / 1s << " s: " << load.calls() << " calls, " << load.accepted()
         << " accepted, " << load.cancellations() << " cancelled, " << server_.restarts() << " restarts; resident "
         << inMebibytes(memory.resident) << ", heap " << inMebibytes(memory.heap) << ", client "
         << inMebibytes(memory.client) << "; " << resources.descriptors.size() << " descriptors, " << resources.threads
         << " threads; " << violations_.count() << " violations\n";
    lists(text, load);
    std::cout << text.str() << std::flush;
  }

  void summarize(const Load& load) {
    const double seconds = std::chrono::duration<double>(elapsed_).count();
    std::cout << "\n"
              << stormCalls_ << " calls in " << std::lround(seconds) << " s ("
              << std::lround(static_cast<double>(stormCalls_) / seconds) << " a second), " << stormAccepted_
              << " accepted (" << ledger_.repeatedAcceptances() << " again, for what had been in doubt)\n";
    std::ostringstream text;
    lists(text, load);
    std::cout << text.str();
    std::cout << "connections: " << events_.opened << " opened, " << events_.resumed
              << " resumed; attempts: " << events_.attempts << ", of which repeats " << events_.retries
              << "; token requests waited for: " << events_.tokenRequests
              << "; waits for a connection: " << events_.poolWaits << "; restarts of the server: " << server_.restarts()
              << "; forks: " << forks_ << '\n';
    const auto latency = [&](double share) {
      return static_cast<double>(load.latencies().quantile(share).count()) / 1000;
    };
    std::cout << "latency: p50 " << latency(0.5) << " ms, p99 " << latency(0.99)
              << " ms; the machine's own lateness up to " << allowed_ / 1ms << " ms\n";
    if (options_.chaos) return;
    require(ledger_.acceptances() == load.calls(), "the server accepted " + std::to_string(ledger_.acceptances()) +
                                                       " of " + std::to_string(load.calls()) + " calls");
    requireKeptConnections();
  }

  /// Checks that each connection is used for as many requests as it may carry.
  void requireKeptConnections() {
    std::uint64_t usedUp = 0, all = 0;
    for (std::size_t i = 0; i < events_.closed.size(); ++i) {
      const auto reason = static_cast<event::CloseReason>(i);
      const std::uint64_t count = events_.closed[i];
      all += count;
      if (reason == event::CloseReason::requests || reason == event::CloseReason::age) {
        usedUp += count;
      } else if (reason != event::CloseReason::closed) {
        require(count == 0, std::to_string(count) + " connections were closed: " + std::string(toString(reason)));
      }
    }
    require(all == events_.opened, "not as many connections were closed as opened");
    require(events_.onNewConnections == events_.opened, "not every connection was new to one request only");
    require(events_.opened <= PoolOptions().maxConnections + usedUp, "connections are not kept");
    require(events_.retries == 0, "requests were repeated");
  }

  void requireNoGrowth(const char* what, const Trend& trend) {
    const std::optional<std::int64_t> growth = trend.growth();
    if (!growth) return;
    std::cout << what << ": " << inMebibytes(growth) << " more than when warm\n";
    require(*growth <= mostGrowth, std::string(what) + " has grown by " + inMebibytes(growth));
  }

  int conclude() {
    std::cout << "resident: " << inMebibytes(resident_.growth()) << " more than when warm\n";
    requireNoGrowth("heap", heap_);
    requireNoGrowth("client's share of the heap", client_);
    Resources after;
    wait([&] { return (after = Resources::now()) == before_; });
    std::cout << "descriptors: " << before_.descriptors.size() << " at the start, " << after.descriptors.size()
              << " at the end; threads: " << before_.threads << ", " << after.threads << '\n';
    require(after == before_, "descriptors or threads are left");
    std::cout << violations_.count() << " violations" << std::endl;
    if (violations_.count() == 0) return 0;
    std::cerr << "\nbox_soak: " << violations_.count() << " violations with seed " << options_.seed << "; the first:\n";
    for (const std::string& description : violations_.descriptions()) std::cerr << "- " << description << '\n';
    return 1;
  }

  const Options options_;
  Violations violations_;
  Ledger ledger_;
  EventCounts events_;
  Server server_;
  Resources before_;
  Steady::time_point started_;
  std::chrono::nanoseconds elapsed_{}, allowed_{};
  std::uint64_t stormCalls_ = 0, stormAccepted_ = 0, forks_ = 0;
  Trend resident_, heap_, client_;
};

}  // namespace
}  // namespace box::soak

int main(int argc, char** argv) {
  box::soak::Options options;
  try {
    options = box::soak::Options::parse(argc, argv);
  } catch (const std::invalid_argument& error) {
    std::cerr << "box_soak: " << error.what() << "\n\n" << box::soak::Options::usage();
    return 2;
  }
  if (options.help) {
    std::cout << box::soak::Options::usage();
    return 0;
  }
  try {
    return box::soak::Soak(options).run();
  } catch (const std::exception& error) {
    std::cerr << "box_soak: " << error.what() << " (seed " << options.seed << ")\n";
    return 1;
  }
}
