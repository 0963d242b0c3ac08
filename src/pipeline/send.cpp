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

namespace box {
namespace {

using Steady = std::chrono::steady_clock;

RequestParts partsOf(const Sending& sending) {
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
  return parts;
}

/// What the exchange has found out.
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

/// A connection, and the attempt's time from then on. Empty where there is none; `attempt` tells why.
asio::awaitable<Lease> lease(const Sending& sending, TimeLimits& limits, Attempt& attempt) {
  const TimeoutOptions& timeouts = sending.request.session.timeouts();
  ConnectionPool& pool = sending.request.route->pool();
  std::chrono::nanoseconds waited{0};
  StepResult<Lease> taken = co_await pool.acquire(sending.fresh, limits, timeouts, waited);
  // A connection is needed more than those that nobody uses are.
  if (taken.error().code == Errc::localResource && sending.routes.shedIdle()) {
    StepResult<Lease> again = co_await pool.acquire(sending.fresh, limits, timeouts, waited);
    taken = std::move(again);
  }
  if (waited != std::chrono::nanoseconds::zero()) {
    sending.call.tell(event::PoolWaited{sending.call.id(), waited, sending.call.tag()});
  }
  if (taken) co_return std::move(*taken);
  attempt.fail(std::move(taken).error());
  co_return Lease();
}

asio::awaitable<void> sendParts(Sending sending, RequestParts parts, Attempt& attempt) {
  checkRequest(parts);
  const NetworkRequest& request = sending.request;
  const Steady::time_point now = Steady::now();
  TimeLimits limits(sending.call.deadline());
  limits.beginAttempt(now, request.session.timeouts().attempt);
  Lease connection = sending.fresh ? Lease() : request.route->pool().tryAcquire(now);
  if (!connection) {
    connection = co_await lease(sending, limits, attempt);
    if (!connection) co_return;
  }
  // Nothing is sent after a cancellation, whether it came together with the connection or before the call did.
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
  attempt.fate = Fate::inDoubt;  // from here on, also where an exception ends this coroutine
  co_await exchange.run();

  if (isSecret(request)) connection->wipe();
  const auto peerIdle = exchange.reader.keepAliveTimeout();
  record(exchange, attempt);
  if (exchange.reusable) {
    connection.giveBack(peerIdle);
  } else {
    connection.drop(reasonToDrop(attempt, exchange));
  }
  // The watchdog ends connections in the same way for time limits and for closing.
  if (attempt.failed() && attempt.code != asio::error::operation_aborted && sending.network.watchdog->closed()) {
    attempt.code = Errc::clientClosed;
  }
}

/// The URL as an interceptor has left it. A bearer token goes to its own origin only.
Url checkedUrl(const std::string& text, const Url& base) {
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

}  // namespace

asio::awaitable<void> sendPlain(const Sending& sending, Attempt& attempt) {
  return sendParts(sending, partsOf(sending), attempt);
}

asio::awaitable<void> sendIntercepted(Sending sending, Attempt& attempt) {
  const NetworkRequest& request = sending.request;
  InterceptedRequest changed(request.operation->name, sending.call.id(), request.tag);
  changed.method = request.operation->method;
  changed.url = request.url();
  changed.headers = request.headers;
  changed.body = request.body;
  changed.contentType = request.contentType;
  for (const auto& interceptor : request.session.interceptors()) interceptor->beforeRequest(changed);

  const Url url = checkedUrl(changed.url, request.route->url());
  RequestParts parts = partsOf(sending);
  parts.method = changed.method;
  parts.authority = url.authority;
  parts.prefix = std::string_view();
  parts.path = url.path;
  parts.query = url.query;
  parts.headers = &changed.headers;
  parts.body = changed.body;
  parts.contentType = changed.contentType;
  co_await sendParts(sending, parts, attempt);
}

}  // namespace box
