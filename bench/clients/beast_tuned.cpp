// A client as it is after a week of profiling: Asio's TLS stream over a plain socket, header and body in one reused
// string, Beast's parser with an arena, one timer for all time limits, and TLS buffers that are kept. It has no retries
// and no pool.
#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include "support/load.hpp"

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
namespace ssl = asio::ssl;
using namespace box::bench;

namespace {

using Clock = Load::Clock;

/// Memory for one response, which is freed as a whole.
struct Arena {
  alignas(std::max_align_t) std::array<std::byte, 8192> memory;
  std::size_t used = 0;
};

template <class T>
struct FromArena {
  using value_type = T;
  explicit FromArena(Arena& from) noexcept : arena(&from) {}
  template <class U>
  FromArena(const FromArena<U>& other) noexcept : arena(other.arena) {}
  T* allocate(std::size_t count) {
    constexpr std::size_t unit = alignof(std::max_align_t);
    const std::size_t size = (count * sizeof(T) + unit - 1) / unit * unit;
    if (size > arena->memory.size() - arena->used) throw std::bad_alloc();
    arena->used += size;
    return reinterpret_cast<T*>(arena->memory.data() + arena->used - size);
  }
  void deallocate(T*, std::size_t) noexcept {}
  template <class U>
  bool operator==(const FromArena<U>& other) const noexcept {
    return arena == other.arena;
  }
  Arena* arena;
};

using Body = http::basic_string_body<char, std::char_traits<char>, FromArena<char>>;
using Parser = http::response_parser<Body, FromArena<char>>;

struct Worker {
  Worker(asio::io_context& io, ssl::context& context) : stream(io, context) {}
  ssl::stream<asio::ip::tcp::socket> stream;
  Clock::time_point deadline = Clock::time_point::max();
  std::string out;
  std::array<char, 4096> in;
  Arena arena;
  std::array<unsigned char, 4096> jsonMemory;
};

asio::awaitable<void> work(const Arguments& arguments, Worker& self, Load& load, std::size_t& busy) {
  SSL_set_tlsext_host_name(self.stream.native_handle(), "localhost");
  self.stream.set_verify_callback(ssl::host_name_verification("localhost"));
  self.deadline = Clock::now() + std::chrono::seconds(30);
  const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), arguments.port);
  co_await self.stream.lowest_layer().async_connect(server, asio::use_awaitable);
  self.stream.lowest_layer().set_option(asio::ip::tcp::no_delay(true));
  co_await self.stream.async_handshake(ssl::stream_base::client, asio::use_awaitable);
  SSL_clear_mode(self.stream.native_handle(), SSL_MODE_RELEASE_BUFFERS);

  const std::vector<std::string> ids = makeIds(arguments.ids);
  const std::string head =
      "POST /2.0/users/terminate_sessions HTTP/1.1\r\nHost: localhost:" + std::to_string(arguments.port) +
      "\r\nAuthorization: Bearer " + token +
      "\r\nUser-Agent: tuned\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
      "Content-Length: ";
  json::parser answerParser;
  std::string body;
  while (load.take()) {
    const auto began = Clock::now();
    self.deadline = began + std::chrono::seconds(30);
    body = "{\"user_ids\":[";
    for (const std::string& id : ids) {
      if (body.back() == '"') body += ',';
      body.append(1, '"').append(id).append(1, '"');
    }
    body += "],\"user_logins\":[]}";
    self.out = head;
    self.out.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    co_await asio::async_write(self.stream, asio::buffer(self.out), asio::deferred);

    self.arena.used = 0;
    Parser parser(std::piecewise_construct, std::make_tuple(FromArena<char>(self.arena)),
                  std::make_tuple(FromArena<char>(self.arena)));
    parser.eager(true);
    std::size_t received = 0;
    while (!parser.is_done()) {
      received += co_await self.stream.async_read_some(
          asio::buffer(self.in.data() + received, self.in.size() - received), asio::deferred);
      boost::system::error_code ec;
      const std::size_t used = parser.put(asio::buffer(self.in.data(), received), ec);
      if (ec && ec != http::error::need_more) throw boost::system::system_error(ec);
      std::copy(self.in.data() + used, self.in.data() + received, self.in.data());
      received -= used;
    }
    json::static_resource memory(self.jsonMemory.data(), self.jsonMemory.size());
    answerParser.reset(&memory);
    answerParser.write(std::string_view(parser.get().body()));
    const json::value answer = answerParser.release();
    const json::string& message = answer.as_object().at("message").as_string();
    Load::check(static_cast<int>(parser.get().result_int()), std::string_view(message.data(), message.size()));
    load.complete(began);
  }
  self.deadline = Clock::time_point::max();
  --busy;
}

/// Ends requests that exceed their time limit; one timer serves all connections.
asio::awaitable<void> watch(asio::io_context& io, std::vector<std::unique_ptr<Worker>>& workers,
                            const std::size_t& busy) {
  asio::steady_timer timer(io);
  while (busy > 0) {
    timer.expires_after(std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::use_awaitable);
    const auto now = Clock::now();
    for (const auto& worker : workers) {
      if (worker->deadline < now) worker->stream.lowest_layer().close();
    }
  }
}

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = Arguments::parse(argc, argv);
  if (arguments.mode != Arguments::Connections::kept) Load::fail("kept connections only");
  Load load(arguments);
  ssl::context context(ssl::context::tls_client);
  context.load_verify_file(arguments.caFile);
  context.set_verify_mode(ssl::verify_peer);
  asio::io_context io(1);
  std::vector<std::unique_ptr<Worker>> workers;
  std::size_t busy = arguments.inFlight;
  for (std::size_t i = 0; i < arguments.inFlight; ++i) {
    workers.push_back(std::make_unique<Worker>(io, context));
    asio::co_spawn(io, work(arguments, *workers.back(), load, busy), rethrow);
  }
  asio::co_spawn(io, watch(io, workers, busy), rethrow);
  onThreads(1, [&io] { io.run(); });
  load.report("Beast, optimised by hand");
}
