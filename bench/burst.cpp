// All calls at once: --in-flight calls are started together on --connections connections. In which order do they end?
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
  Load::check(202, answer.message.value_or(""));
  order.push_back(number);
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = Arguments::parse(argc, argv);
  box::TlsOptions tls;
  tls.caFile = arguments.caFile;
  box::PoolOptions pool;
  pool.maxConnections = pool.maxIdle = arguments.connections;
  pool.maxWaiters = arguments.inFlight;
  const auto session =
      box::NetworkSession().withTls(tls).withPool(pool).withBaseUrls(box::BaseUrls(arguments.origin()));
  asio::io_context io(1);
  const box::BoxClient client(io.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>(token), session);
  std::vector<std::size_t> order;
  order.reserve(arguments.inFlight);
  const auto began = Load::Clock::now();
  for (std::size_t i = 0; i < arguments.inFlight; ++i) {
    asio::co_spawn(io, call(client, i, order), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }
  try {
    io.run();
  } catch (const std::exception& error) {
    Load::fail(error.what());
  }
  const double wall = std::chrono::duration<double>(Load::Clock::now() - began).count();
  if (order.size() != arguments.inFlight) Load::fail("calls are missing");
  long long displacement = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    displacement = std::max(displacement, std::abs(static_cast<long long>(order[i]) - static_cast<long long>(i)));
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"calls\":%zu,\"connections\":%zu,\"perSecond\":%.1f,\"maxDisplacement\":%lld,\"peakRssKb\":%ld}\n",
              order.size(), arguments.connections, static_cast<double>(order.size()) / wall, displacement, usage.ru_maxrss);
}
