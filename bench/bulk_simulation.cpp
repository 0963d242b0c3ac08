// Sends a million users to a simulated Box, whose clock is a number: how long a bulk run takes, how many calls it
// makes, how many of them are wasted, and how simpler strategies compare.
//
//   box_bench_bulk_simulation [entries] [file.svg]
//
// The simulated Box allows 1,000 calls in any minute, of which other clients use some, and answers 429 with Retry-After
// to the calls above that limit. A call takes 150 to 350 ms, and Box is down for some time where the scenario says so.
// The figures compare strategies; they do not predict those of the real service.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "support/simulated_box.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::CallReply;
using box::Fate;
using TimePoint = SimulatedRun::TimePoint;

constexpr std::uint64_t batch = 100;

struct Scenario {
  const char* name;
  double othersShare;  // the part of the limit that other clients use
  std::chrono::seconds retryAfter;
  std::chrono::seconds outageAt, outageFor;
};

/// Answers calls, and counts them itself.
class SimulatedBox {
 public:
  explicit SimulatedBox(const Scenario& scenario) : scenario_(scenario) {}

  SimulatedRun::Answer answer(TimePoint now) {
    ++calls;
    perSecond(now).first += 1;
    SimulatedRun::Answer answer;
    answer.latency = std::chrono::milliseconds(150 + random_() % 200);
    const auto since = now - SimulatedRun::start;
    if (since >= scenario_.outageAt && since < scenario_.outageAt + scenario_.outageFor) {
      ++failures;
      answer.reply = temporary(Fate::inDoubt, 503);
      return answer;
    }
    while (!window_.empty() && window_.front() <= now - 60s) window_.pop_front();
    const double free = 1000 * (1 - scenario_.othersShare);
    if (static_cast<double>(window_.size()) >= free) {
      ++throttles;
      perSecond(now).second += 1;
      answer.reply = throttled(scenario_.retryAfter);
    } else {
      window_.push_back(now);
      answer.reply = accepted();
    }
    return answer;
  }

  std::uint64_t calls = 0, throttles = 0, failures = 0;
  std::vector<std::pair<unsigned, unsigned>> seconds;  // calls in each second, and those of them answered with 429

 private:
  std::pair<unsigned, unsigned>& perSecond(TimePoint now) {
    const auto second = static_cast<std::size_t>((now - SimulatedRun::start) / 1s);
    if (seconds.size() <= second) seconds.resize(second + 1);
    return seconds[second];
  }

  const Scenario scenario_;
  std::mt19937 random_{42};
  std::deque<TimePoint> window_;
};

struct Result {
  std::chrono::seconds time{};
  std::uint64_t lost = 0;  // entries that were given up
};

Result ours(SimulatedBox& box, std::uint64_t entries) {
  SimulatedRun run(box::BulkOptions(), [&](const box::BulkPart&, TimePoint now) { return box.answer(now); });
  const bool ended = run.run(entries, 1'000'000'000);
  Result result;
  result.time = std::chrono::duration_cast<std::chrono::seconds>(run.now - SimulatedRun::start);
  result.lost = entries - run.count(box::BulkState::accepted);
  if (!ended || run.states.size() > entries || !run.settledTwice.empty()) std::abort();
  return result;
}

/// A simple strategy: `count` workers, each with one call at a time and up to five attempts. A worker waits for
/// Retry-After if it honours it and has one; otherwise it uses full jitter on 1 s, doubling up to 60 s.
Result workers(SimulatedBox& box, std::uint64_t entries, unsigned count, bool honoursRetryAfter) {
  struct Worker {
    TimePoint at;
    unsigned attempt = 0;
    bool operator>(const Worker& other) const { return at > other.at; }
  };
  std::mt19937 random(1);
  std::priority_queue<Worker, std::vector<Worker>, std::greater<>> queue;
  for (unsigned i = 0; i < count; ++i) queue.push({SimulatedRun::start, 0});
  std::uint64_t batches = (entries + batch - 1) / batch;
  Result result;
  TimePoint last = SimulatedRun::start;
  while (!queue.empty()) {
    Worker worker = queue.top();
    queue.pop();
    if (worker.attempt == 0) {
      if (batches == 0) continue;
      --batches;
    }
    const auto answer = box.answer(worker.at);
    worker.at += answer.latency;
    last = std::max(last, worker.at);
    if (answer.reply.kind == CallReply::Kind::accepted) {
      worker.attempt = 0;
    } else if (++worker.attempt >= 5) {
      result.lost += batch;
      worker.attempt = 0;
    } else {
      const double most = std::min(60.0, static_cast<double>(1U << worker.attempt));
      std::chrono::duration<double> wait(std::uniform_real_distribution<double>(0, most)(random));
      if (honoursRetryAfter && answer.reply.retryAfter) wait = *answer.reply.retryAfter;
      worker.at += std::chrono::duration_cast<std::chrono::nanoseconds>(wait);
    }
    queue.push(worker);
  }
  result.time = std::chrono::duration_cast<std::chrono::seconds>(last - SimulatedRun::start);
  return result;
}

/// Draws the calls in each second, with one band for each strategy; calls answered with 429 are red.
void draw(const char* file, const std::vector<std::pair<std::string, SimulatedBox>>& runs) {
  constexpr int width = 1000, height = 110, gap = 40, left = 50;
  constexpr std::size_t shown = 900;  // in seconds
  std::ofstream out(file);
  const int total = static_cast<int>(runs.size()) * (height + gap) + gap;
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << width + left + 10 << ' ' << total
      << "\" font-family=\"sans-serif\" font-size=\"12\"><rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
  int top = gap;
  for (const auto& [name, box] : runs) {
    unsigned most = 20;
    for (std::size_t i = 0; i < std::min(shown, box.seconds.size()); ++i) most = std::max(most, box.seconds[i].first);
    out << "<text x=\"" << left << "\" y=\"" << top - 6 << "\">" << name << " (calls a second, top: " << most
        << "; the first " << shown / 60 << " minutes)</text>\n";
    const auto y = [&](double calls) { return top + height - height * calls / most; };
    for (std::size_t i = 0; i < std::min(shown, box.seconds.size()); ++i) {
      const double x = left + static_cast<double>(i) * width / shown;
      const auto bar = [&](double calls, const char* colour) {
        if (calls <= 0) return;
        out << "<rect x=\"" << x << "\" y=\"" << y(calls) << "\" width=\"1.2\" height=\"" << top + height - y(calls)
            << "\" fill=\"" << colour << "\"/>\n";
      };
      bar(box.seconds[i].first, "#4a7ab5");
      bar(box.seconds[i].second, "#c0392b");
    }
    out << "<line x1=\"" << left << "\" x2=\"" << left + width << "\" y1=\"" << y(1000 / 60.0) << "\" y2=\""
        << y(1000 / 60.0) << "\" stroke=\"#444\" stroke-dasharray=\"4 3\"/><text x=\"4\" y=\"" << y(1000 / 60.0) + 4
        << "\">limit</text>\n";
    out << "<line x1=\"" << left << "\" x2=\"" << left + width << "\" y1=\"" << top + height << "\" y2=\""
        << top + height << "\" stroke=\"#444\"/>\n";
    top += height + gap;
  }
  out << "</svg>\n";
  if (!out.flush()) {
    std::fprintf(stderr, "cannot write %s\n", file);
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t entries = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  if (entries == 0) {
    std::fprintf(stderr, "usage: %s [entries] [file.svg]\n", argv[0]);
    return 2;
  }
  const std::vector<Scenario> scenarios = {
      {"alone, Retry-After 100 s", 0, 100s, 0s, 0s},
      {"others use 30 %, Retry-After 100 s", 0.3, 100s, 0s, 0s},
      {"others use 30 %, Retry-After 2 s", 0.3, 2s, 0s, 0s},
      {"alone, ten minutes of 503", 0, 100s, 120s, 600s},
  };
  const std::uint64_t needed = (entries + batch - 1) / batch;
  std::printf("%llu users, %llu calls needed\n\n", static_cast<unsigned long long>(entries),
              static_cast<unsigned long long>(needed));
  std::printf(
      "| scenario | strategy | time | calls | wasted | 429 | users given up |\n|---|---|---|---|---|---|---|\n");
  for (const Scenario& scenario : scenarios) {
    std::vector<std::pair<std::string, SimulatedBox>> runs;
    const auto measure = [&](const char* name, auto strategy) {
      SimulatedBox box(scenario);
      const Result result = strategy(box);
      const std::uint64_t good = box.calls - box.throttles - box.failures;
      std::printf("| %s | %s | %lld s | %llu | %.1f %% | %llu | %llu |\n", scenario.name, name,
                  static_cast<long long>(result.time.count()), static_cast<unsigned long long>(box.calls),
                  100.0 * static_cast<double>(box.calls - good) / static_cast<double>(box.calls),
                  static_cast<unsigned long long>(box.throttles), static_cast<unsigned long long>(result.lost));
      runs.emplace_back(name, std::move(box));
    };
    measure("BulkTermination", [&](SimulatedBox& box) { return ours(box, entries); });
    measure("16 workers, jitter", [&](SimulatedBox& box) { return workers(box, entries, 16, false); });
    measure("16 workers, Retry-After", [&](SimulatedBox& box) { return workers(box, entries, 16, true); });
    measure("one after another", [&](SimulatedBox& box) { return workers(box, entries, 1, true); });
    if (argc > 2 && &scenario == &scenarios[1]) draw(argv[2], runs);
  }
  return 0;
}
