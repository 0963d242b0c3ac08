// Following survives kills at any moment.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "follow_fixture.hpp"
#include "support/sanitizers.hpp"

namespace box::cli::test {
namespace {

// Each finding is counted once in the record, as at Box, whenever the process was killed. If it was killed between
// showing a finding and storing it, the finding may be shown again with the same event id, so that none is lost.
//   BOX_KILLS=500 box_cli_program_test --gtest_filter=CliFollow.Killed*
TEST_F(CliFollow, KilledAtAnyMomentLosesAndRepeatsNoFinding) {
  constexpr unsigned people = 30;
  const unsigned long kills = figure("BOX_KILLS", box::test::underAddressSanitizer ? 4 : 12),
                      seed = figure("BOX_KILL_SEED", 1);
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  std::string list;
  const auto personOf = [](unsigned i) { return std::to_string(1'001 + i); };
  for (unsigned i = 0; i < people; ++i) {
    list += personOf(i) + "\n";
    options.directory.users.push_back({personOf(i), "Person", "p" + personOf(i) + "@example.com"});
  }
  options.events.duplicates = 2;
  options.events.disorder = true;
  options.events.shortPage = 7;
  options.events.streamingLag = std::chrono::milliseconds(5);
  options.events.positionForm = emulator::PositionForm::alternating;
  serve();
  const Strings first = {"users", "--file", folder.file("list", list), "--journal", journal, "--yes", "--follow", "1s"};
  ASSERT_EQ(run(joined(first, box->here())).status, 0);

  const std::string said = folder.path("said");
  const int descriptor = ::open(said.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  std::map<std::string, std::uint64_t> signIns;
  unsigned long killed = 0;
  for (; killed < kills; ++killed) {
    Start watch = start(follow({"--watch", "--every", "5ms", "--rate", "none", "--json"}));
    watch.outputDescriptor = descriptor;
    Process process(std::move(watch));
    // One kill in four comes at any time after the start, the others while events are read.
    if (killed % 4 != 0) {
      const auto asked = box->emulator().counts().requests;
      box->emulator().waitForRequests(asked + 3, std::chrono::seconds(10));
    }
    for (unsigned i = 0; i < 12; ++i) {
      const std::string person = personOf(static_cast<unsigned>(random() % people));
      signIn(person);
      ++signIns[person];
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 60'000));
    process.signal(SIGKILL);
    ASSERT_EQ(process.wait(), 1000 + SIGKILL) << process.error();
  }
  Start last = start(follow({"--for", "1s", "--rate", "none", "--json"}));
  last.outputDescriptor = descriptor;
  EXPECT_EQ(test::run(std::move(last)).status, 5);
  ::close(descriptor);

  std::map<std::string, std::string> told;  // the person of each sign-in event
  std::map<std::string, std::uint64_t> toldOf, keptOf;
  std::size_t lines = 0;
  for (const auto& event : eventsIn(contentOf(said))) {
    if (event.at("event") != "signIn") continue;
    ++lines;
    const std::string id(event.at("eventId").as_string()), person(event.at("person").as_string());
    const auto [place, isNew] = told.emplace(id, person);
    EXPECT_EQ(place->second, person);
    if (isNew) ++toldOf[person];
  }
  EXPECT_EQ(toldOf, signIns) << "each sign-in was shown";
  for (const auto& event : eventsIn(report({"--json"}))) {
    if (event.at("event") == "followed" && event.at("signIns").to_number<std::uint64_t>() > 0)
      keptOf[std::string(event.at("person").as_string())] = event.at("signIns").to_number<std::uint64_t>();
  }
  EXPECT_EQ(keptOf, signIns) << "each sign-in was counted once";
  std::printf("%lu kills, %zu sign-ins, %zu told again\n", killed, told.size(), lines - told.size());
  EXPECT_LE(lines - told.size(), 7 * killed) << "each kill repeats one page at most";
}

}  // namespace
}  // namespace box::cli::test
