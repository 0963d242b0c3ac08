#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bulk/scheduler.hpp"

namespace box::test {

/// Random numbers with a seed, which are the same in each run.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(unsigned seed) : engine_(seed) {}
  double uniform() const noexcept override { return std::uniform_real_distribution<double>(0, 1)(engine_); }

 private:
  mutable std::mt19937_64 engine_;
};

/// Runs a Scheduler. A function answers in place of Box, and a number is the clock, so that no time passes.
class SimulatedRun {
 public:
  using TimePoint = Scheduler::TimePoint;
  struct Answer {
    CallReply reply;
    std::chrono::nanoseconds latency{100};
  };
  /// Answers a call sent at `now`.
  using Server = std::function<Answer(const BulkPart& part, TimePoint now)>;

  struct Sent {
    TimePoint at;
    std::vector<std::uint64_t> indices;
  };

  SimulatedRun(BulkOptions options, Server server, unsigned seed = 1)
      : options_(options),
        server_(std::move(server)),
        scheduler_(options, std::make_shared<SeededRandom>(seed), start) {}

  /// Runs to the end with this many entries, whose values are their indices. False: the run did not end.
  bool run(std::uint64_t entries, std::size_t mostSteps = 10'000'000) {
    std::uint64_t next = 0;
    for (std::size_t step = 0; step < mostSteps; ++step) {
      while (next < entries && scheduler_.needsEntries()) {
        BulkItem item;
        item.index = next;
        item.value = std::to_string(next++);
        scheduler_.add(std::move(item));
        ++added_;
        if (next == entries) scheduler_.endOfInput();
      }
      if (entries == 0) scheduler_.endOfInput();
      if (onStep) onStep(*this);
      Scheduler::Step todo = scheduler_.next(now);
      take();
      peakInFlight = std::max(peakInFlight, scheduler_.inFlight());
      switch (todo.action) {
        case Scheduler::Action::send: {
          Sent record;
          record.at = now;
          for (const BulkItem& item : todo.call.part.items()) record.indices.push_back(item.index);
          sent.push_back(std::move(record));
          Answer answer = server_(todo.call.part, now);
          pending_.emplace(now + answer.latency, std::pair(todo.call.number, std::move(answer.reply)));
          break;
        }
        case Scheduler::Action::wait: {
          const TimePoint reply = pending_.empty() ? TimePoint::max() : pending_.begin()->first;
          const TimePoint until = std::min({reply, todo.until, nextEvent});
          if (until == TimePoint::max()) return false;  // the scheduler would wait for ever
          now = std::max(now, until);
          deliver();
          break;
        }
        case Scheduler::Action::abandon:
          for (auto& [at, call] : pending_) {
            CallReply reply;
            reply.fate = Fate::inDoubt;
            scheduler_.reply(call.first, std::move(reply), now);
          }
          pending_.clear();
          break;
        case Scheduler::Action::done: take(); return true;
      }
    }
    return false;
  }

  Scheduler& scheduler() { return scheduler_; }
  /// How many entries the scheduler was given that have no state yet.
  std::uint64_t open() const { return added_ - states.size(); }
  BulkState state(std::uint64_t index) const { return states.at(index); }
  std::uint64_t count(BulkState state) const {
    return static_cast<std::uint64_t>(
        std::count_if(states.begin(), states.end(), [&](const auto& entry) { return entry.second == state; }));
  }

  static constexpr TimePoint start{std::chrono::hours(1000)};
  TimePoint now = start;
  TimePoint nextEvent = TimePoint::max();  ///< when onStep has to be called next
  std::function<void(SimulatedRun&)> onStep;
  std::vector<Sent> sent;
  std::map<std::uint64_t, BulkState> states;
  std::map<std::uint64_t, int> statuses;
  std::set<std::uint64_t> settledTwice;
  std::map<std::uint64_t, std::vector<BulkVerdictDetails>> verdicts;  ///< of each call
  std::size_t peakInFlight = 0;

 private:
  void deliver() {
    while (!pending_.empty() && pending_.begin()->first <= now) {
      auto call = std::move(pending_.begin()->second);
      pending_.erase(pending_.begin());
      scheduler_.reply(call.first, std::move(call.second), now);
      take();
    }
  }
  void take() {
    for (Conclusion& conclusion : scheduler_.takeConclusions()) {
      if (conclusion.call != 0) verdicts[conclusion.call].push_back(conclusion.verdict);
      if (!conclusion.state) continue;
      for (const BulkItem& item : conclusion.part.items()) {
        if (!states.emplace(item.index, *conclusion.state).second) settledTwice.insert(item.index);
        statuses[item.index] = conclusion.verdict.status;
      }
    }
  }

  BulkOptions options_;
  Server server_;
  Scheduler scheduler_;
  std::uint64_t added_ = 0;
  std::multimap<TimePoint, std::pair<std::uint64_t, CallReply>> pending_;
};

inline CallReply accepted() {
  CallReply reply;
  reply.kind = CallReply::Kind::accepted;
  reply.fate = Fate::accepted;
  reply.status = 202;
  reply.requestId = "r";
  return reply;
}
inline CallReply refused(int status) {
  CallReply reply;
  reply.kind = CallReply::Kind::refused;
  reply.fate = Fate::rejected;
  reply.status = status;
  reply.message = "refused";
  return reply;
}
inline CallReply throttled(std::optional<std::chrono::nanoseconds> retryAfter = std::nullopt) {
  CallReply reply;
  reply.kind = CallReply::Kind::throttled;
  reply.fate = Fate::rejected;
  reply.status = 429;
  reply.retryAfter = retryAfter;
  return reply;
}
inline CallReply temporary(Fate fate, int status = 0) {
  CallReply reply;
  reply.kind = CallReply::Kind::temporary;
  reply.fate = fate;
  reply.status = status;
  reply.message = "temporary";
  return reply;
}

}  // namespace box::test
