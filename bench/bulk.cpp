// Sends a list of users, 100 in a call, through BulkTermination to the emulator, which a second thread of this process
// runs. It measures runs with and without a journal, without a limit of the rate.
//
//   box_bench_bulk [users]
#include <cstdio>
#include <cstdlib>
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
#include <box/bulk/file_journal.hpp>
#include <box/box.hpp>
#include <box/emulator/emulator.hpp>

#include "support/load.hpp"

namespace asio = boost::asio;
using namespace box::bench;

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

struct Figures {
  double wall = 0, cpu = 0;  // in seconds; CPU time is that of the client's thread
  std::uint64_t calls = 0;
};

Figures measure(std::size_t users, const std::string& journalFile) {
  box::emulator::EmulatorOptions emulated;
  emulated.maxRecords = 1;
  box::emulator::Emulator emulator(emulated);
  box::TlsOptions tls;
  tls.caPem = emulator.caPem();
  const auto session = box::NetworkSession().withTls(tls).withCustomBaseUrls(box::BaseUrls(emulator.baseUrl()));
  asio::io_context io(1);
  const box::BoxClient client(io.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>(token), session);

  box::BulkOptions options;
  options.rate.start = options.rate.cap = std::numeric_limits<double>::infinity();
  const box::BulkTermination bulk(client.sessionTermination, options);
  std::shared_ptr<box::FileJournal> journal;
  if (!journalFile.empty()) journal = box::FileJournal::create(journalFile, box::JournalHeader());

  std::optional<box::BulkSummary> summary;
  rusage before{}, after{};
  const auto began = Load::Clock::now();
  asio::co_spawn(io, bulk.run(box::bulkSource(makeIds(users)), nullptr, journal),
                 [&](std::exception_ptr failure, box::BulkSummary result) {
                   if (failure) std::rethrow_exception(failure);
                   summary = std::move(result);
                 });
  ::getrusage(RUSAGE_THREAD, &before);
  io.run();
  ::getrusage(RUSAGE_THREAD, &after);
  if (!summary || summary->counts.accepted != users) Load::fail("not everybody was accepted");
  return {std::chrono::duration<double>(Load::Clock::now() - began).count(),
          seconds(after.ru_utime) - seconds(before.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_stime),
          summary->calls};
}

void print(const char* name, std::size_t users, const Figures& figures) {
  const auto count = static_cast<double>(users);
  std::printf("\"%s\":{\"usersPerSecond\":%.0f,\"callsPerSecond\":%.0f,\"cpuUsPerUser\":%.3f},", name,
              count / figures.wall, static_cast<double>(figures.calls) / figures.wall, 1e6 * figures.cpu / count);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t users = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  if (users == 0) {
    std::fprintf(stderr, "usage: %s [users]\n", argv[0]);
    return 2;
  }
  const std::string file =
      std::filesystem::temp_directory_path() / ("box_bench_" + std::to_string(::getpid()) + ".journal");
  try {
    const Figures plain = measure(users, "");
    const Figures journaled = measure(users, file);
    const auto size = static_cast<double>(std::filesystem::file_size(file));
    std::filesystem::remove(file);
    std::printf("{");
    print("plain", users, plain);
    print("journal", users, journaled);
    std::printf("\"users\":%zu,\"journalBytesPerUser\":%.1f}\n", users, size / static_cast<double>(users));
  } catch (const std::exception& error) {
    std::filesystem::remove(file);
    Load::fail(error.what());
  }
}
