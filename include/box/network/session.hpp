#pragma once

#include <memory>
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

namespace box::inline v0_1 {

class NetworkClient;
class Observer;

/// The settings of calls: an immutable object that is cheap to copy. Each with…() gives a copy with one setting changed
/// and all others kept. *Errors*: a with…() function throws BoxSdkError with Errc::invalidConfiguration for an unusable
/// setting; the text names the setting. The new setting replaces the old one, except for withExtraHeaders() and
/// withInterceptors(), which add. Pool, TLS, observer and network client cannot be changed on the client that is made
/// with them; BoxClient::withNetworkSession() gives a copy of a client in which any of the others are changed.
/// *Threads*: copies may be used on any threads.
class BOX_API NetworkSession {
 public:
  /// Makes a session in which all settings have their defaults.
  NetworkSession();

  /// Sends calls and token requests to other base URLs. A slash at the end is removed.
  NetworkSession withCustomBaseUrls(BaseUrls urls) const;
  /// Adds headers to every call, not to token requests; one with the same name is replaced. Refused are names that are
  /// not RFC 9110 tokens of at most 128 bytes; values that are longer than 4096 bytes, have blanks at their ends, or
  /// have anything but printable ASCII and tabs; and headers that the library sets (Host, Authorization,
  /// Content-Length, …). User-Agent and Accept may be set, and replace those of the library.
  NetworkSession withExtraHeaders(HeaderListView headers) const;
  /// Replaces all time limits. A limit that `timeouts` does not set has its default: start from timeouts() to change
  /// one.
  NetworkSession withTimeouts(TimeoutOptions timeouts) const;
  /// How many connections are allowed, and how long they are kept.
  NetworkSession withPool(PoolOptions pool) const;
  /// Which servers are trusted. Files are read when a client is made, not here.
  NetworkSession withTls(TlsOptions tls) const;
  /// The proxy for every connection. Default: ProxyOptions(), which means no proxy.
  NetworkSession withProxy(ProxyOptions proxy) const;
  /// How large a response may be.
  NetworkSession withResponseLimits(ResponseLimits limits) const;
  /// Which failed attempts are retried. Default: DefaultRetryPolicy. Null is refused.
  NetworkSession withRetryPolicy(std::shared_ptr<const RetryPolicy> policy) const;
  /// How long a retry waits. Default: ExponentialBackoffPolicy. Null is refused.
  NetworkSession withBackoffPolicy(std::shared_ptr<const BackoffPolicy> policy) const;
  /// How the server's texts are cleaned before an error shows them. Default: defaultDataSanitizer(). Null is refused.
  NetworkSession withDataSanitizer(std::shared_ptr<const DataSanitizer> sanitizer) const;
  /// Limits the retries of all calls with these settings together. Default: a TokenRetryBudget that all copies of a
  /// session share, and so all clients that are made with them. Null: no limit.
  NetworkSession withRetryBudget(std::shared_ptr<RetryBudget> budget) const;
  /// Adds interceptors to those that are set. They are called in this order before an attempt, in reverse order after
  /// it.
  NetworkSession withInterceptors(InterceptorListView interceptors) const;
  /// The observer that gets the events. Null (default): none.
  NetworkSession withObserver(std::shared_ptr<Observer> observer) const;
  /// The time of day; Clock says what it is used for. Default: systemClock(). Null is refused.
  NetworkSession withClock(std::shared_ptr<const Clock> clock) const;
  /// The source of random numbers for jitter. Default: systemRandom(). Null is refused.
  NetworkSession withRandom(std::shared_ptr<const Random> random) const;
  /// Sends everything through the caller's own client instead of the library's. Null: the library's.
  NetworkSession withNetworkClient(std::shared_ptr<NetworkClient> client) const;

  /// @name The settings
  /// The values that the with…() functions have set, or the defaults. The references are valid as long as this session
  /// exists.
  /// @{

  const BaseUrls& baseUrls() const noexcept;              ///< the base URLs of Box
  const HttpHeaders& extraHeaders() const noexcept;       ///< the headers that every call sends in addition
  const TimeoutOptions& timeouts() const noexcept;        ///< the time limits
  const PoolOptions& pool() const noexcept;               ///< the limits of connections
  const TlsOptions& tls() const noexcept;                 ///< which servers are trusted
  const ProxyOptions& proxy() const noexcept;             ///< the proxy; its `url` is empty where there is none
  const ResponseLimits& responseLimits() const noexcept;  ///< how large a response may be
  const std::shared_ptr<const RetryPolicy>& retryPolicy() const noexcept;      ///< never null
  const std::shared_ptr<const BackoffPolicy>& backoffPolicy() const noexcept;  ///< never null
  const std::shared_ptr<RetryBudget>& retryBudget() const noexcept;            ///< null: no limit
  const std::shared_ptr<const DataSanitizer>& dataSanitizer() const noexcept;  ///< never null
  /// The interceptors, in the order in which they are called before an attempt.
  const std::vector<std::shared_ptr<Interceptor>>& interceptors() const noexcept;
  const std::shared_ptr<Observer>& observer() const noexcept;            ///< null: no observer
  const std::shared_ptr<const Clock>& clock() const noexcept;            ///< never null
  const std::shared_ptr<const Random>& random() const noexcept;          ///< never null
  const std::shared_ptr<NetworkClient>& networkClient() const noexcept;  ///< null: the library's client

  /// @}

 private:
  struct State;
  explicit NetworkSession(std::shared_ptr<const State> state) noexcept;
  std::shared_ptr<const State> state_;
};

}  // namespace box::inline v0_1
