#pragma once

#include "box/auth/authentication.hpp"
#include "box/network/request.hpp"
#include "box/support/asio.hpp"
#include "pipeline/attempt.hpp"
#include "pipeline/call_record.hpp"
#include "pipeline/route.hpp"
#include "transport/client_services.hpp"

namespace box::inline v0_1 {

/// How an attempt is sent. Trivially copyable, so that coroutines can keep a copy.
struct Sending {
  const NetworkRequest& request;  ///< its route is set
  const Secret* token;            ///< null: no token is sent
  bool fresh;                     ///< whether only a newly opened connection may be used
  CallRecord& call;
  RouteTable& routes;
  ClientServices& services;
  CallRecord::Clock::time_point& now;  ///< the call's current time; updated after each wait
};

/// Whether the request may contain secrets: its operation says so, or it has no Authentication (no token request has
/// one). Then it is wiped, no interceptor sees it, and no header of the session is sent with it.
inline bool isSecret(const NetworkRequest& request) noexcept { return request.operation->secret || !request.auth; }

/// Whether interceptors see this request and its response.
inline bool isIntercepted(const NetworkRequest& request) noexcept {
  return !isSecret(request) && !request.session.interceptors().empty();
}

/// Sends the request once, with the changes of the interceptors: gets a connection, and makes one exchange on it.
/// `attempt` receives the response if a final header has arrived, and a failure if no header has arrived or the body is
/// broken. The request is checked before a connection is used; the check throws BoxSdkError with Errc::invalidRequest.
asio::awaitable<void> sendOnce(Sending sending, Attempt& attempt);

}  // namespace box::inline v0_1
