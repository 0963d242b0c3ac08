#include "cli/redirect_listener.hpp"

#include <array>
#include <cstring>
#include <list>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <box/error.hpp>

#include "cli/files.hpp"
#include "cli/redirect.hpp"

namespace box::cli {

using asio::ip::tcp;
using boost::system::error_code;

struct RedirectListener::Shared {
  Shared(asio::io_context& context, LoopbackAddress where, std::string expectedState)
      : acceptor(context), settled(context), address(std::move(where)), state(std::move(expectedState)) {}

  tcp::acceptor acceptor;
  asio::steady_timer settled;  // expires when there is an outcome, or at the latest
  LoopbackAddress address;
  std::string state;

  std::size_t connections = 0;
  std::list<std::weak_ptr<tcp::socket>> open;
  bool claimed = false;  // somebody has brought the outcome, and may still be writing to the browser
  bool over = false;
  Secret code;
  std::optional<BoxSdkError> failure;

  void settle(RedirectAnswer answer) {
    code = std::move(answer.code);
    failure = std::move(answer.failure);
    // Not just cancelled: a wait that begins later must end too.
    settled.expires_at(asio::steady_timer::time_point::min());
  }

  void close() noexcept {
    over = true;
    error_code ignored;
    acceptor.close(ignored);
    for (const auto& connection : open) {
      if (const auto socket = connection.lock()) socket->close(ignored);
    }
  }
};

namespace {

using Socket = std::shared_ptr<tcp::socket>;

/// Closes a connection that takes too long. What is under way on it fails then.
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

asio::awaitable<void> readHead(const Socket& socket, RequestHead& head) {
  std::array<char, 2048> buffer;
  error_code error;
  while (!error && head.state() == RequestHead::State::incomplete) {
    const std::size_t count =
        co_await socket->async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    head.feed(std::string_view(buffer.data(), count));
    ::explicit_bzero(buffer.data(), buffer.size());
  }
}

/// Sends the page and lets the browser read it: to close a connection with something unread in it would take the page
/// away from the other side.
asio::awaitable<void> sendPage(const Socket& socket, const std::string& page) {
  error_code error;
  co_await asio::async_write(*socket, asio::buffer(page), asio::redirect_error(asio::use_awaitable, error));
  if (!error) socket->shutdown(tcp::socket::shutdown_send, error);
}

asio::awaitable<void> discardRest(const Socket& socket) {
  std::array<char, 2048> buffer;
  error_code error;
  for (int pieces = 0; pieces < 64 && !error; ++pieces) {
    co_await socket->async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
  }
}

using Shared = std::shared_ptr<RedirectListener::Shared>;

asio::awaitable<void> serve(Shared shared, Socket socket) {
  RequestHead head;
  const TimeLimit limit(socket, RedirectListener::connectionTime);
  co_await readHead(socket, head);
  // Who says nothing, as a browser does on a connection that it opened in advance, gets no answer.
  if (head.empty() || shared->over) co_return;
  RedirectAnswer answer = judgeRedirect(head, shared->address.path, shared->state);
  const bool settles = answer.settles() && !shared->claimed;
  shared->claimed = shared->claimed || settles;
  const std::string page = httpPage(answer.status, answer.text);
  co_await sendPage(socket, page);
  if (settles) shared->settle(std::move(answer));
  const TimeLimit shorter(socket, std::chrono::seconds(1));
  if (!shared->over) co_await discardRest(socket);
}

/// One of several that accept and serve, each one connection after another.
asio::awaitable<void> work(Shared shared) {
  while (!shared->over) {
    const auto socket = std::make_shared<tcp::socket>(shared->acceptor.get_executor());
    error_code error;
    co_await shared->acceptor.async_accept(*socket, asio::redirect_error(asio::use_awaitable, error));
    if (error || shared->over) co_return;
    if (++shared->connections > RedirectListener::maxConnections) {
      RedirectAnswer tooMany;
      tooMany.failure.emplace(Errc::protocolError,
                              "too many connections came to the redirect address, and none of them from this sign-in");
      if (!std::exchange(shared->claimed, true)) shared->settle(std::move(tooMany));
      co_return;
    }
    shared->open.push_back(socket);
    const auto place = std::prev(shared->open.end());
    co_await serve(shared, socket);
    shared->open.erase(place);
    error_code ignored;
    socket->close(ignored);
  }
}

}  // namespace

RedirectListener::RedirectListener(asio::io_context& context, LoopbackAddress address, std::string state)
    : shared_(std::make_shared<Shared>(context, std::move(address), std::move(state))) {
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), shared_->address.port);
  try {
    shared_->acceptor.open(tcp::v4());
    shared_->acceptor.set_option(tcp::acceptor::reuse_address(true));
    shared_->acceptor.bind(endpoint);
    shared_->acceptor.listen();
    shared_->address.port = shared_->acceptor.local_endpoint().port();
  } catch (const boost::system::system_error& error) {
    throw FileError("cannot listen on 127.0.0.1 port " + std::to_string(shared_->address.port) + ": " +
                    error.code().message() + "; take another --port, or --paste, where nothing listens");
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
  // They are not waited for and not cancelled: closing what they wait on ends them.
  for (std::size_t i = 0; i < parallel; ++i) {
    asio::co_spawn(shared->acceptor.get_executor(), work(shared), asio::detached);
  }
  error_code error;
  co_await shared->settled.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (shared->failure) shared->failure->raise();
  if (!shared->code.empty()) co_return std::move(shared->code);
  if (error) throw boost::system::system_error(error);  // cancelled: nothing else ends it without an outcome
  throw BoxSdkError(Errc::callTimeout, "nobody came back from Box in time; start again, with a longer --wait");
}

}  // namespace box::cli
