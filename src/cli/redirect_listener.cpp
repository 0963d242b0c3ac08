#include "cli/redirect_listener.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <box/error.hpp>

#include "cli/files.hpp"
#include "cli/secrets.hpp"
#include "cli/redirect.hpp"
#include "cli/system/port.hpp"

namespace box::cli {

namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Socket = std::shared_ptr<tcp::socket>;

struct RedirectListener::Shared {
  Shared(asio::io_context& context, LoopbackAddress where, std::string expectedState)
      : settled(context), address(std::move(where)), state(std::move(expectedState)) {}

  std::list<tcp::acceptor> acceptors;
  asio::steady_timer settled;  // expires when there is an outcome, or at the time limit
  LoopbackAddress address;
  std::string state;

  std::list<Socket> open;  // the oldest first
  Socket claimed;          // had the redirect; its page may not have reached the browser yet
  bool over = false;
  Secret code;
  std::optional<BoxSdkError> failure;

  void settle(RedirectAnswer answer) {
    code = std::move(answer.code);
    failure = std::move(answer.failure);
    // The expiry is in the past, so that a wait that begins later ends too; cancel() would end only a wait in progress.
    settled.expires_at(asio::steady_timer::time_point::min());
  }

  /// Closes the oldest connection where too many are open. Other programs may open any number, and the newest may be
  /// the browser's.
  void makeRoom() {
    if (open.size() <= maxOpen) return;
    const auto oldest = std::find_if(open.begin(), open.end(), [this](const Socket& s) { return s != claimed; });
    error_code ignored;
    if (oldest != open.end()) (*oldest)->close(ignored);
  }

  void close() noexcept {
    over = true;
    error_code ignored;
    for (tcp::acceptor& acceptor : acceptors) acceptor.close(ignored);
    for (const Socket& socket : open) socket->close(ignored);
  }
};

namespace {

using Shared = std::shared_ptr<RedirectListener::Shared>;

using Parser = http::request_parser<http::empty_body, WipingAllocator<char>>;
using Page = http::response<http::string_body>;

/// Closes a connection after a time limit. Its operations then fail.
class TimeLimit {
 public:
  TimeLimit(Socket socket, std::chrono::milliseconds time) : timer_(socket->get_executor(), time) {
    timer_.async_wait([socket = std::move(socket)](const error_code& error) {
      error_code ignored;
      if (!error) socket->close(ignored);
    });
  }

 private:
  asio::steady_timer timer_;
};

/// A place in the list of open connections.
class Visit {
 public:
  Visit(Shared shared, Socket socket) : shared_(std::move(shared)), socket_(std::move(socket)) {
    place_ = shared_->open.insert(shared_->open.end(), socket_);
    shared_->makeRoom();
  }
  ~Visit() {
    shared_->open.erase(place_);
    error_code ignored;
    socket_->close(ignored);
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  Shared shared_;
  Socket socket_;
  std::list<Socket>::iterator place_;
};

/// The answer to the part of a request that was read. No value: the client sent nothing or has gone.
std::optional<RedirectAnswer> answerTo(const Parser& parser, const error_code& error, const LoopbackAddress& address,
                                       const std::string& state) {
  RedirectAnswer out;
  if (!error) {
    const auto& request = parser.get();
    const auto method = request.method_string();
    const auto target = request.target();
    return answerRedirect({method.data(), method.size()}, {target.data(), target.size()}, address.path, state);
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    out.status = 431;
    out.text = "This request is too large.";
    return out;
  }
  // Browsers open connections in advance without sending anything.
  const bool spoke = error.category() == http::make_error_code(http::error::bad_method).category();
  if (!spoke || error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  out.text = "This is not a request that box-sessions understands.";
  return out;
}

/// The page for an answer. It closes the connection, and repeats nothing of the request.
Page pageFor(const RedirectAnswer& answer) {
  Page page(static_cast<http::status>(answer.status), 11);
  if (answer.status == 405) page.set(http::field::allow, "GET");
  page.set(http::field::content_type, "text/plain; charset=utf-8");
  page.set("X-Content-Type-Options", "nosniff");
  page.set(http::field::cache_control, "no-store");
  page.set("Content-Security-Policy", "default-src 'none'");
  page.set("Referrer-Policy", "no-referrer");
  page.keep_alive(false);
  page.body() = answer.text + "\n";
  page.prepare_payload();
  return page;
}

/// Reads the rest of the request. Closing a connection with unread data would reset it, and the browser would lose the
/// page.
asio::awaitable<void> discardRest(Socket socket) {
  std::array<char, 2048> buffer;
  error_code error;
  for (int pieces = 0; pieces < 64 && !error; ++pieces) {
    co_await socket->async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
  }
}

asio::awaitable<void> serve(Shared shared, Socket socket) {
  const Visit visit(shared, socket);
  const TimeLimit limit(socket, RedirectListener::connectionTime);
  beast::basic_flat_buffer<WipingAllocator<char>> buffer(2 * RedirectListener::headerLimit);
  Parser parser;
  parser.header_limit(RedirectListener::headerLimit);
  error_code error;
  co_await http::async_read_header(*socket, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
  if (shared->over) co_return;
  std::optional<RedirectAnswer> answer = answerTo(parser, error, shared->address, shared->state);
  if (!answer) co_return;
  const bool settles = answer->settles() && !shared->claimed;
  if (settles) shared->claimed = socket;
  Page page = pageFor(*answer);
  error = error_code();
  co_await http::async_write(*socket, page, asio::redirect_error(asio::use_awaitable, error));
  if (!error) socket->shutdown(tcp::socket::shutdown_send, error);
  if (settles) shared->settle(std::move(*answer));
  const TimeLimit shorter(socket, std::chrono::seconds(1));
  if (!shared->over) co_await discardRest(socket);
}

/// Accepts connections until the listener is closed.
asio::awaitable<void> acceptAll(Shared shared, tcp::acceptor& acceptor) {
  while (!shared->over) {
    const auto socket = std::make_shared<tcp::socket>(acceptor.get_executor());
    error_code error;
    co_await acceptor.async_accept(*socket, asio::redirect_error(asio::use_awaitable, error));
    if (shared->over) co_return;
    if (!error) {
      asio::co_spawn(acceptor.get_executor(), serve(shared, socket), asio::detached);
      continue;
    }
    // For instance because descriptors have run out, which may pass.
    asio::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds(50));
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

tcp::acceptor listenAt(asio::io_context& context, const tcp::endpoint& endpoint) {
  tcp::acceptor acceptor(context);
  acceptor.open(endpoint.protocol());
  claimPort(acceptor);
  if (endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true));
  acceptor.bind(endpoint);
  acceptor.listen();
  return acceptor;
}

/// The machine has no address ::1, so no browser can connect to it.
bool hasNoIpv6(const error_code& error) {
  return error == asio::error::address_family_not_supported || error == boost::system::errc::address_not_available;
}

}  // namespace

RedirectListener::RedirectListener(asio::io_context& context, LoopbackAddress address, std::string state)
    : shared_(std::make_shared<Shared>(context, std::move(address), std::move(state))) {
  std::vector<asio::ip::address> hosts{asio::ip::address_v4::loopback()};
  // A browser may use either address of "localhost". If another program listened at one of them, it could receive the
  // code.
  if (shared_->address.host == "localhost") hosts.push_back(asio::ip::address_v6::loopback());
  for (const asio::ip::address& host : hosts) {
    try {
      shared_->acceptors.push_back(listenAt(context, tcp::endpoint(host, shared_->address.port)));
      shared_->address.port = shared_->acceptors.back().local_endpoint().port();
    } catch (const boost::system::system_error& error) {
      if (host.is_v6() && hasNoIpv6(error.code())) continue;
      throw FileError("cannot listen on " + host.to_string() + " port " + std::to_string(shared_->address.port) + ": " +
                      error.code().message() + "; take another --port, or --paste, where nothing listens");
    }
  }
}

RedirectListener::~RedirectListener() { shared_->close(); }

std::string RedirectListener::url() const { return shared_->address.url(); }

asio::awaitable<Secret> RedirectListener::wait(std::chrono::milliseconds atMost) {
  struct CloseAtEnd {
    std::shared_ptr<Shared> shared;
    explicit CloseAtEnd(std::shared_ptr<Shared> which) : shared(std::move(which)) {}
    ~CloseAtEnd() { shared->close(); }
  };
  const std::shared_ptr<Shared> shared = shared_;
  const CloseAtEnd guard(shared);
  shared->settled.expires_after(atMost);
  // Nobody awaits or cancels these coroutines: they end when their sockets are closed.
  for (tcp::acceptor& acceptor : shared->acceptors) {
    asio::co_spawn(acceptor.get_executor(), acceptAll(shared, acceptor), asio::detached);
  }
  error_code error;
  co_await shared->settled.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (shared->failure) shared->failure->raise();
  if (!shared->code.empty()) co_return std::move(shared->code);
  if (error) throw boost::system::system_error(error);  // cancelled: only that ends the wait early without an outcome
  throw BoxSdkError(Errc::callTimeout, "nobody came back from Box in time; start again, with a longer --wait");
}

}  // namespace box::cli
