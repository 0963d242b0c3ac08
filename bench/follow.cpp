// Measures a Follower's core without I/O, for a given number of people and of events, in pages of 500. In the first
// part one event in ten is about a person who is followed, as after a termination of everybody; in the second part each
// event is. Prints events per second of CPU time, with and without the parsing of Box's JSON, and the highest memory
// use of the process.
//
//   box_bench_follow [people] [events]
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "follow/follow_core.hpp"
#include "read/parse.hpp"

namespace {

using namespace box;

/// CPU time of this thread in seconds. It does not include other programs on the machine.
double cpuTime() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

constexpr std::size_t pageSize = 500;
constexpr std::uint64_t firstPosition = 1'152'923'110'369'165'139;

FollowCore::Now now(std::chrono::nanoseconds time) {
  return {FollowCore::TimePoint(std::chrono::hours(1000)) + time,
          std::chrono::system_clock::from_time_t(1'780'000'000) +
              std::chrono::duration_cast<std::chrono::system_clock::duration>(time)};
}

std::string eventJson(std::uint64_t number, std::uint64_t person) {
  static const char* const types[] = {"REMOVE_LOGIN_ACTIVITY_DEVICE", "LOGIN", "OAUTH2_ACCESS_TOKEN_REVOKE",
                                      "EDIT_USER"};
  const std::string id = std::to_string(person);
  const std::string user =
      R"({"type":"user","id":")" + id + R"(","name":"Person )" + id + R"(","login":"person)" + id + R"(@example.com"})";
  return R"({"source":)" + user + R"(,"created_by":)" + user +
         R"(,"action_by":null,"created_at":"2026-05-28T13:26:40-07:00",)" + R"("event_id":"f82c3ba0-3e41-f7e8-a760-)" +
         std::to_string(100'000'000'000 + number) + R"(","event_type":")" + types[number / 7 % 4] +
         R"(","ip_address":"192.0.2.1","type":"event","session_id":null,)" +
         R"("additional_details":{"service_id":"9","service_name":"Box for Phones"}})";
}

struct Figures {
  double core = 0, parse = 0;  // in seconds
  std::uint64_t signIns = 0;
};

Figures measure(std::uint64_t people, std::uint64_t events, unsigned everyNth) {
  FollowOptions options;
  options.rate.start = options.rate.cap = 1e6;
  std::vector<FollowTarget> targets;
  for (std::uint64_t i = 0; i < people; ++i) {
    targets.push_back({std::to_string(10'000'000 + i), "person" + std::to_string(10'000'000 + i) + "@example.com"});
  }
  FollowMark mark;
  mark.position = std::to_string(firstPosition);
  mark.time = now({}).wall;
  FollowCore core(options, targets, mark, std::chrono::minutes(1), now({}));
  targets = {};
  std::mt19937_64 random(1);
  std::chrono::nanoseconds time{0};
  Figures figures;
  std::uint64_t number = 0;
  for (;;) {
    const FollowCore::Step step = core.next(now(time));
    if (step.action == FollowCore::Action::done) break;
    if (step.action == FollowCore::Action::wait) {
      time = step.until - now({}).steady;
      continue;
    }
    std::string body = R"({"chunk_size":500,"next_stream_position":)";
    const std::uint64_t until = std::min(events, number + pageSize);
    body += std::to_string(firstPosition + until) + R"(,"entries":[)";
    for (; number < until; ++number) {
      const std::uint64_t person = number % everyNth == 0 ? 10'000'000 + random() % people : 1'000 + random() % people;
      body += (body.back() == '[' ? "" : ",") + eventJson(number, person);
    }
    body += "]}";
    const double began = cpuTime();
    const Events page = parseBody<Events>(body).value();
    const double parsed = cpuTime();
    for (const BoxEvent& event : page.entries) core.consider(event, nullptr);
    core.take(page, now(time));
    figures.core += cpuTime() - parsed;
    figures.parse += parsed - began;
  }
  figures.signIns = core.summary().signIns;
  return figures;
}

void print(const char* name, std::uint64_t events, const Figures& figures) {
  const auto count = static_cast<double>(events);
  std::printf("\"%s\":{\"eventsPerSecond\":%.0f,\"eventsPerSecondWithParsing\":%.0f,\"signIns\":%llu},", name,
              count / figures.core, count / (figures.core + figures.parse),
              static_cast<unsigned long long>(figures.signIns));
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t people = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  const std::uint64_t events = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  if (people == 0 || events == 0) {
    std::fprintf(stderr, "usage: %s [people] [events]\n", argv[0]);
    return 2;
  }
  std::printf("{");
  print("oneInTen", events, measure(people, events, 10));
  print("all", events, measure(people, events, 1));
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("\"people\":%llu,\"events\":%llu,\"peakMiB\":%.1f}\n", static_cast<unsigned long long>(people),
              static_cast<unsigned long long>(events), static_cast<double>(usage.ru_maxrss) / 1024);
}
