#pragma once

#include <memory>
#include <string_view>

#include "box/auth/authentication.hpp"
#include "box/network/fetch.hpp"
#include "box/network/session.hpp"
#include "box/read/events.hpp"
#include "box/read/groups.hpp"
#include "box/read/users.hpp"
#include "box/session_termination.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// A client of Box, through which all calls are made. Copies and with…() copies share connections and tokens; a with…()
/// copy has all settings of the client that it was made from, except the one that it changes.
///
/// *Lifetime*: the client may be destroyed while calls are in progress; the calls continue. The client and the context
/// of its executor may be destroyed in either order: the destruction of the context closes the client, but a call may
/// then be destroyed instead of ending with Errc::clientClosed (see *Lifetimes and cancellation* in the guide). A
/// forked process and its parent share no connection; no thread may use the client or run its context while the process
/// forks. *Threads*: one client may be used on any threads at once.
class BOX_API BoxClient {
 public:
  /// Makes a client with default settings. `executor`: an executor of the context on which the connections work, an
  /// io_context or any other context that keeps Asio's locks (not BOOST_ASIO_CONCURRENCY_HINT_UNSAFE), because helper
  /// threads wake calls on it. The constructor reads certificates and blocks while it does: for 2 to 5 ms for
  /// the first client with its TlsOptions (up to 20 ms where the system's certificates are in one file only), and for
  /// 0.02 ms while another client with equal options exists. If your event loop must not wait, make the first client
  /// before the loop runs, or on another thread.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where an argument is null, no trusted certificate can be
  /// loaded, or a URL is unusable.
  BoxClient(asio::any_io_executor executor, std::shared_ptr<Authentication> auth);
  /// Makes a client with the settings of `session`; everything else is as for the constructor above.
  BoxClient(asio::any_io_executor executor, std::shared_ptr<Authentication> auth, NetworkSession session);

  SessionTerminationManager sessionTermination;  ///< the two calls that end sessions
  EventsManager events;                          ///< the events of the enterprise or of a user
  UsersManager users;                            ///< the users of the enterprise
  GroupsManager groups;                          ///< the groups of the enterprise
  MembershipsManager memberships;                ///< which users are in which groups

  /// Sends any other request of Box's API, with the client's token, settings and guarantees.
  /// Retries follow `options.idempotency`: a POST whose fate is in doubt is not retried, unless `options.idempotency`
  /// says that a retry is harmless. *Errors*, *Cancellation*, *Lifetime*: as for the calls of
  /// SessionTerminationManager; Errc::invalidRequest where the URL is not a path and does not begin with the base URL.
  asio::awaitable<FetchResponse> makeRequest(FetchOptions options) const;

  /// Makes the object through which an Authentication uses this client's connections:
  /// `auth->revokeToken(client.tokenContext())`. `deadline`: for the requests that are made with this context; unset:
  /// TimeoutOptions::call.
  TokenContext tokenContext(Deadline deadline = Deadline()) const;

  /// A copy of this client with the settings of `session`. Make `session` from the session of this client, so that all
  /// other settings stay: `client.withNetworkSession(client.networkSession().withRetryPolicy(policy))`.
  ///
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where pool options, TLS options, observer or network client
  /// differ from this client's: its connections are made with them, so they cannot be changed. Make a new BoxClient
  /// instead.
  BoxClient withNetworkSession(NetworkSession session) const;

  /// @name Copies with one setting changed
  /// Each returns a copy that shares connections and tokens with this client, which is not changed. The new setting
  /// replaces the old one; withExtraHeaders() and withInterceptors() add to what is set. A copy that is the first to
  /// use an https proxy with ProxyOptions::tls may block to read the proxy's certificates.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration, which names the setting.
  /// @{

  /// Calls of the copy act for this user (header As-User); token requests do not. `userId`: 1 to 20 digits.
  BoxClient withAsUserHeader(std::string_view userId) const;
  /// Calls of the copy ask Box to send no mails about what they do (header Box-Notifications: off).
  BoxClient withSuppressedNotifications() const;
  /// Adds headers to those that are set; one with the same name is replaced. Every call sends them; token requests do
  /// not.
  BoxClient withExtraHeaders(HeaderListView headers) const;
  /// Sends calls and token requests to other base URLs, such as those of a test server or of a gateway.
  BoxClient withCustomBaseUrls(BaseUrls urls) const;
  /// Replaces all time limits. A limit that `timeouts` does not set has its default, not the value of this client:
  /// start from `networkSession().timeouts()` to change one.
  BoxClient withTimeouts(TimeoutOptions timeouts) const;
  /// Adds interceptors to those of this client: before an attempt the new ones are called after the existing ones;
  /// after an attempt all are called in reverse order.
  BoxClient withInterceptors(InterceptorListView interceptors) const;
  /// Connects through this proxy; ProxyOptions() means without a proxy. Connections through the previous proxy stay
  /// with the clients that use that proxy.
  BoxClient withProxy(ProxyOptions proxy) const;
  /// @}

  /// Ends all calls of this client, and of all clients that share its connections, with Errc::clientClosed, closes the
  /// connections and refuses further calls. May be called from any thread. It has its effect even if no thread runs the
  /// context.
  void close() noexcept;

  /// The settings of this client. NetworkSession::networkClient() of the result is always null, also if the client was
  /// made with a NetworkClient of the caller's own.
  const NetworkSession& networkSession() const noexcept;
  /// The object that gets the tokens of this client; never null.
  const std::shared_ptr<Authentication>& auth() const noexcept;

 private:
  explicit BoxClient(std::shared_ptr<const CallTarget> target);
  BoxClient withSession(NetworkSession session) const;

  std::shared_ptr<const CallTarget> target_;
};

}  // namespace box::inline v0_1
