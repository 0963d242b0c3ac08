#include "box/network/session.hpp"

#include <string>
#include <utility>

#include "box/error.hpp"
#include "box/observe/interceptor.hpp"
#include "box/observe/observer.hpp"
#include "network/proxy.hpp"
#include "network/url.hpp"
#include "network/validation.hpp"
#include "support/refuse.hpp"

namespace box::inline v0_1 {

struct NetworkSession::State {
  BaseUrls urls;
  HttpHeaders headers;
  TimeoutOptions timeouts;
  PoolOptions pool;
  TlsOptions tls;
  ProxyOptions proxy;
  ResponseLimits limits;
  std::shared_ptr<const RetryPolicy> retry = std::make_shared<DefaultRetryPolicy>();
  std::shared_ptr<const BackoffPolicy> backoff = std::make_shared<ExponentialBackoffPolicy>();
  std::shared_ptr<RetryBudget> budget = std::make_shared<TokenRetryBudget>();
  std::shared_ptr<const DataSanitizer> sanitizer = defaultDataSanitizer();
  std::vector<std::shared_ptr<Interceptor>> interceptors;
  std::shared_ptr<Observer> observer;
  std::shared_ptr<const Clock> clock = systemClock();
  std::shared_ptr<const Random> random = systemRandom();
  std::shared_ptr<NetworkClient> networkClient;
};

namespace {

template <class T>
void requireObject(const std::shared_ptr<T>& object, const char* setting) {
  if (!object) refuseConfiguration(std::string(setting) + " must not be null");
}

void requirePositive(std::chrono::nanoseconds limit, const char* setting) {
  if (limit <= std::chrono::nanoseconds::zero())
    refuseConfiguration(std::string(setting) + " must be longer than zero");
}

void requireAtLeastOne(std::size_t count, const char* setting) {
  if (count == 0) refuseConfiguration(std::string(setting) + " must be at least 1");
}

void requireTrust(const TlsOptions& tls, const char* setting) {
  if (!tls.systemStore && !tls.caFile && !tls.caPem) {
    refuseConfiguration(std::string(setting) +
                        ": with systemStore off, caFile or caPem must name the certificates to trust");
  }
}

/// Between two addresses there cannot be more connections than ports.
constexpr std::size_t mostConnections = 65535;

/// The URL in its canonical form, without a slash at the end, so that equal origins share their connections.
std::string canonical(const std::string& text, const char* setting) {
  const Url url = parseUrl(text, setting);
  std::string_view path = url.path;
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  return "https://" + url.authority + std::string(path);
}

}  // namespace

NetworkSession::NetworkSession() : state_(std::make_shared<const State>()) {}
NetworkSession::NetworkSession(std::shared_ptr<const State> state) noexcept : state_(std::move(state)) {}

// Every with…() has the same three steps: it checks the argument, copies the state, and changes one member.
#define BOX_WITH(member, value)                      \
  do {                                               \
    auto changed = std::make_shared<State>(*state_); \
    changed->member = value;                         \
    return NetworkSession(std::move(changed));       \
  } while (false)

NetworkSession NetworkSession::withCustomBaseUrls(BaseUrls urls) const {
  urls.baseUrl = canonical(urls.baseUrl, "BaseUrls::baseUrl");
  urls.oauth2Url = canonical(urls.oauth2Url, "BaseUrls::oauth2Url");
  BOX_WITH(urls, std::move(urls));
}

NetworkSession NetworkSession::withExtraHeaders(HeaderListView headers) const {
  HttpHeaders merged = state_->headers;
  headers.forEach([&](HeaderView h) {
    if (std::string objection = headerObjection(h.name, h.value); !objection.empty())
      refuseConfiguration(std::move(objection));
    merged.set(h.name, h.value);
  });
  BOX_WITH(headers, std::move(merged));
}

NetworkSession NetworkSession::withTimeouts(TimeoutOptions t) const {
  requirePositive(t.call, "TimeoutOptions::call");
  requirePositive(t.attempt, "TimeoutOptions::attempt");
  requirePositive(t.pool, "TimeoutOptions::pool");
  requirePositive(t.resolve, "TimeoutOptions::resolve");
  requirePositive(t.connect, "TimeoutOptions::connect");
  requirePositive(t.proxy, "TimeoutOptions::proxy");
  requirePositive(t.handshake, "TimeoutOptions::handshake");
  requirePositive(t.write, "TimeoutOptions::write");
  requirePositive(t.responseHeader, "TimeoutOptions::responseHeader");
  requirePositive(t.bodyIdle, "TimeoutOptions::bodyIdle");
  BOX_WITH(timeouts, t);
}

NetworkSession NetworkSession::withPool(PoolOptions p) const {
  requireAtLeastOne(p.maxConnections, "PoolOptions::maxConnections");
  if (p.maxConnections > mostConnections) {
    refuseConfiguration("PoolOptions::maxConnections must be at most " + std::to_string(mostConnections));
  }
  requireAtLeastOne(p.maxRequests, "PoolOptions::maxRequests");
  requirePositive(p.idleTimeout, "PoolOptions::idleTimeout");
  requirePositive(p.maxAge, "PoolOptions::maxAge");
  if (p.lookupAge < p.lookupAge.zero()) refuseConfiguration("PoolOptions::lookupAge must not be negative");
  BOX_WITH(pool, p);
}

NetworkSession NetworkSession::withTls(TlsOptions tls) const {
  requireTrust(tls, "TlsOptions");
  BOX_WITH(tls, std::move(tls));
}

NetworkSession NetworkSession::withProxy(ProxyOptions proxy) const {
  if (std::string objection = proxyObjection(proxy); !objection.empty()) refuseConfiguration(std::move(objection));
  if (!proxy.url.empty()) {
    const Url url = parseProxyUrl(proxy.url, "ProxyOptions::url");
    proxy.url = (url.secure ? "https://" : "http://") + url.authority;
  }
  if (proxy.tls) requireTrust(*proxy.tls, "ProxyOptions::tls");
  BOX_WITH(proxy, std::move(proxy));
}

NetworkSession NetworkSession::withResponseLimits(ResponseLimits limits) const {
  requireAtLeastOne(limits.headerBytes, "ResponseLimits::headerBytes");
  requireAtLeastOne(limits.headerFields, "ResponseLimits::headerFields");
  requireAtLeastOne(limits.bodyBytes, "ResponseLimits::bodyBytes");
  requireAtLeastOne(limits.wireBytes, "ResponseLimits::wireBytes");
  BOX_WITH(limits, limits);
}

NetworkSession NetworkSession::withRetryPolicy(std::shared_ptr<const RetryPolicy> policy) const {
  requireObject(policy, "the retry policy");
  BOX_WITH(retry, std::move(policy));
}

NetworkSession NetworkSession::withBackoffPolicy(std::shared_ptr<const BackoffPolicy> policy) const {
  requireObject(policy, "the backoff policy");
  BOX_WITH(backoff, std::move(policy));
}

NetworkSession NetworkSession::withDataSanitizer(std::shared_ptr<const DataSanitizer> sanitizer) const {
  requireObject(sanitizer, "the data sanitizer");
  BOX_WITH(sanitizer, std::move(sanitizer));
}

NetworkSession NetworkSession::withRetryBudget(std::shared_ptr<RetryBudget> budget) const {
  BOX_WITH(budget, std::move(budget));
}

NetworkSession NetworkSession::withInterceptors(InterceptorListView interceptors) const {
  std::vector<std::shared_ptr<Interceptor>> all = state_->interceptors;
  for (auto& interceptor : interceptors.share()) {
    requireObject(interceptor, "an interceptor");
    all.push_back(std::move(interceptor));
  }
  BOX_WITH(interceptors, std::move(all));
}

NetworkSession NetworkSession::withObserver(std::shared_ptr<Observer> observer) const {
  BOX_WITH(observer, std::move(observer));
}

NetworkSession NetworkSession::withClock(std::shared_ptr<const Clock> clock) const {
  requireObject(clock, "the clock");
  BOX_WITH(clock, std::move(clock));
}

NetworkSession NetworkSession::withRandom(std::shared_ptr<const Random> random) const {
  requireObject(random, "the source of random numbers");
  BOX_WITH(random, std::move(random));
}

NetworkSession NetworkSession::withNetworkClient(std::shared_ptr<NetworkClient> client) const {
  BOX_WITH(networkClient, std::move(client));
}

#undef BOX_WITH

const BaseUrls& NetworkSession::baseUrls() const noexcept { return state_->urls; }
const HttpHeaders& NetworkSession::extraHeaders() const noexcept { return state_->headers; }
const TimeoutOptions& NetworkSession::timeouts() const noexcept { return state_->timeouts; }
const PoolOptions& NetworkSession::pool() const noexcept { return state_->pool; }
const TlsOptions& NetworkSession::tls() const noexcept { return state_->tls; }
const ProxyOptions& NetworkSession::proxy() const noexcept { return state_->proxy; }
const ResponseLimits& NetworkSession::responseLimits() const noexcept { return state_->limits; }
const std::shared_ptr<const RetryPolicy>& NetworkSession::retryPolicy() const noexcept { return state_->retry; }
const std::shared_ptr<const BackoffPolicy>& NetworkSession::backoffPolicy() const noexcept { return state_->backoff; }
const std::shared_ptr<RetryBudget>& NetworkSession::retryBudget() const noexcept { return state_->budget; }
const std::shared_ptr<const DataSanitizer>& NetworkSession::dataSanitizer() const noexcept { return state_->sanitizer; }
const std::vector<std::shared_ptr<Interceptor>>& NetworkSession::interceptors() const noexcept {
  return state_->interceptors;
}
const std::shared_ptr<Observer>& NetworkSession::observer() const noexcept { return state_->observer; }
const std::shared_ptr<const Clock>& NetworkSession::clock() const noexcept { return state_->clock; }
const std::shared_ptr<const Random>& NetworkSession::random() const noexcept { return state_->random; }
const std::shared_ptr<NetworkClient>& NetworkSession::networkClient() const noexcept { return state_->networkClient; }

}  // namespace box::inline v0_1
