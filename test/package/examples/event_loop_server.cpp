// A web server that ends sessions from inside its own event loop: POST /revoke/<user id>.
//
//   BOX_TOKEN=... ./event_loop_server [port]
//
// One thread serves all connections and all calls to Box. SIGINT or SIGTERM ends the server gracefully: it accepts no
// more connections, answers the requests in progress, and run() returns because no work is left.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <box/box.hpp>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;
using namespace std::chrono_literals;

Response answer(http::status status, std::string text) {
  Response response(status, 11);
  response.set(http::field::content_type, "text/plain");
  response.body() = std::move(text) + "\n";
  response.keep_alive(false);
  response.prepare_payload();
  return response;
}

asio::awaitable<Response> handle(Request request, box::BoxClient client) {
  constexpr std::string_view prefix = "/revoke/";
  const std::string target(request.target());
  if (!target.starts_with(prefix)) co_return answer(http::status::not_found, "not found");
  if (request.method() != http::verb::post) co_return answer(http::status::method_not_allowed, "POST only");

  const std::string userId = target.substr(prefix.size());
  const box::CallResult<box::SessionTerminationMessage> result = co_await box::tryAwait(
      client.sessionTermination.terminateUsersSessions({.userIds = {userId}}, {.deadline = 20s}));
  if (result) co_return answer(http::status::accepted, "accepted by Box");

  const box::BoxSdkError& error = result.error();
  std::cerr << "revoke: " << error.what() << std::endl;
  // The answer says whether the client should ask again.
  if (error.code() == box::Errc::invalidRequest) co_return answer(http::status::bad_request, "no user id");
  if (error.code() == box::Errc::notFound) co_return answer(http::status::not_found, "no such user");
  co_return answer(http::status::bad_gateway, "Box did not accept it");
}

asio::awaitable<void> serveConnection(tcp::socket socket, box::BoxClient client) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  Request request;
  stream.expires_after(30s);
  co_await http::async_read(stream, buffer, request, asio::use_awaitable);
  stream.expires_never();  // the call to Box has its own deadline

  const Response response = co_await handle(std::move(request), std::move(client));

  stream.expires_after(30s);
  co_await http::async_write(stream, response, asio::use_awaitable);
  stream.socket().shutdown(tcp::socket::shutdown_send);
}

asio::awaitable<void> acceptConnections(tcp::acceptor& acceptor, box::BoxClient client) {
  while (acceptor.is_open()) {
    boost::system::error_code failure;
    tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failure));
    // detached: nobody waits for a connection to end. Each connection gets a copy of the client; all copies share Box's
    // connections and the token.
    if (!failure) asio::co_spawn(acceptor.get_executor(), serveConnection(std::move(socket), client), asio::detached);
  }
}

int main(int argc, char** argv) {
  try {
    const char* token = std::getenv("BOX_TOKEN");
    const char* baseUrl = std::getenv("BOX_BASE_URL");  // to try it without Box: see minimal.cpp
    const int port = argc > 1 ? std::stoi(argv[1]) : 8080;

    asio::io_context io;
    box::BoxClient client(io.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>(token ? token : ""));
    if (baseUrl != nullptr) client = client.withCustomBaseUrls(box::BaseUrls(baseUrl));

    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)));
    asio::co_spawn(io, acceptConnections(acceptor, client), asio::detached);

    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](boost::system::error_code, int) { acceptor.close(); });

    std::cout << "listening on port " << acceptor.local_endpoint().port() << std::endl;
    io.run();
    std::cout << "stopped" << std::endl;
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    return 1;
  }
}
