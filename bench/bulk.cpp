// A list of --requests users (1,000,000), in calls of --ids each (100), through BulkTermination against the emulator, which is
// in this process on a thread of its own: with and without a journal, as fast as both can, the pace lifted.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/journal.hpp>
#include <box/box.hpp>
#include <box/emulator/emulator.hpp>

#include "support/load.hpp"

namespace asio = boost::asio;
using namespace box::bench;

namespace {

/// Numbers as a list has them, made when they are asked for.
class Numbers final : public box::BulkSource {
 public:
  explicit Numbers(std::uint64_t count) : count_(count) {}
  asio::awaitable<bool> read(std::vector<box::BulkEntry>& into, std::size_t most) override {
    for (; most > 0 && given_ < count_; --most) into.emplace_back().value = std::to_string(10'000'000 + given_++);
    co_return given_ < count_;
  }
  std::optional<std::uint64_t> size() const override { return count_; }

 private:
  const std::uint64_t count_;
  std::uint64_t given_ = 0;
};

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

struct Figures {
  double wall = 0, cpu = 0;  // s; the CPU is of the thread that runs the client
  std::uint64_t calls = 0;
};

Figures measure(const Arguments& arguments, const std::string& journalFile) {
  box::emulator::EmulatorOptions emulated;
  emulated.maxRecords = 1;
  box::emulator::Emulator emulator(emulated);
  box::TlsOptions tls;
  tls.caPem = emulator.caPem();
  const auto session = box::NetworkSession().withTls(tls).withBaseUrls(box::BaseUrls(emulator.baseUrl()));
  asio::io_context io(1);
  const box::BoxClient client(io.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>(token), session);

  box::BulkOptions options;
  options.batchSize = arguments.ids;
  options.rate.start = options.rate.cap = std::numeric_limits<double>::infinity();
  const box::BulkTermination bulk(client.sessionTermination, options);
  std::shared_ptr<box::FileJournal> journal;
  if (!journalFile.empty()) journal = box::FileJournal::create(journalFile, box::JournalHeader());

  std::optional<box::BulkSummary> summary;
  rusage before{}, after{};
  const auto began = Load::Clock::now();
  asio::co_spawn(io, bulk.run(std::make_shared<Numbers>(arguments.requests), nullptr, journal),
                 [&](std::exception_ptr failure, box::BulkSummary result) {
                   if (failure) std::rethrow_exception(failure);
                   summary = std::move(result);
                 });
  ::getrusage(RUSAGE_THREAD, &before);
  io.run();
  ::getrusage(RUSAGE_THREAD, &after);
  if (!summary || summary->counts.accepted != arguments.requests) Load::fail("not everybody was accepted");
  return {std::chrono::duration<double>(Load::Clock::now() - began).count(),
          seconds(after.ru_utime) - seconds(before.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_stime),
          summary->calls};
}

void print(const char* name, const Arguments& arguments, const Figures& figures) {
  const auto users = static_cast<double>(arguments.requests);
  std::printf("\"%s\":{\"usersPerSecond\":%.0f,\"callsPerSecond\":%.0f,\"cpuUsPerUser\":%.3f}", name, users / figures.wall,
              static_cast<double>(figures.calls) / figures.wall, 1e6 * figures.cpu / users);
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = Arguments::parse(argc, argv);
  const std::string file = std::filesystem::temp_directory_path() / ("box_bench_" + std::to_string(::getpid()) + ".journal");
  try {
    const Figures plain = measure(arguments, "");
    const Figures journaled = measure(arguments, file);
    const auto size = static_cast<double>(std::filesystem::file_size(file));
    std::filesystem::remove(file);
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("{\"users\":%zu,", arguments.requests);
    print("plain", arguments, plain);
    std::printf(",");
    print("journal", arguments, journaled);
    std::printf(",\"journalBytesPerUser\":%.1f,\"peakRssKb\":%ld}\n", size / static_cast<double>(arguments.requests),
                usage.ru_maxrss);
  } catch (const std::exception& error) {
    std::filesystem::remove(file);
    Load::fail(error.what());
  }
}
