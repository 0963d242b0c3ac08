#include "transport/dialer.hpp"

#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace box {
namespace {

using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

bool isLocalShortage(const error_code& ec) {
  if (ec.category() != boost::system::system_category()) return false;
  switch (ec.value()) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
      return true;
    default:
      return false;
  }
}

void setOption(int fd, int level, int name, int value) noexcept {
  // Each is an improvement, none is needed: an old kernel may refuse.
  static_cast<void>(::setsockopt(fd, level, name, &value, sizeof value));
}

/// A socket that no child process inherits, set up against peers that vanish without a word.
error_code openSocket(tcp::socket& socket, const tcp& protocol) {
  const int fd = ::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return error_code(errno, boost::system::system_category());
  setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, 15);
  setOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
  setOption(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
  setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 30000);  // milliseconds
  error_code ec;
  socket.assign(protocol, fd, ec);
  if (ec) ::close(fd);
  return ec;
}

/// Makes every cancellation that the caller lets through a terminal one, while it lives: the operations of a TLS stream
/// take no other, and up to the handshake a call is to be cancelled by any.
class Termination {
 public:
  explicit Termination(asio::cancellation_slot callers) : callers_(callers) {
    if (!callers_.is_connected()) return;
    callers_.assign([this](asio::cancellation_type) { signal_.emit(asio::cancellation_type::terminal); });
  }
  ~Termination() {
    if (callers_.is_connected()) callers_.clear();
  }
  Termination(const Termination&) = delete;
  Termination& operator=(const Termination&) = delete;

  asio::cancellation_slot slot() noexcept { return signal_.slot(); }

 private:
  asio::cancellation_slot callers_;
  asio::cancellation_signal signal_;
};

}  // namespace

Network::Network(asio::any_io_executor ioExecutor, const TlsOptions& tlsOptions, std::shared_ptr<Observer> eventObserver)
    : executor(std::move(ioExecutor)),
      tls(std::make_shared<TlsContext>(tlsOptions)),
      watchdog(std::make_shared<Watchdog>(executor)),
      resolver(watchdog),
      observer(std::move(eventObserver)) {}

void Network::notify(const Event& event) const noexcept {
  if (!observer) return;
  try {
    observer->onEvent(event);
  } catch (...) {
  }
}

Dialer::Dialer(std::shared_ptr<Network> network, Origin origin)
    : network_(std::move(network)), origin_(std::move(origin)) {}

asio::awaitable<tcp::socket> Dialer::connect(const Resolver::Endpoints& endpoints, TimeLimits limits,
                                             const TimeoutOptions& timeouts, Watchdog::Guard& guard,
                                             Failure& failure) const {
  tcp::socket socket(network_->executor);
  failure.phase = Phase::connect;
  for (const tcp::endpoint& endpoint : endpoints) {
    error_code ec = openSocket(socket, endpoint.protocol());
    bool late = false;
    const PhaseLimit limit = limits.phase(Clock::now(), timeouts.connect, Errc::connectTimeout);
    if (!ec) {
      guard.attach(socket.native_handle());
      guard.arm(limit.at);
      co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, ec));
      late = guard.disarm();
      if (!ec && !late) {
        failure = Failure();
        co_return std::move(socket);
      }
      guard.detach();
      error_code ignored;
      socket.close(ignored);
    }
    failure.cause = late ? error_code() : ec;
    if (network_->watchdog->closed()) {
      failure.code = Errc::clientClosed;
    } else if (late) {
      failure.code = limit.code;
    } else if (ec == asio::error::operation_aborted) {
      failure.code = ec;
    } else {
      failure.code = isLocalShortage(ec) ? Errc::localResource : Errc::connectFailed;
    }
    // Only what concerns this address alone is worth trying the next one for.
    if (failure.code != Errc::connectFailed && failure.code != Errc::connectTimeout) break;
  }
  co_return std::move(socket);
}

asio::awaitable<std::unique_ptr<Connection>> Dialer::dial(TimeLimits limits, const TimeoutOptions& timeouts,
                                                          Failure& failure) const {
  const Clock::time_point started = Clock::now();
  auto guard = std::make_unique<Watchdog::Guard>(network_->watchdog);

  failure.phase = Phase::resolve;
  const PhaseLimit lookup = limits.phase(started, timeouts.resolve, Errc::resolveTimeout);
  const Resolver::Endpoints endpoints =
      co_await network_->resolver.resolve(origin_.host, origin_.port, lookup.at, failure.code, failure.cause);
  if (failure.code == Errc::resolveTimeout) failure.code = lookup.code;
  if (failure) {
    failure.context = "looking up " + origin_.host;
    co_return nullptr;
  }

  tcp::socket socket = co_await connect(endpoints, limits, timeouts, *guard, failure);
  if (failure) {
    failure.context = "connecting to " + origin_.host + ", port " + std::to_string(origin_.port);
    co_return nullptr;
  }

  auto connection = std::make_unique<Connection>(
      network_->tls->makeStream(std::move(socket), origin_.host, origin_.isIpLiteral, *sessions_), sessions_,
      std::move(guard), network_->connections.fetch_add(1) + 1);
  failure.phase = Phase::handshake;
  const PhaseLimit limit = limits.phase(Clock::now(), timeouts.handshake, Errc::handshakeTimeout);
  connection->guard->arm(limit.at);
  error_code ec;
  {
    Termination termination((co_await asio::this_coro::cancellation_state).slot());
    co_await connection->stream->async_handshake(
        asio::ssl::stream_base::client,
        asio::bind_cancellation_slot(termination.slot(), asio::redirect_error(asio::use_awaitable, ec)));
  }
  const bool late = connection->guard->disarm();
  if (ec || late) {
    failure.cause = ec;
    failure.context = "TLS with " + origin_.host;
    if (network_->watchdog->closed()) {
      failure.code = Errc::clientClosed;
    } else if (late) {
      failure.code = limit.code;
      failure.cause = error_code();
    } else if (ec == asio::error::operation_aborted) {
      failure.code = ec;
    } else {
      failure.code = TlsContext::judgeHandshake(*connection->stream, failure.cause);
      failure.context += ": " + failure.cause.message();
    }
    co_return nullptr;
  }
  if (std::string objection = TlsContext::objection(*connection->stream); !objection.empty()) {
    failure.code = Errc::tlsProtocolError;
    failure.context = "TLS with " + origin_.host + ": " + objection;
    co_return nullptr;
  }
  failure = Failure();
  connection->opened = Clock::now();
  network_->notify(event::ConnectionOpened{connection->id, origin_.host, origin_.port,
                                           TlsContext::version(*connection->stream),
                                           TlsContext::resumed(*connection->stream), connection->opened - started});
  co_return connection;
}

}  // namespace box
