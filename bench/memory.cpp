// Measures heap memory per client, per idle connection (of the library, and of Asio's own TLS stream), and per call
// that waits for a connection: the slope between two numbers of them, by the C library's count of bytes in use. It also
// measures how long the construction of a client takes, and what a thousand clients need of which ten are used.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <dlfcn.h>
#include <malloc.h>
#include <netdb.h>
#include <time.h>

#include <box/box.hpp>

#include "support/load.hpp"

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using namespace box::bench;

namespace {

std::atomic<int> lookups{0};  // of names of hosts, by the whole process

std::size_t heap() { return ::mallinfo2().uordblks + ::mallinfo2().hblkhd; }

/// CPU time of this thread. It does not include other programs on the machine.
double microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

box::BoxClient clientOf(asio::io_context& io, const box::NetworkSession& session) {
  return box::BoxClient(io.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>(token), session);
}

/// Time to make the first client of the process, which reads the system's certificates. 0 where the system has none.
double firstClientMicroseconds() try {
  asio::io_context io(1);
  const double start = microseconds();
  clientOf(io, box::NetworkSession());
  return microseconds() - start;
} catch (const box::BoxSdkError&) {
  return 0;
}

/// Time to make each of a thousand further clients that trust the same certificates.
double furtherClientMicroseconds(const box::NetworkSession& session) {
  asio::io_context io(1);
  std::vector<box::BoxClient> clients;
  clients.reserve(1001);
  clients.push_back(clientOf(io, session));
  const double start = microseconds();
  for (int i = 0; i < 1000; ++i) clients.push_back(clientOf(io, session));
  return (microseconds() - start) / 1000;
}

box::NetworkSession sessionFor(const Arguments& arguments, std::size_t connections, std::size_t waiters) {
  box::TlsOptions tls;
  tls.caFile = arguments.caFile;
  box::PoolOptions pool;
  pool.maxConnections = pool.maxIdle = connections;
  pool.maxWaiters = waiters;
  return box::NetworkSession().withTls(tls).withPool(pool).withCustomBaseUrls(box::BaseUrls(arguments.origin()));
}

asio::awaitable<void> call(const box::BoxClient& client) {
  const auto answer = co_await client.sessionTermination.terminateUsersSessions({.userIds = {"12345678"}});
  Load::check(202, answer.message ? std::string_view(*answer.message) : std::string_view());
}

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

/// Makes `count` unused clients on one context, each with a token.
double clients(const Arguments& arguments, std::size_t count) {
  asio::io_context io(1);
  const auto session = sessionFor(arguments, 1, 0);
  std::vector<box::BoxClient> clients;
  clients.reserve(count);
  const std::size_t before = heap();
  for (std::size_t i = 0; i < count; ++i) clients.push_back(clientOf(io, session));
  return static_cast<double>(heap()) - static_cast<double>(before);
}

struct Tenants {
  double heap = 0;  // of all of them, before one is used
  std::ptrdiff_t sockets = 0;
  int lookups = 0;
  std::size_t handlers = 0;  // that the context runs in the second after the last call: the expiry of timers
};

std::ptrdiff_t openSockets() {
  std::ptrdiff_t count = 0;
  for (const auto& descriptor : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code closed;  // the descriptor of this very iteration
    count += std::filesystem::is_socket(descriptor.status(closed)) ? 1 : 0;
  }
  return count;
}

/// Makes `count` clients, each with another token, as a service with that many tenants does. Uses some of them.
Tenants tenants(const Arguments& arguments, std::size_t count, std::size_t used) {
  asio::io_context io(1);
  const auto session = sessionFor(arguments, 1, 0);
  Tenants result;
  std::vector<box::BoxClient> clients;
  const std::size_t before = heap();
  clients.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto auth = std::make_shared<box::BoxDeveloperTokenAuth>(token + std::to_string(i));
    clients.emplace_back(io.get_executor(), std::move(auth), session);
  }
  result.heap = static_cast<double>(heap()) - static_cast<double>(before);
  const std::ptrdiff_t socketsBefore = openSockets();
  const int lookupsBefore = lookups;
  for (std::size_t i = 0; i < used; ++i) asio::co_spawn(io, call(clients[i]), rethrow);
  io.run();
  result.sockets = openSockets() - socketsBefore;
  result.lookups = lookups - lookupsBefore;
  const auto work = asio::make_work_guard(io);
  io.restart();
  result.handlers = io.run_for(std::chrono::seconds(1));
  return result;
}

/// Makes `connections` connections that were used once and are idle.
double idleOurs(const Arguments& arguments, std::size_t connections) {
  asio::io_context io(1);
  const auto session = sessionFor(arguments, connections, 0);
  const box::BoxClient client = clientOf(io, session);
  const std::size_t before = heap();
  for (std::size_t i = 0; i < connections; ++i) asio::co_spawn(io, call(client), rethrow);
  io.run();
  return static_cast<double>(heap()) - static_cast<double>(before);
}

/// Starts `calls` calls that wait for the one connection that is being opened.
double waitingOurs(const Arguments& arguments, std::size_t calls) {
  asio::io_context io(1);
  const auto session = sessionFor(arguments, 1, calls);
  const box::BoxClient client = clientOf(io, session);
  const std::size_t before = heap();
  for (std::size_t i = 0; i < calls; ++i) asio::co_spawn(io, call(client), rethrow);
  io.poll();
  return static_cast<double>(heap()) - static_cast<double>(before);
}

double idleAsio(const Arguments& arguments, std::size_t connections) {
  asio::io_context io(1);
  ssl::context context(ssl::context::tls_client);
  context.load_verify_file(arguments.caFile);
  context.set_verify_mode(ssl::verify_peer);
  const std::string request = requestText(arguments);
  const std::size_t before = heap();
  std::vector<std::unique_ptr<ssl::stream<asio::ip::tcp::socket>>> streams;
  for (std::size_t i = 0; i < connections; ++i) {
    auto& stream = *streams.emplace_back(std::make_unique<ssl::stream<asio::ip::tcp::socket>>(io, context));
    stream.lowest_layer().connect({asio::ip::address_v4::loopback(), arguments.port});
    stream.handshake(ssl::stream_base::client);
    asio::write(stream, asio::buffer(request));
    char answer[4096];
    if (stream.read_some(asio::buffer(answer)) < 12) Load::fail("no answer");
  }
  return static_cast<double>(heap()) - static_cast<double>(before);
}

template <class Measure>
double slope(const Arguments& arguments, Measure measure, std::size_t few, std::size_t many) {
  measure(arguments, few);  // allocates what a process allocates only once
  const double low = measure(arguments, few), high = measure(arguments, many);
  return (high - low) / static_cast<double>(many - few);
}

}  // namespace

// NOLINTBEGIN
/// Takes the place of the C library's function, counts its calls and calls it.
extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** list) {
  static const auto original = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  ++lookups;
  return original(host, service, hints, list);
}
// NOLINTEND

int main(int argc, char** argv) {
  const Arguments arguments = Arguments::parse(argc, argv);
  try {
    const double first = firstClientMicroseconds();
    const double further = furtherClientMicroseconds(sessionFor(arguments, 1, 0));
    const double client = slope(arguments, clients, 32, 256);
    const double ours = slope(arguments, idleOurs, 32, 256);
    const double asioStream = slope(arguments, idleAsio, 32, 256);
    const double waiting = slope(arguments, waitingOurs, 1000, 5000);
    const Tenants thousand = tenants(arguments, 1000, 10);
    std::printf(
        "{\"firstClientUs\":%.0f,\"furtherClientUs\":%.1f,\"furtherClient\":%.0f,\"idleConnection\":%.0f,"
        "\"idleAsioStream\":%.0f,\"waitingCall\":%.0f,\"thousandClients\":%.0f,\"socketsOfTen\":%td,"
        "\"lookupsOfTen\":%d,\"handlersAfterTen\":%zu}\n",
        first, further, client, ours, asioStream, waiting, thousand.heap, thousand.sockets, thousand.lookups,
        thousand.handlers);
  } catch (const std::exception& error) {
    Load::fail(error.what());
  }
}
