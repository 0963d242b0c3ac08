#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "box/follow/following.hpp"
#include "follow/follow_core.hpp"

namespace box::test {

using namespace std::chrono_literals;
using Wall = std::chrono::system_clock::time_point;
using Steady = std::chrono::steady_clock::time_point;

inline const Wall start = std::chrono::system_clock::from_time_t(1'780'000'000);

inline FollowCore::Now at(std::chrono::nanoseconds time) {
  return {Steady(std::chrono::hours(1000)) + time, start + std::chrono::duration_cast<Wall::duration>(time)};
}

inline UserMini userMini(const std::string& id) {
  UserMini user;
  user.id = id;
  user.type = "user";
  user.login = "user" + id + "@example.com";
  return user;
}

/// An event of this type about the user, caused by the same user, at this time.
/// The type of an event that shows that a session of the user has ended.
inline constexpr const char* evidenceType = "REMOVE_LOGIN_ACTIVITY_DEVICE";

inline BoxEvent eventAbout(const std::string& user, const std::string& type, std::chrono::nanoseconds time,
                           const std::string& eventId) {
  BoxEvent event;
  event.eventId = eventId;
  event.eventType = type;
  event.createdAt = formatBoxTime(start + std::chrono::duration_cast<Wall::duration>(time));
  event.createdBy = userMini(user);
  event.source.type = "user";
  event.source.id = event.source.userId = user;
  event.source.login = event.createdBy.login;
  event.ipAddress = "192.0.2.1";
  event.rawJson = "{}";
  return event;
}

/// Box's two streams, with a number as their clock: with delays, copies, wrong order, short pages, and positions beyond
/// a double.
class SimulatedStream {
 public:
  struct Told {
    std::chrono::nanoseconds when;  // the stream shows the event from this time on
    BoxEvent event;
  };

  static constexpr std::uint64_t first = 1'152'923'110'369'165'139;

  /// Adds an event; the streams stay sorted by `when`.
  void add(const BoxEvent& event, std::chrono::nanoseconds when) {
    for (std::vector<Told>* list : {&stream, &history}) {
      list->insert(list->begin() + static_cast<std::ptrdiff_t>(told(*list, when)), Told{when, event});
    }
  }

  std::string now(std::chrono::nanoseconds time) const { return std::to_string(first + told(stream, time)); }

  Events streaming(const std::string& position, std::int64_t limit, std::chrono::nanoseconds time) {
    const std::size_t end = told(stream, time);
    std::size_t from = end;
    if (position != "now") from = std::min<std::size_t>(end, std::stoull(position) - first);
    const std::size_t to = std::min(end, from + std::min<std::size_t>(static_cast<std::size_t>(limit), pageSize));
    Events page;
    for (std::size_t i = from; i < to; ++i) page.entries.push_back(stream[i].event);
    if (disorder) std::shuffle(page.entries.begin(), page.entries.end(), random);
    page.nextStreamPosition = std::to_string(first + to);
    return page;
  }

  Events past(const std::string& position, std::int64_t limit, std::chrono::nanoseconds time) const {
    const std::size_t end = told(history, time);
    const std::size_t from = position.empty() ? 0 : std::stoull(position);
    const std::size_t to = std::min(end, from + static_cast<std::size_t>(limit));
    Events page;
    for (std::size_t i = from; i < to; ++i) page.entries.push_back(history[i].event);
    page.nextStreamPosition = from == to ? "0" : std::to_string(to);
    return page;
  }

  std::vector<Told> stream, history;
  std::size_t pageSize = 500;
  bool disorder = false;
  std::mt19937 random{1};

 private:
  static std::size_t told(const std::vector<Told>& list, std::chrono::nanoseconds time) {
    const auto isTold = [&](const Told& told) { return told.when <= time; };
    return static_cast<std::size_t>(std::partition_point(list.begin(), list.end(), isTold) - list.begin());
  }
};

/// A finding that a listener was given, in a form that can be compared.
struct Finding {
  std::size_t target;
  FollowKind kind;
  std::string eventId;
  bool operator==(const Finding&) const = default;
  // libc++ 14 has no operator<=> for strings.
  bool operator<(const Finding& other) const {
    return std::tie(target, kind, eventId) < std::tie(other.target, other.kind, other.eventId);
  }
};

/// Runs a core with a simulated stream to its end.
class Simulation {
 public:
  Simulation(FollowOptions o, std::vector<FollowTarget> t) : options(std::move(o)), targets(std::move(t)) {}

  void begin(const FollowMark& mark, std::chrono::nanoseconds window) {
    core.emplace(options, targets, mark, window, at(time));
    core->setOwnAccount(own);
  }
  void restart(std::optional<std::chrono::nanoseconds> window = std::nullopt) {
    const std::string state = core->save();
    core.reset();
    core.emplace(FollowCore::restore(options, targets, state, at(time), window));
    core->setOwnAccount(own);
  }
  Matcher::Tell tell() {
    return [this](const FollowFinding& finding) {
      findings.push_back({finding.target, finding.kind, finding.event->eventId});
    };
  }
  /// Makes one step. False: the core has ended.
  bool step() {
    const FollowCore::Step step = core->next(at(time));
    if (step.action == FollowCore::Action::done) return false;
    if (step.action == FollowCore::Action::wait) {
      waits.push_back(step.until - at(time).steady);
      time += std::max<std::chrono::nanoseconds>(step.until - at(time).steady, 1ns);
      return true;
    }
    asked.push_back(step.ask);
    time += latency;
    std::optional<BoxSdkError> failure;
    if (fail) failure = fail();
    if (failure) {
      core->fail(*failure, 0.5, at(time));
      return true;
    }
    Events page = step.ask.history ? stream.past(step.ask.position, step.ask.limit, time)
                                   : stream.streaming(step.ask.position, step.ask.limit, time);
    if (change) change(page);
    for (const BoxEvent& event : page.entries) core->consider(event, tell());
    core->take(page, at(time));
    return true;
  }
  FollowSummary run() {
    for (int steps = 0; step(); ++steps) {
      if (steps > 1'000'000) throw std::runtime_error("no end");
    }
    return core->summary();
  }

  FollowOptions options;
  std::vector<FollowTarget> targets;
  UserMini own = userMini("1");
  SimulatedStream stream;
  std::chrono::nanoseconds time{0}, latency = 1ms;
  std::function<std::optional<BoxSdkError>()> fail;
  std::function<void(Events&)> change;
  std::optional<FollowCore> core;
  std::vector<Finding> findings;
  std::vector<FollowCore::Ask> asked;
  std::vector<std::chrono::nanoseconds> waits;
};

}  // namespace box::test
