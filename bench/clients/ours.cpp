// The library through its public headers, with default options except for the number of connections.
#include <exception>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <box/box.hpp>

#include "support/load.hpp"

namespace asio = boost::asio;
using namespace box::bench;

namespace {

box::NetworkSession sessionFor(const Arguments& arguments) {
  box::TlsOptions tls;
  tls.caFile = arguments.caFile;
  tls.sessionResumption = arguments.resumption && arguments.mode != Arguments::Connections::full;
  box::PoolOptions pool;
  pool.maxConnections = pool.maxIdle = arguments.connections;
  if (arguments.mode != Arguments::Connections::kept) pool.maxRequests = 1;
  return box::NetworkSession().withTls(tls).withPool(pool).withCustomBaseUrls(box::BaseUrls(arguments.origin()));
}

asio::awaitable<void> work(const box::BoxClient& client, const std::vector<std::string>& ids, Load& load) {
  while (load.take()) {
    const auto began = Load::Clock::now();
    const box::SessionTerminationMessage answer =
        co_await client.sessionTermination.terminateUsersSessions({.userIds = ids});
    Load::check(202, answer.message ? std::string_view(*answer.message) : std::string_view());
    load.complete(began);
  }
}

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = Arguments::parse(argc, argv);
  const std::vector<std::string> ids = makeIds(arguments.ids);
  Load load(arguments);
  // The number of threads is a hint to Asio, which a program should give.
  asio::io_context io(static_cast<int>(arguments.threads));
  const box::BoxClient client(io.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>(token),
                              sessionFor(arguments));
  for (std::size_t i = 0; i < arguments.inFlight; ++i) asio::co_spawn(io, work(client, ids, load), rethrow);
  onThreads(arguments.threads, [&io] { io.run(); });
  load.report("box-sessions");
}
