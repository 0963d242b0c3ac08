#include "pipeline/send.hpp"

#include <chrono>
#include <memory>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "box/observe/interceptor.hpp"
#include "box/observe/observer.hpp"
#include "http/request_writer.hpp"
#include "network/url.hpp"
#include "pool/connection_pool.hpp"
#include "transport/exchange.hpp"
#include "transport/limits.hpp"

namespace box::inline v0_1 {
namespace {

using Steady = CallRecord::Clock;

/// A request with the changes of the interceptors.
struct ChangedRequest {
  explicit ChangedRequest(const Sending& sending)
      : request(sending.request.operation->name, sending.call.id(), sending.request.tag) {
    const NetworkRequest& original = sending.request;
    request.method = original.operation->method;
    request.url = original.url();
    request.headers = original.headers;
    request.body = original.body;
    request.contentType = original.contentType;
    for (const auto& interceptor : original.session.interceptors()) interceptor->beforeRequest(request);
    url = checkedUrl(request.url, original.route->url());
  }

  /// Checks the URL, because a bearer token may be sent to its own origin only.
  static Url checkedUrl(const std::string& text, const Url& base) {
    try {
      Url url = parseRequestUrl(text, "the URL that an interceptor has set");
      if (url.host == base.host && url.port == base.port) return url;
    } catch (const BoxSdkError& error) {
      throw BoxSdkError(Errc::invalidRequest, error.details().context);
    }
    throw BoxSdkError(
        Errc::invalidRequest,
        "an interceptor has set a URL of another host or port than the base URL has; nothing was sent there");
  }

  InterceptedRequest request;
  Url url;  // refers to the request's URL
};

/// The request to send, checked. `changed`: the request with the changes of the interceptors; null: no interceptor sees
/// it.
RequestParts partsOf(const Sending& sending, const ChangedRequest* changed) {
  const NetworkRequest& request = sending.request;
  const Url& base = request.route->url();
  RequestParts parts;
  parts.method = request.operation->method;
  parts.authority = base.authority;
  parts.prefix = base.path;
  parts.path = request.operation->path;
  parts.query = request.query;
  if (sending.token != nullptr) parts.bearerToken = sending.token->reveal();
  parts.contentType = request.contentType;
  parts.sessionHeaders = isSecret(request) ? nullptr : &request.session.extraHeaders();
  parts.headers = &request.headers;
  parts.body = request.body;
  if (changed == nullptr) {
    checkDetails(parts);  // the operation, the base URL and the session were checked when they were made
    return parts;
  }
  parts.method = changed->request.method;
  parts.authority = changed->url.authority;
  parts.prefix = std::string_view();
  parts.path = changed->url.path;
  parts.query = changed->url.query;
  parts.headers = &changed->request.headers;
  parts.body = changed->request.body;
  parts.contentType = changed->request.contentType;
  checkRequest(parts);
  return parts;
}

/// Writes the results of the exchange into the attempt.
void record(Exchange& exchange, Attempt& attempt) {
  attempt.begun = exchange.reader.begun();
  attempt.answered = exchange.reader.headerComplete();
  if (exchange.failure) {
    attempt.fail(std::move(exchange.failure));
  } else {
    attempt.phase = Phase::read;
  }
  FetchResponse& response = attempt.response;
  if (attempt.answered) {
    response.statusCode = exchange.reader.statusCode();
    response.bodyIntact = exchange.reader.bodyIntact();
  }
  response.headers = exchange.reader.takeHeaders();
  if (response.bodyIntact) response.body = exchange.reader.takeBody();
}

event::CloseReason reasonToDrop(const Attempt& attempt, const Exchange& exchange) {
  if (attempt.failed()) return event::CloseReason::failed;
  return exchange.leftover() ? event::CloseReason::unsolicited : event::CloseReason::peer;
}

/// A connection for the attempt; `limits` becomes the limits of the attempt from then on. Empty if none could be
/// obtained: then `attempt` has the reason.
asio::awaitable<Lease> lease(Sending sending, TimeLimits& limits, Attempt& attempt) {
  const TimeoutOptions& timeouts = sending.request.session.timeouts();
  ConnectionPool& pool = sending.request.route->pool();
  Acquired acquired = co_await pool.acquire(sending.fresh, limits, timeouts);
  std::chrono::nanoseconds waited = acquired.waited;
  // Descriptors or ports are needed for the new connection, so idle ones are closed.
  if (acquired.lease.error().code == Errc::localResource && sending.routes.shedIdle()) {
    Acquired again = co_await pool.acquire(sending.fresh, acquired.limits, timeouts);
    waited += again.waited;
    acquired = std::move(again);
  }
  sending.now = Steady::now();
  limits = acquired.limits;
  if (waited != std::chrono::nanoseconds::zero()) {
    sending.call.tell(event::PoolWaited{sending.call.id(), waited, sending.call.tag()});
  }
  if (acquired.lease) co_return std::move(*acquired.lease);
  attempt.fail(std::move(acquired.lease).error());
  co_return Lease();
}

}  // namespace

asio::awaitable<void> sendOnce(Sending sending, Attempt& attempt) {
  const NetworkRequest& request = sending.request;
  std::unique_ptr<const ChangedRequest> changed;
  if (isIntercepted(request)) {
    changed = std::make_unique<const ChangedRequest>(sending);
    sending.now = Steady::now();
  }
  const RequestParts parts = partsOf(sending, changed.get());
  TimeLimits limits(sending.call.deadline());
  limits.beginAttempt(sending.now, request.session.timeouts().attempt);
  Lease connection = sending.fresh ? Lease() : request.route->pool().tryAcquire(sending.now);
  if (!connection) {
    connection = co_await lease(sending, limits, attempt);
    if (!connection) co_return;
  }
  // Nothing is sent after a cancellation, also if it came together with the connection, or before the call began.
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    connection.giveBackUnused();
    attempt.fail(asio::error::operation_aborted, Phase::pool);
    co_return;
  }
  attempt.reusedConnection = connection.reused();

  writeRequest(connection->out, parts);
  const auto expect = parts.method == "HEAD" ? ResponseReader::Expect::header : ResponseReader::Expect::response;
  Exchange exchange(*connection, limits, request.session.timeouts(), request.session.responseLimits(), expect);
  attempt.fate = Fate::inDoubt;  // from here on, even if an exception ends this coroutine
  co_await exchange.run();
  sending.now = Steady::now();

  if (isSecret(request)) connection->wipe();
  const auto peerIdle = exchange.reader.keepAliveTimeout();
  record(exchange, attempt);
  if (exchange.reusable) {
    connection.giveBack(sending.now, peerIdle);
  } else {
    connection.drop(reasonToDrop(attempt, exchange));
  }
  // The watchdog ends connections in the same way for time limits and when the client is closed.
  if (attempt.failed() && attempt.code != asio::error::operation_aborted && sending.services.watchdog->closed()) {
    attempt.code = Errc::clientClosed;
  }
}

}  // namespace box::inline v0_1
