// How an attempt is sent: the part of a call between its token and its judgement.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "box/observe/interceptor.hpp"
#include "box/observe/observer.hpp"
#include "http/request_writer.hpp"
#include "network/url.hpp"
#include "network/validation.hpp"
#include "pipeline/call.hpp"
#include "pool/connection_pool.hpp"
#include "transport/exchange.hpp"
#include "transport/limits.hpp"

namespace box::inline v0_1 {

/// A request with the changes of the interceptors.
struct ChangedRequest {
  ChangedRequest(const NetworkRequest& original, std::uint64_t call)
      : request(original.operation->name, call, original.tag) {
    request.method = original.operation->method;
    request.url = original.url();
    request.headers = original.headers;
    request.body = original.body;
    request.contentType = original.contentType;
    for (const auto& interceptor : original.session.interceptors()) interceptor->beforeRequest(request);
    if (const std::string_view objection = methodObjection(request.method); !objection.empty()) {
      throw BoxSdkError(Errc::invalidRequest, std::string(objection));
    }
    url = checkedUrl(request.url, original.route->url());
    checkDetails(url.query, request.contentType, request.headers);
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

/// The request to send. `changed`: the request with the changes of the interceptors; null: no interceptor sees it.
RequestParts Call::partsOf(const ChangedRequest* changed) const {
  const Url& base = request_.route->url();
  RequestParts parts;
  parts.method = request_.operation->method;
  parts.authority = base.authority;
  parts.prefix = base.path;
  parts.path = request_.operation->path;
  parts.query = request_.query;
  if (const Secret* const token = secret()) parts.bearerToken = token->reveal();
  parts.contentType = request_.contentType;
  parts.sessionHeaders = isSecret() ? nullptr : &request_.session.extraHeaders();
  parts.headers = &request_.headers;
  parts.body = request_.body;
  if (changed == nullptr) return parts;
  parts.method = changed->request.method;
  parts.authority = changed->url.authority;
  parts.prefix = std::string_view();
  parts.path = changed->url.path;
  parts.query = changed->url.query;
  parts.headers = &changed->request.headers;
  parts.body = changed->request.body;
  parts.contentType = changed->request.contentType;
  return parts;
}

namespace {

/// Writes the results of the exchange into the attempt.
void record(Exchange& exchange, Attempt& attempt) {
  attempt.responseBegun = exchange.reader.begun();
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
  switch (exchange.unread()) {
    case Connection::Unread::data: return event::CloseReason::unsolicited;
    case Connection::Unread::end: return event::CloseReason::peer;
    case Connection::Unread::nothing: break;
  }
  return exchange.reader.keepAlive() ? event::CloseReason::failed : event::CloseReason::peer;
}

}  // namespace

/// A connection for the attempt; `limits` becomes the limits of the attempt from then on. Empty if none could be
/// obtained: then the attempt has the reason.
asio::awaitable<Lease> Call::lease(TimeLimits& limits) {
  const TimeoutOptions& timeouts = request_.session.timeouts();
  ConnectionPool& pool = request_.route->pool();
  Acquired acquired = co_await pool.acquire(fresh_, limits, timeouts);
  std::chrono::nanoseconds waited = acquired.waited;
  // The new connection needs a descriptor or a port, so idle connections are closed. They may belong to other pools,
  // which only the table of routes knows, so the pool cannot do this itself.
  if (acquired.lease.error().code == Errc::localResource && client_.routes().shedIdle()) {
    Acquired again = co_await pool.acquire(fresh_, acquired.limits, timeouts);
    waited += again.waited;
    acquired = std::move(again);
  }
  now_ = Clock::now();
  limits = acquired.limits;
  if (waited != std::chrono::nanoseconds::zero()) {
    record_.tell(event::PoolWaited{record_.id(), waited, record_.tag()});
  }
  if (acquired.lease) co_return std::move(*acquired.lease);
  attempt_.fail(std::move(acquired.lease).error());
  co_return Lease();
}

asio::awaitable<void> Call::send() {
  std::unique_ptr<const ChangedRequest> changed;
  if (isIntercepted()) {
    changed = std::make_unique<const ChangedRequest>(request_, record_.id());
    now_ = Clock::now();
  }
  const RequestParts parts = partsOf(changed.get());
  const NetworkSession& session = request_.session;
  TimeLimits limits(record_.deadline());
  limits.beginAttempt(now_, session.timeouts().attempt);
  Lease connection = fresh_ ? Lease() : request_.route->pool().tryAcquire(now_);
  if (!connection) {
    connection = co_await lease(limits);
    if (!connection) co_return;
  }
  // Nothing is sent after a cancellation, also if it came together with the connection, or before the call began.
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    connection.giveBackUnused();
    attempt_.fail(asio::error::operation_aborted, Phase::pool);
    co_return;
  }
  // Nor after the deadline, which may have passed in an interceptor.
  if (record_.deadline() <= now_) {
    connection.giveBackUnused();
    attempt_.fail(Errc::callTimeout, Phase::prepare);
    co_return;
  }
  attempt_.reusedConnection = connection.reused();

  writeRequest(connection->out, parts);
  const auto expect = parts.method == "HEAD" ? ResponseReader::Expect::header : ResponseReader::Expect::response;
  Exchange exchange(*connection, limits, session.timeouts(), session.responseLimits(), expect);
  connection->wire->forgetSent();
  ++connection->requests;
  attempt_.fate = Fate::inDoubt;  // from here on, even if an exception ends this coroutine
  co_await exchange.run();
  now_ = Clock::now();
  if (!connection->wire->hasSent()) {  // so the peer cannot have a byte of the request
    --connection->requests;
    attempt_.fate = Fate::notSent;
  }

  if (isSecret()) connection->wipe();
  const auto peerIdle = exchange.reader.keepAliveTimeout();
  record(exchange, attempt_);
  if (exchange.reusable) {
    connection.giveBack(now_, peerIdle);
  } else {
    connection.drop(reasonToDrop(attempt_, exchange));
  }
  // The watchdog ends connections in the same way for time limits and when the client is closed.
  if (attempt_.failed() && attempt_.code != asio::error::operation_aborted && client_.services()->watchdog->closed()) {
    attempt_.code = Errc::clientClosed;
  }
}

}  // namespace box::inline v0_1
