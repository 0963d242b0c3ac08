#include "transport/dialer.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/heard_cancellation.hpp"
#include "async/handler_memory.hpp"
#include "async/watchdog.hpp"
#include "box/observe/observer.hpp"
#include "http/request_writer.hpp"
#include "network/proxy.hpp"
#include "support/wipe.hpp"
#include "transport/connect_attempts.hpp"
#include "transport/dial_sequence.hpp"
#include "transport/tls_context.hpp"
#include "transport/tls_errors.hpp"

namespace box::inline v0_1 {
namespace {

using Clock = std::chrono::steady_clock;
using Action = DialSequence::Action;

/// Makes the watchdog end the I/O of one step when its time limit passes. The sequence learns from the clock whether
/// that has happened.
class TimeLimited {
 public:
  TimeLimited(Watchdog::Guard& guard, Clock::time_point until) : guard_(guard) { guard_.arm(until); }
  ~TimeLimited() { guard_.disarm(); }
  TimeLimited(const TimeLimited&) = delete;
  TimeLimited& operator=(const TimeLimited&) = delete;

 private:
  Watchdog::Guard& guard_;
};

/// Waits until the socket is ready for the operation that last ended with would_block.
asio::awaitable<error_code> awaitTurn(Wire& wire) {
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  HandlerMemory memory;
  error_code ec;
  // Until the end of the handshake every type of cancellation ends a call.
  HeardCancellation cancellation(state.slot());
  co_await wire.asyncWait(
      wire.blockedBy(), asio::bind_allocator(memory.allocator(),
                                             asio::bind_cancellation_slot(
                                                 cancellation.slot(), asio::redirect_error(asio::use_awaitable, ec))));
  // A cancellation that arrives after the end of the wait has no operation to end, and the next co_await would throw.
  if (cancellation.types() != asio::cancellation_type::none) ec = asio::error::operation_aborted;
  co_return ec;
}

/// Repeats `function` until it does not end with would_block.
template <class Function>
asio::awaitable<error_code> persist(Wire& wire, Function& function) {
  for (;;) {
    error_code ec = function();
    if (ec != asio::error::would_block) co_return ec;
    ec = co_await awaitTurn(wire);
    if (ec) co_return ec;
  }
}

/// Performs the handshake, and checks its result.
asio::awaitable<StepResult<void>> shakeHands(Wire& wire) {
  const auto handshake = [&wire] { return wire.handshake(); };
  const error_code ec = co_await persist(wire, handshake);
  Failure failure;
  failure.cause = ec;
  if (ec == asio::error::operation_aborted) {
    failure.code = ec;
  } else if (ec) {
    failure.code = codeOfHandshakeFailure(wire.tls(), failure.cause);
    failure.context = failure.cause.message();
  } else {
    failure.context = TlsContext::objection(wire.tls());
    if (failure.context.empty()) co_return StepResult<void>();
    failure.code = Errc::tlsProtocolError;
  }
  co_return failure;
}

/// Begins TLS. That needs memory before the first byte is sent; a lack of memory is treated as a failure of the
/// handshake.
template <class Begin>
StepResult<void> begun(Begin begin) {
  try {
    begin();
    return {};
  } catch (const BoxSdkError& error) {
    Failure failure;
    failure.code = error.code();
    failure.cause = error.cause();
    failure.context = error.details().context;
    return failure;
  }
}

/// Bytes that arrive before the first request are not an answer to it. With a server that sends them, each request
/// would get the answer to another request. A TLS 1.3 server says only after the handshake that it requires a client
/// certificate.
StepResult<void> lookBeforeFirstUse(Connection& connection) {
  Failure failure;
  switch (connection.unread(failure.cause)) {
    case Connection::Unread::nothing: return {};
    case Connection::Unread::data:
      failure.code = Errc::protocolError;
      failure.context = "it sent bytes before the first request";
      break;
    case Connection::Unread::end:
      failure.code = codeOfReadFailure(failure.cause);
      failure.context = "it ended the connection after the handshake";
      break;
  }
  return failure;
}

asio::awaitable<void> sendConnect(Wire& wire, const Origin& to, const Secret& credentials, DialSequence& sequence) {
  std::string request;
  const WipeGuard guard(request);  // it contains the credentials for the proxy
  writeConnect(request, to.authority(), credentials.reveal());
  std::string_view rest = request;
  const auto writeAll = [&wire, &rest] {
    error_code ec;
    while (!rest.empty() && !ec) rest.remove_prefix(wire.write(asio::buffer(rest), ec));
    return ec;
  };
  const error_code ec = co_await persist(wire, writeAll);
  if (ec) {
    sequence.broke(ec);
  } else {
    sequence.sent();
  }
}

asio::awaitable<void> receiveAnswer(Wire& wire, DialSequence& sequence) {
  std::array<char, 1024> bytes;
  std::size_t size = 0;
  const auto read = [&] {
    error_code ec;
    size = wire.read(asio::buffer(bytes), ec);
    return ec;
  };
  const error_code ec = co_await persist(wire, read);
  if (ec) {
    sequence.broke(ec);
  } else {
    sequence.received(std::string_view(bytes.data(), size));
  }
}

}  // namespace

struct Dialer::Proxy : DialSequence::Proxy {
  Proxy(const ProxyOptions& options, std::shared_ptr<TlsContext> usual)
      : Proxy(parseProxyUrl(options.url, "ProxyOptions::url"), options, std::move(usual)) {}

  const std::shared_ptr<TlsContext> tls;  // null: no TLS
  const Secret credentials;

 private:
  Proxy(const Url& url, const ProxyOptions& options, std::shared_ptr<TlsContext> usual)
      : DialSequence::Proxy{Origin(url), url.secure},
        tls(!url.secure   ? nullptr
            : options.tls ? TlsContext::of(*options.tls)
                          : std::move(usual)),
        credentials(basicCredentials(options)) {
    authorized = !credentials.reveal().empty();
  }
};

Dialer::Dialer(std::shared_ptr<ClientServices> network, Destination destination, std::chrono::nanoseconds lookupAge)
    : services_(std::move(network)),
      destination_(std::move(destination)),
      proxy_(destination_.proxy.url.empty() ? nullptr
                                            : std::make_shared<const Proxy>(destination_.proxy, services_->tls)),
      resolver_(std::make_unique<Resolver>(services_->watchdog, lookupAge)) {}

void Dialer::startProxyTls(Wire& wire) const {
  wire.startTls(proxy_->tls->makeTls(proxy_->at.host, proxy_->at.isIpLiteral, sessions_->proxy));
}

std::unique_ptr<Connection> Dialer::startBoxTls(std::unique_ptr<Wire> wire) const {
  const Origin& origin = destination_.origin;
  wire->startTls(services_->tls->makeTls(origin.host, origin.isIpLiteral, sessions_->origin));
  return std::make_unique<Connection>(std::move(wire), sessions_, services_->connections.fetch_add(1) + 1);
}

asio::awaitable<StepResult<std::unique_ptr<Connection>>> Dialer::dial(TimeLimits limits,
                                                                      const TimeoutOptions& timeouts) const {
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  const Clock::time_point started = Clock::now();
  const Origin& origin = destination_.origin;
  DialSequence sequence(origin, proxy_.get(), limits, timeouts, started);
  std::optional<ConnectAttempts> attempts;
  std::unique_ptr<Wire> wire;              // set after the race
  std::unique_ptr<Connection> connection;  // set when TLS with Box begins
  for (;;) {
    if (services_->watchdog->closed()) sequence.closed();
    if (cancellation.cancelled() != asio::cancellation_type::none) sequence.cancelled();
    const DialSequence::Step step = sequence.next(Clock::now());
    switch (step.action) {
      case Action::lookUp: {
        const Origin& peer = sequence.peer();
        StepResult<Resolver::Endpoints> found = co_await resolver_->resolve(peer.host, peer.port, step.until);
        sequence.lookedUp(std::move(found));
        break;
      }
      case Action::connect: {
        // A socket must not be made on an executor whose context was destroyed; that does not happen here, because the
        // client is closed then.
        if (!attempts) attempts.emplace(services_->executor(), sequence.addresses().size());
        const error_code ec = attempts->start(step.address, sequence.addresses()[step.address]);
        if (ec) sequence.connectEnded(step.address, ec);
        break;
      }
      case Action::close: attempts->close(step.address); break;
      case Action::wait:
        // The state of the coroutine forgets a cancellation that another one follows at once.
        if (co_await attempts->waitForEnd(services_->watchdog, step.until) == asio::error::operation_aborted) {
          sequence.cancelled();
        }
        for (const ConnectAttempts::End& end : attempts->ends()) sequence.connectEnded(end.address, end.ec);
        break;
      case Action::use:
        wire = std::make_unique<Wire>(attempts->take(step.address), services_->watchdog);
        attempts.reset();
        break;
      case Action::proxyHandshake: {
        StepResult<void> tls = begun([&] { startProxyTls(*wire); });
        if (!tls) {
          sequence.shookHands(std::move(tls));
          break;
        }
        const TimeLimited limited(wire->guard(), step.until);
        StepResult<void> result = co_await shakeHands(*wire);
        sequence.shookHands(std::move(result));
        break;
      }
      case Action::sendConnect: {
        const TimeLimited limited(wire->guard(), step.until);
        co_await sendConnect(*wire, origin, proxy_->credentials, sequence);
        break;
      }
      case Action::receiveAnswer: {
        const TimeLimited limited(wire->guard(), step.until);
        co_await receiveAnswer(*wire, sequence);
        break;
      }
      case Action::boxHandshake: {
        StepResult<void> tls = begun([&] { connection = startBoxTls(std::move(wire)); });
        if (!tls) {
          sequence.shookHands(std::move(tls));
          break;
        }
        const TimeLimited limited(*connection->guard, step.until);
        StepResult<void> result = co_await shakeHands(*connection->wire);
        sequence.shookHands(std::move(result));
        break;
      }
      case Action::look: sequence.looked(lookBeforeFirstUse(*connection)); break;
      case Action::succeed: {
        connection->opened = Clock::now();
        const SSL* ssl = connection->wire->tls();
        services_->notify(event::ConnectionOpened{
            connection->id, origin.host, origin.port, TlsContext::version(ssl), TlsContext::resumed(ssl),
            proxy_ ? std::string_view(proxy_->at.host) : "", connection->opened - started});
        co_return std::move(connection);
      }
      case Action::fail:
        if (!isCancelledOrClosed(sequence.failure().code)) resolver_->forget();
        co_return sequence.failure();
    }
  }
}

}  // namespace box::inline v0_1
