// A client as one writes it first: Beast's example of an awaitable client, which keeps its connection and has a time
// limit for each request. It has no retries and no pool.
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/version.hpp>
#include <boost/json.hpp>

#include "support/load.hpp"
#include "support/tls_sessions.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using namespace box::bench;

namespace {

using Stream = beast::ssl_stream<beast::tcp_stream>;

asio::awaitable<std::unique_ptr<Stream>> open(const Arguments& arguments, ssl::context& context,
                                              TlsSessions& sessions) {
  const auto executor = co_await asio::this_coro::executor;
  auto stream = std::make_unique<Stream>(executor, context);
  SSL_set_tlsext_host_name(stream->native_handle(), "localhost");
  stream->set_verify_callback(ssl::host_name_verification("localhost"));
  sessions.offer(stream->native_handle());
  beast::get_lowest_layer(*stream).expires_after(std::chrono::seconds(30));
  const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), arguments.port);
  co_await beast::get_lowest_layer(*stream).async_connect(server, asio::use_awaitable);
  beast::get_lowest_layer(*stream).socket().set_option(asio::ip::tcp::no_delay(true));
  co_await stream->async_handshake(ssl::stream_base::client, asio::use_awaitable);
  co_return stream;
}

asio::awaitable<void> work(const Arguments& arguments, ssl::context& context, TlsSessions& sessions, Load& load) {
  const std::string host = "localhost:" + std::to_string(arguments.port);
  const std::string authorization = std::string("Bearer ") + token;
  const std::vector<std::string> ids = makeIds(arguments.ids);
  std::unique_ptr<Stream> stream;
  beast::flat_buffer buffer;
  while (load.take()) {
    const auto began = Load::Clock::now();
    if (!stream || arguments.mode != Arguments::Connections::kept) {
      if (stream) TlsSessions::finish(stream->native_handle());
      stream = co_await open(arguments, context, sessions);
      buffer.clear();
    }

    http::request<http::string_body> request(http::verb::post, "/2.0/users/terminate_sessions", 11);
    request.set(http::field::host, host);
    request.set(http::field::authorization, authorization);
    request.set(http::field::user_agent, BOOST_BEAST_VERSION_STRING);
    request.set(http::field::accept, "application/json");
    request.set(http::field::content_type, "application/json");
    boost::json::object body;
    body["user_ids"] = boost::json::value_from(ids);
    body["user_logins"] = boost::json::array();
    request.body() = boost::json::serialize(body);
    request.prepare_payload();
    beast::get_lowest_layer(*stream).expires_after(std::chrono::seconds(30));
    co_await http::async_write(*stream, request, asio::use_awaitable);

    http::response<http::string_body> response;
    co_await http::async_read(*stream, buffer, response, asio::use_awaitable);
    const boost::json::value answer = boost::json::parse(response.body());
    const std::string message = boost::json::value_to<std::string>(answer.at("message"));
    Load::check(static_cast<int>(response.result_int()), message);
    load.complete(began);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = Arguments::parse(argc, argv);
  Load load(arguments);
  ssl::context context(ssl::context::tls_client);
  context.load_verify_file(arguments.caFile);
  context.set_verify_mode(ssl::verify_peer);
  TlsSessions sessions(context.native_handle(), arguments.mode);
  asio::io_context io(static_cast<int>(arguments.threads));
  for (std::size_t i = 0; i < arguments.inFlight; ++i) {
    // A connection's time limit and its I/O must not run in parallel.
    const asio::any_io_executor executor =
        arguments.threads > 1 ? asio::any_io_executor(asio::make_strand(io)) : asio::any_io_executor(io.get_executor());
    asio::co_spawn(executor, work(arguments, context, sessions, load), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }
  onThreads(arguments.threads, [&io] { io.run(); });
  load.report("Beast, straightforward");
}
