#include "support/test_proxy.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <future>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "support/base64.hpp"

namespace box::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// --------------------------------------------------------------------------------------------------------- ProxyAnswer

ProxyAnswer ProxyAnswer::established(std::string bytes) { return {std::move(bytes), Then::tunnel}; }

ProxyAnswer ProxyAnswer::status(int code, const std::string& fields) {
  const std::string body = "<html>The proxy says no.</html>";
  return {"HTTP/1.1 " + std::to_string(code) + " Some reason\r\n" + fields +
              "Content-Type: text/html\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\nConnection: close\r\n\r\n" + body,
          Then::close};
}

ProxyAnswer ProxyAnswer::raw(std::string bytes) { return {std::move(bytes), Then::wait}; }
ProxyAnswer ProxyAnswer::close() { return {"", Then::close}; }
ProxyAnswer ProxyAnswer::reset() { return {"", Then::reset}; }

ProxyAnswer ProxyAnswer::endless(std::string first, std::string again) {
  ProxyAnswer answer(std::move(first), Then::close);
  answer.again_ = std::move(again);
  return answer;
}

ProxyAnswer ProxyAnswer::slowly(std::chrono::milliseconds pause) const {
  ProxyAnswer answer = *this;
  answer.pause_ = pause;
  return answer;
}

ProxyAnswer ProxyAnswer::endingAfter(std::size_t bytes) const {
  ProxyAnswer answer = *this;
  answer.limit_ = bytes;
  return answer;
}

ProxyAnswer ProxyAnswer::leadingTo(std::uint16_t port) const {
  ProxyAnswer answer = *this;
  answer.port_ = port;
  return answer;
}

// ----------------------------------------------------------------------------------------------------------- TestProxy

namespace {

constexpr std::size_t largestHead = 64 * 1024;

/// Replaces the value of a field in a head by "…" and gives the value; empty where the head does not have the field.
std::string takeField(std::string& head, std::string_view name) {
  for (std::size_t line = head.find("\r\n"); line != std::string::npos; line = head.find("\r\n", line + 2)) {
    const std::size_t begin = line + 2;
    const bool same = head.size() > begin + name.size() && head[begin + name.size()] == ':' &&
                      std::equal(name.begin(), name.end(), head.begin() + static_cast<std::ptrdiff_t>(begin),
                                 [](char a, char b) { return (a | 0x20) == (b | 0x20); });
    if (!same) continue;
    const std::size_t value = std::min(head.find_first_not_of(" \t", begin + name.size() + 1), head.size());
    const std::size_t end = std::min(head.find("\r\n", value), head.size());
    std::string taken = head.substr(value, end - value);
    head.replace(value, end - value, "…");
    return taken;
  }
  return {};
}

}  // namespace

class TestProxy::Impl {
 public:
  explicit Impl(TestProxyOptions options)
      : options_(std::move(options)), acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    port_ = acceptor_.local_endpoint().port();
    if (options_.certificate) {
      tls_.use_certificate_chain(asio::buffer(options_.certificate->chainPem));
      tls_.use_private_key(asio::buffer(options_.certificate->privateKeyPem), asio::ssl::context::pem);
    }
    asio::co_spawn(io_, acceptAll(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Impl() {
    asio::post(io_, [this] {
      ending_ = true;
      error_code ignored;
      acceptor_.close(ignored);
      for (tcp::socket* socket : open_) socket->shutdown(tcp::socket::shutdown_both, ignored);
    });
    thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  template <class Value>
  Value read(const Value& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }

  void endAll(bool reset) {
    std::promise<void> done;
    asio::post(io_, [&] {
      for (tcp::socket* socket : open_) {
        if (reset) {
          error_code ignored;
          socket->set_option(asio::socket_base::linger(true, 0), ignored);
          socket->close(ignored);
        } else {
          error_code ignored;
          socket->shutdown(tcp::socket::shutdown_both, ignored);
        }
      }
      done.set_value();
    });
    done.get_future().wait();
  }

  TestProxyOptions options_;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;
  std::deque<ProxyAnswer> script_;
  std::optional<ProxyAnswer> default_;
  std::vector<Connect> connects_;
  std::size_t connections_ = 0, tunnels_ = 0, openConnections_ = 0;
  std::string plaintext_, tunnelled_;

 private:
  /// A client's connection. While it lives it is counted, and endAll() can close it.
  class Client {
   public:
    Client(Impl& proxy, tcp::socket& socket) : proxy_(proxy), socket_(socket) {
      proxy_.open_.insert(&socket_);
      error_code ignored;
      if (proxy_.ending_) socket_.shutdown(tcp::socket::shutdown_both, ignored);
      proxy_.change([](Impl& p) { ++p.connections_, ++p.openConnections_; });
    }
    ~Client() {
      proxy_.open_.erase(&socket_);
      proxy_.change([](Impl& p) { --p.openConnections_; });
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

   private:
    Impl& proxy_;
    tcp::socket& socket_;
  };

  void change(auto&& how) {
    const std::lock_guard lock(mutex_);
    how(*this);
  }

  asio::awaitable<void> acceptAll() {
    for (;;) {
      error_code ec;
      tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ec));
      if (ec) co_return;
      socket.set_option(tcp::no_delay(true), ec);
      if (options_.certificate) {
        asio::co_spawn(io_, serveTls(std::move(socket)), asio::detached);
      } else {
        asio::co_spawn(io_, servePlain(std::move(socket)), asio::detached);
      }
    }
  }

  asio::awaitable<void> servePlain(tcp::socket socket) {
    const Client client(*this, socket);
    co_await serve(socket, socket);
  }

  asio::awaitable<void> serveTls(tcp::socket socket) {
    asio::ssl::stream<tcp::socket> stream(std::move(socket), tls_);
    const Client client(*this, stream.next_layer());
    error_code ec;
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, ec));
    if (!ec) co_await serve(stream, stream.next_layer());
  }

  template <class Stream>
  asio::awaitable<void> serve(Stream& stream, tcp::socket& socket) {
    error_code ec;
    if (!options_.greeting.empty()) {
      co_await asio::async_write(stream, asio::buffer(options_.greeting),
                                 asio::redirect_error(asio::use_awaitable, ec));
    }
    std::string head;
    while (!ec && head.find("\r\n\r\n") == std::string::npos && head.size() < largestHead) {
      co_await readMore(stream, head, ec);
    }
    const std::size_t end = head.find("\r\n\r\n");
    if (end == std::string::npos) {
      change([&](Impl& p) { p.plaintext_ += head; });
      co_return;
    }
    const std::string behind = head.substr(end + 4);
    head.resize(end);
    const Connect connect = parse(std::move(head));
    const ProxyAnswer answer = record(connect, behind);

    tcp::socket target(io_);
    bool leads = answer.then_ == ProxyAnswer::Then::tunnel;
    if (leads) {
      co_await target.async_connect(targetOf(connect.target, answer), asio::redirect_error(asio::use_awaitable, ec));
      leads = !ec;
    }
    if (answer.then_ == ProxyAnswer::Then::tunnel && !leads) {
      const ProxyAnswer noWay = ProxyAnswer::status(502);
      co_await say(stream, noWay, ec);
      co_return;
    }
    co_await say(stream, answer, ec);
    if (ec) co_return;
    switch (answer.then_) {
      case ProxyAnswer::Then::tunnel:
        change([](Impl& p) { ++p.tunnels_; });
        co_await relay(stream, socket, target, answer.limit_);
        break;
      case ProxyAnswer::Then::wait:
        while (!ec) {
          std::string more;
          co_await readMore(stream, more, ec);
          change([&](Impl& p) { p.plaintext_ += more; });
        }
        break;
      case ProxyAnswer::Then::reset: socket.set_option(asio::socket_base::linger(true, 0), ec); break;
      case ProxyAnswer::Then::close:
        // Closing without reading the rest would send a reset, which may overtake the answer.
        socket.shutdown(tcp::socket::shutdown_send, ec);
        for (std::string rest; !ec; rest.clear()) co_await readMore(stream, rest, ec);
        break;
    }
  }

  template <class Stream>
  asio::awaitable<void> readMore(Stream& stream, std::string& text, error_code& ec) {
    std::array<char, 4096> buffer;
    const std::size_t bytes =
        co_await stream.async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, ec));
    text.append(buffer.data(), bytes);
  }

  template <class Stream>
  asio::awaitable<void> say(Stream& stream, const ProxyAnswer& answer, error_code& ec) {
    const std::size_t piece = answer.pause_.count() != 0 ? 1 : std::max<std::size_t>(answer.bytes_.size(), 1);
    asio::steady_timer timer(io_);
    for (std::size_t sent = 0; sent < answer.bytes_.size(); sent += piece) {
      co_await asio::async_write(
          stream, asio::buffer(answer.bytes_.data() + sent, std::min(piece, answer.bytes_.size() - sent)),
          asio::redirect_error(asio::use_awaitable, ec));
      if (ec) co_return;
      if (answer.pause_.count() == 0) continue;
      timer.expires_after(answer.pause_);
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
    while (!answer.again_.empty() && !ec) {
      co_await asio::async_write(stream, asio::buffer(answer.again_), asio::redirect_error(asio::use_awaitable, ec));
    }
  }

  /// Passes bytes on in both directions until one of them ends; then ends the other.
  template <class Stream>
  asio::awaitable<void> relay(Stream& stream, tcp::socket& socket, tcp::socket& target, std::size_t limit) {
    // The direction to the target runs in parallel; this coroutine owns the sockets and waits for its end.
    asio::steady_timer ended(io_, asio::steady_timer::time_point::max());
    bool running = true;
    asio::co_spawn(io_, passOn(stream, target), [&](std::exception_ptr) {
      running = false;
      error_code ignored;
      target.shutdown(tcp::socket::shutdown_both, ignored);
      ended.cancel();
    });
    error_code ec;
    std::array<char, 16 * 1024> buffer;
    while (!ec && limit != 0) {
      const std::size_t bytes = co_await target.async_read_some(
          asio::buffer(buffer.data(), std::min(buffer.size(), limit)), asio::redirect_error(asio::use_awaitable, ec));
      limit -= bytes;
      if (!ec) {
        co_await asio::async_write(stream, asio::buffer(buffer.data(), bytes),
                                   asio::redirect_error(asio::use_awaitable, ec));
      }
    }
    error_code ignored;
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    while (running) co_await ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

  template <class Stream>
  asio::awaitable<void> passOn(Stream& stream, tcp::socket& target) {
    error_code ec;
    while (!ec) {
      std::string bytes;
      co_await readMore(stream, bytes, ec);
      change([&](Impl& p) { p.tunnelled_ += bytes; });
      error_code broken;
      co_await asio::async_write(target, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, broken));
      if (broken) ec = broken;
    }
  }

  static Connect parse(std::string head) {
    Connect connect;
    connect.credentials = takeField(head, "Proxy-Authorization");
    if (head.starts_with("CONNECT ")) connect.target = head.substr(8, head.find(' ', 8) - 8);
    connect.head = std::move(head);
    return connect;
  }

  /// Records a CONNECT and chooses its answer.
  ProxyAnswer record(const Connect& connect, const std::string& behind) {
    const std::lock_guard lock(mutex_);
    plaintext_ += connect.head + "\r\n\r\n" + behind;
    connects_.push_back(connect);
    if (!script_.empty()) {
      ProxyAnswer answer = std::move(script_.front());
      script_.pop_front();
      return answer;
    }
    if (!options_.username.empty() &&
        connect.credentials != "Basic " + base64(options_.username + ":" + options_.password)) {
      return ProxyAnswer::status(407, "Proxy-Authenticate: Basic realm=\"test\"\r\n");
    }
    if (connect.target.empty()) return ProxyAnswer::status(405);
    return default_.value_or(ProxyAnswer::established());
  }

  /// The proxy connects to loopback; the name decides only between IPv4 and IPv6.
  static tcp::endpoint targetOf(const std::string& target, const ProxyAnswer& answer) {
    if (answer.port_ != 0) return {asio::ip::address_v4::loopback(), answer.port_};
    const auto port = static_cast<std::uint16_t>(std::strtoul(target.c_str() + target.rfind(':') + 1, nullptr, 10));
    if (target.starts_with('[')) return {asio::ip::address_v6::loopback(), port};
    return {asio::ip::address_v4::loopback(), port};
  }

  // Only the thread uses these. They are declared before the context, whose coroutines use them until they end.
  bool ending_ = false;
  std::set<tcp::socket*> open_;
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  std::thread thread_;
};

TestProxy::TestProxy(TestProxyOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
TestProxy::~TestProxy() = default;

std::uint16_t TestProxy::port() const noexcept { return impl_->port_; }

std::string TestProxy::url(const std::string& host) const {
  return (impl_->options_.certificate ? "https://" : "http://") + host + ":" + std::to_string(port());
}

void TestProxy::script(std::vector<ProxyAnswer> answers) {
  const std::lock_guard lock(impl_->mutex_);
  for (ProxyAnswer& answer : answers) impl_->script_.push_back(std::move(answer));
}

void TestProxy::setDefault(ProxyAnswer answer) {
  const std::lock_guard lock(impl_->mutex_);
  impl_->default_ = std::move(answer);
}

std::vector<TestProxy::Connect> TestProxy::connects() const { return impl_->read(impl_->connects_); }
std::size_t TestProxy::connections() const { return impl_->read(impl_->connections_); }
std::size_t TestProxy::tunnels() const { return impl_->read(impl_->tunnels_); }
std::size_t TestProxy::openConnections() const { return impl_->read(impl_->openConnections_); }
std::string TestProxy::plaintext() const { return impl_->read(impl_->plaintext_); }
std::string TestProxy::tunnelled() const { return impl_->read(impl_->tunnelled_); }
void TestProxy::endAll(bool reset) { impl_->endAll(reset); }

}  // namespace box::test
