#pragma once

#include "box/auth/authentication.hpp"
#include "box/network/request.hpp"
#include "box/support/asio.hpp"
#include "pipeline/attempt.hpp"
#include "pipeline/call_record.hpp"
#include "pipeline/route.hpp"
#include "transport/client_services.hpp"

namespace box::inline v0_1 {

/// How an attempt is sent. Trivially copyable, for coroutines to keep.
struct Sending {
  const NetworkRequest& request;  ///< with its route
  const Secret* token;            ///< null: none
  bool fresh;                     ///< a newly opened connection only
  CallRecord& call;
  RouteTable& routes;
  ClientServices& services;
  CallRecord::Clock::time_point& now;  ///< the time as the call knows it; updated after each wait
};

/// Secrets are in the request: it is wiped, no interceptor sees it, and no header of the session is sent with it.
inline bool isSecret(const NetworkRequest& request) noexcept { return request.operation->secret || !request.auth; }

/// Interceptors see this request and its response.
inline bool isIntercepted(const NetworkRequest& request) noexcept {
  return !isSecret(request) && !request.session.interceptors().empty();
}

/// Sends the request once, as it is or as the interceptors change it for this attempt: a connection, then one exchange
/// on it. `attempt` gets the response as soon as a final header is there, and a failure where no header came or the
/// body broke. The request is checked before a connection is taken: throws BoxSdkError with Errc::invalidRequest.
asio::awaitable<void> sendOnce(Sending sending, Attempt& attempt);

}  // namespace box::inline v0_1
