#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "box/network/headers.hpp"
#include "box/network/options.hpp"
#include "box/observe/data_sanitizer.hpp"
#include "box/observe/interceptor.hpp"
#include "box/policy/backoff.hpp"
#include "box/policy/retry.hpp"
#include "box/policy/retry_budget.hpp"
#include "box/support/clock.hpp"
#include "box/support/export.hpp"
#include "box/support/random.hpp"

namespace box {

class NetworkClient;
class Observer;

/// How calls go out: an immutable set of settings, cheap to copy. Each with…() gives a copy with one setting changed and all
/// others kept. *Errors*: a with…() that is given something unusable throws BoxSdkError with Errc::invalidConfiguration,
/// which names the setting. Settings replace what was there, but withExtraHeaders() and withInterceptors(), which add to it. Pool,
/// TLS, observer and network client belong for good to the client that is made with them; BoxClient::withNetworkSession() changes
/// all others on a client. *Threads*: copies may be used on any threads.
class BOX_API NetworkSession {
 public:
  NetworkSession();

  NetworkSession withCustomBaseUrls(BaseUrls urls) const;
  /// Adds headers to every call, not to token requests; one of the same name is replaced. Refused are names that are no
  /// tokens, values with control characters, and headers that the library owns (Host, Authorization, Content-Length, …).
  NetworkSession withExtraHeaders(HeaderListView headers) const;
  NetworkSession withTimeouts(TimeoutOptions timeouts) const;
  NetworkSession withPool(PoolOptions pool) const;
  NetworkSession withTls(TlsOptions tls) const;
  NetworkSession withProxy(ProxyOptions proxy) const;
  NetworkSession withResponseLimits(ResponseLimits limits) const;
  /// Null is refused by these three.
  NetworkSession withRetryPolicy(std::shared_ptr<const RetryPolicy> policy) const;
  NetworkSession withBackoffPolicy(std::shared_ptr<const BackoffPolicy> policy) const;
  NetworkSession withDataSanitizer(std::shared_ptr<const DataSanitizer> sanitizer) const;
  /// Null: repeats are not bounded by a budget.
  NetworkSession withRetryBudget(std::shared_ptr<RetryBudget> budget) const;
  /// Adds to those that are there; called in this order before an attempt, in reverse after it.
  NetworkSession withInterceptors(InterceptorListView interceptors) const;
  /// Null: none.
  NetworkSession withObserver(std::shared_ptr<Observer> observer) const;
  NetworkSession withClock(std::shared_ptr<const Clock> clock) const;
  NetworkSession withRandom(std::shared_ptr<const Random> random) const;
  /// Sends everything through the caller's own client instead of the library's. Null: the library's.
  NetworkSession withNetworkClient(std::shared_ptr<NetworkClient> client) const;

  const BaseUrls& baseUrls() const noexcept;
  const HttpHeaders& extraHeaders() const noexcept;
  const TimeoutOptions& timeouts() const noexcept;
  const PoolOptions& pool() const noexcept;
  const TlsOptions& tls() const noexcept;
  const ProxyOptions& proxy() const noexcept;
  const ResponseLimits& responseLimits() const noexcept;
  const std::shared_ptr<const RetryPolicy>& retryPolicy() const noexcept;
  const std::shared_ptr<const BackoffPolicy>& backoffPolicy() const noexcept;
  const std::shared_ptr<RetryBudget>& retryBudget() const noexcept;
  const std::shared_ptr<const DataSanitizer>& dataSanitizer() const noexcept;
  const std::vector<std::shared_ptr<Interceptor>>& interceptors() const noexcept;
  const std::shared_ptr<Observer>& observer() const noexcept;
  const std::shared_ptr<const Clock>& clock() const noexcept;
  const std::shared_ptr<const Random>& random() const noexcept;
  const std::shared_ptr<NetworkClient>& networkClient() const noexcept;

 private:
  struct State;
  explicit NetworkSession(std::shared_ptr<const State> state) noexcept;
  std::shared_ptr<const State> state_;
};

}  // namespace box
