// Starts --in-flight calls at the same time on --connections connections, and measures in which order they end: with
// connections that have to be opened first, with open connections, and with connections that are replaced after
// maxRequests.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <box/box.hpp>

#include "support/load.hpp"

namespace asio = boost::asio;
using namespace box::bench;

namespace {

asio::awaitable<void> call(const box::BoxClient& client, std::size_t number, std::vector<std::size_t>& order) {
  const box::SessionTerminationMessage answer =
      co_await client.sessionTermination.terminateUsersSessions({.userIds = {"12345678"}});
  Load::check(202, answer.message ? std::string_view(*answer.message) : std::string_view());
  order.push_back(number);
}

struct Order {
  double perSecond = 0;
  long long displacement = 0;  // the most places by which a call ended before or after its turn
};

Order burst(asio::io_context& io, const box::BoxClient& client, std::size_t calls) {
  std::vector<std::size_t> order;
  order.reserve(calls);
  const auto began = Load::Clock::now();
  for (std::size_t i = 0; i < calls; ++i) {
    asio::co_spawn(io, call(client, i, order), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }
  io.restart();
  io.run();
  if (order.size() != calls) Load::fail("calls are missing");
  Order result;
  result.perSecond = static_cast<double>(calls) / std::chrono::duration<double>(Load::Clock::now() - began).count();
  for (std::size_t i = 0; i < calls; ++i) {
    result.displacement =
        std::max(result.displacement, std::abs(static_cast<long long>(order[i]) - static_cast<long long>(i)));
  }
  return result;
}

/// The orders with connections that have to be opened, and with open ones.
struct Orders {
  Order cold, warm;
};

Orders bursts(const Arguments& arguments, std::size_t maxRequests) {
  box::TlsOptions tls;
  tls.caFile = arguments.caFile;
  box::PoolOptions pool;
  pool.maxConnections = pool.maxIdle = arguments.connections;
  pool.maxWaiters = arguments.inFlight;
  pool.maxRequests = maxRequests;
  const auto session =
      box::NetworkSession().withTls(tls).withPool(pool).withCustomBaseUrls(box::BaseUrls(arguments.origin()));
  asio::io_context io(1);
  const box::BoxClient client(io.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>(token), session);
  Orders orders;
  orders.cold = burst(io, client, arguments.inFlight);
  orders.warm = burst(io, client, arguments.inFlight);
  return orders;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = Arguments::parse(argc, argv);
  try {
    const Orders kept = bursts(arguments, 1'000'000), replaced = bursts(arguments, box::PoolOptions().maxRequests);
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf(
        "{\"calls\":%zu,\"connections\":%zu,\"perSecond\":%.1f,\"maxDisplacement\":%lld,"
        "\"maxDisplacementOpening\":%lld,\"maxDisplacementReplacing\":%lld,\"peakRssKb\":%ld}\n",
        arguments.inFlight, arguments.connections, kept.warm.perSecond, kept.warm.displacement, kept.cold.displacement,
        std::max(replaced.cold.displacement, replaced.warm.displacement), usage.ru_maxrss);
  } catch (const std::exception& error) {
    Load::fail(error.what());
  }
}
