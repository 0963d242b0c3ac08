// A run that is killed again and again loses no user, and sends no user again who is recorded as accepted.
//
// The test makes a few kills over a short list. The full test takes some minutes:
//   BOX_KILLS=500 BOX_KILL_ENTRIES=100000 box_cli_program_test --gtest_filter=CliKilled.*
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "bulk_box.hpp"
#include "process.hpp"
#include "support/sanitizers.hpp"

namespace box::cli::test {
namespace {

namespace json = boost::json;
using emulator::Reply;

/// The output of a program that writes more than a pipe holds; it goes through a file.
std::string outputOf(const Folder& folder, Start start, int& status) {
  const std::string path = folder.path("output");
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  start.outputDescriptor = descriptor;
  Process process(std::move(start));
  status = process.wait();
  ::close(descriptor);
  EXPECT_EQ(process.error(), "");
  return contentOf(path);
}

TEST(CliKilled, RunsEndWithEveryEntryAccountedForAsBoxHasIt) {
  const bool slow = box::test::underAddressSanitizer;
  const unsigned long kills = figure("BOX_KILLS", slow ? 8 : 25),
                      entries = figure("BOX_KILL_ENTRIES", slow ? 1000 : 5000), seed = figure("BOX_KILL_SEED", 1);
  RecordProperty("seed", std::to_string(seed));
  std::mt19937_64 random(seed);
  const Folder folder;

  emulator::EmulatorOptions options;
  // So short that connections are often stale when they are used again.
  options.idleClose = std::chrono::milliseconds(15);
  options.latency = std::chrono::milliseconds(2);
  BulkBox box(folder, options);
  std::mt19937 draw(7);  // used only on the emulator's one thread
  std::atomic<std::uint64_t> faults = 0;
  box.emulator().setResponder([&draw, &faults](const emulator::RequestInfo&) -> std::optional<Reply> {
    const auto number = draw() % 200;
    if (number <= 8) ++faults;
    if (number < 2) return Reply::status(503);
    // In the first case the termination is done although the answer says that it failed.
    if (number < 4) return Reply::status(500).processed();
    if (number < 8) return Reply::status(429).retryAfter("0");
    if (number == 8) return Reply::close().processed();
    return std::nullopt;
  });

  std::string list = "user_id\n";
  const auto userOf = [](unsigned long i) { return std::to_string(1'000'000 + i); };
  for (unsigned long i = 0; i < entries; ++i) list += userOf(i) + "\n";
  const std::string file = folder.file("people.csv", list), journal = folder.path("run.journal");

  // With ten entries in a call, the rate makes the list last for all kills, at 30 ms for each run.
  const double rate = std::max(50.0, static_cast<double>(entries) / 10 / (0.03 * static_cast<double>(kills)));
  const Strings how = {"--yes", "--quiet", "--rate", std::to_string(rate).substr(0, 8)};
  const auto start = [&] {
    Start out;
    out.environment = {"BOX_DEVELOPER_TOKEN=token"};
    out.arguments =
        std::filesystem::exists(journal)
            ? joined({"resume", journal, "--in-doubt", "retry"}, joined(how, box.here()))
            : joined({"users", "--file", file, "--journal", journal, "--batch", "10"}, joined(how, box.here()));
    return out;
  };
  unsigned long killed = 0;
  while (killed < kills) {
    Process process(start());
    // One kill in four comes at any time after the start, the others while calls are in progress.
    if (killed % 4 != 0) box.emulator().waitForRequests(box.emulator().counts().requests + 1, std::chrono::seconds(5));
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 60'000));
    process.signal(SIGKILL);
    const int status = process.wait();
    if (status != 1000 + SIGKILL) {
      ASSERT_EQ(status, 0) << process.error();
      break;  // the run ended before it was killed
    }
    ++killed;
  }
  RecordProperty("kills", std::to_string(killed));
  // Entries with too many failures in one run are in doubt, and the next run sends them again.
  int status = -1;
  std::string said;
  for (int round = 0; round < 5 && status != 0; ++round) {
    for (int wait = 0; wait < 20 && status != 0; ++wait) {
      Process process(start());
      status = process.wait();
      said = process.error();
      if (status != -1) break;
    }
  }
  ASSERT_EQ(status, 0) << said;

  Start report;
  report.arguments = {"report", journal, "--json"};
  const std::string told = outputOf(folder, std::move(report), status);
  EXPECT_EQ(status, 0);
  unsigned long row = 0;
  for (std::size_t at = 0; at < told.size();) {
    const std::size_t end = told.find('\n', at);
    const json::object event = json::parse(std::string_view(told).substr(at, end - at)).as_object();
    at = end + 1;
    if (event.at("event") != "entry") continue;
    const std::string user = userOf(row++);
    ASSERT_EQ(std::string(event.at("entry").as_string()), user);
    ASSERT_EQ(std::string(event.at("state").as_string()), "accepted") << user;
    // The recorded acceptance is Box's last call for this user: nobody asked Box again after it.
    const Strings calls = box.callsOf(user);
    ASSERT_FALSE(calls.empty()) << user << " is reported as accepted, but Box has not accepted it";
    ASSERT_EQ(calls.back(), std::string(event.at("boxRequestId").as_string()))
        << user << " was sent again although the journal had it as accepted";
  }
  EXPECT_EQ(row, entries);
  EXPECT_EQ(box.users(), entries);
  std::printf("%lu kills over %lu entries, %lu faults: %zu terminations at Box, %.2f %% of them repeats\n", killed,
              entries, static_cast<unsigned long>(faults), box.terminations(),
              100.0 * static_cast<double>(box.terminations() - entries) / static_cast<double>(box.terminations()));
  EXPECT_GE(killed, kills * 9 / 10);
  EXPECT_GE(faults, entries / 10 / 100);
  // A kill leaves at most the calls in progress in doubt: 8 calls of 10 entries.
  EXPECT_LE(box.terminations() - entries, 80 * killed + 10 * faults);
}

}  // namespace
}  // namespace box::cli::test
