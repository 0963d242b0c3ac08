#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

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

/// A client of Box: everything begins with one. Copies and with…() copies share connections and tokens; a with…() copy
/// has all settings of the client that it was made from, except the one that it changes.
///
/// *Lifetime*: may be destroyed while calls are in progress; they continue. The client and the context of its executor
/// may be destroyed in either order: the context's end closes the client, see close(). A forked process and its parent
/// share no connection; no thread may use the client or run its context while the process forks. *Threads*: one client
/// may be used on any threads at once.
class BOX_API BoxClient {
 public:
  /// With default settings. `executor`: of the context on which connections live, an io_context or any other. The
  /// constructor reads certificates and blocks: for 2 to 5 ms for the first client with its TlsOptions (up to 20 ms
  /// where the system's certificates are in one file only), and for 0.02 ms while another client with equal options
  /// exists. If your event loop must not wait, make the first client before the loop runs, or on another thread.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where an argument is null, no trusted certificate can be
  /// loaded, or a URL is unusable.
  BoxClient(asio::any_io_executor executor, std::shared_ptr<Authentication> auth);
  /// With these settings; otherwise as the constructor above.
  BoxClient(asio::any_io_executor executor, std::shared_ptr<Authentication> auth, NetworkSession session);

  SessionTerminationManager sessionTermination;  ///< the two calls that end sessions
  EventsManager events;                          ///< what happened in the enterprise
  UsersManager users;                            ///< who there is
  GroupsManager groups;                          ///< which groups there are
  MembershipsManager memberships;                ///< who is in which group

  /// Sends any other request of Box's API, with the client's token, settings and guarantees.
  /// Retries follow `options.idempotency`: a POST whose fate is in doubt is not retried, unless `options.idempotency`
  /// says that a retry is harmless. *Errors*, *Cancellation*, *Lifetime*: as for the calls of
  /// SessionTerminationManager; Errc::invalidRequest where the URL is not one of the base URL's.
  asio::awaitable<FetchResponse> makeRequest(FetchOptions options) const;

  /// What an Authentication needs to work through this client's connections:
  /// `auth->revokeToken(client.tokenContext())`. `deadline`: for the requests that are made with this context.
  TokenContext tokenContext(Deadline deadline = Deadline()) const;

  /// With the settings of another session. Begin with this client's, so that the others stay:
  /// `client.withNetworkSession(client.networkSession().withRetryPolicy(policy))`.
  ///
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where pool options, TLS options, observer or network client
  /// differ from this client's: its connections are made with them, so they cannot be changed. Make a new BoxClient
  /// instead.
  BoxClient withNetworkSession(NetworkSession session) const;

  /// @name With one setting changed
  /// Each returns a copy that shares connections and tokens with this client, which is not changed. The new setting
  /// replaces the old one; withExtraHeaders() and withInterceptors() add to what is set. A copy with another host or
  /// proxy may block to read the certificates for it.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration, which names the setting.
  /// @{

  /// Acts for this user in all calls (never in token requests). The id: 1 to 20 digits.
  BoxClient withAsUserHeader(std::string_view userId) const;
  /// Has Box send no mails about what the calls do (header Box-Notifications: off).
  BoxClient withSuppressedNotifications() const;
  /// Adds headers to those that are set; one with the same name is replaced. Every call sends them; token requests do
  /// not.
  BoxClient withExtraHeaders(HeaderListView headers) const;
  /// Calls and token requests go to another Box: of a test, or through a gateway.
  BoxClient withCustomBaseUrls(BaseUrls urls) const;
  /// Each limit that is not named has its default, not this client's: begin with `networkSession().timeouts()` to
  /// change one.
  BoxClient withTimeouts(TimeoutOptions timeouts) const;
  /// Adds to those that are set: before an attempt the new ones are called after the existing ones; after an attempt
  /// all are called in reverse order.
  BoxClient withInterceptors(InterceptorListView interceptors) const;
  /// Through this proxy, or with ProxyOptions() through none. Connections through the previous proxy stay with the
  /// clients that use that proxy.
  BoxClient withProxy(ProxyOptions proxy) const;
  /// @}

  /// Ends all calls of this client and of all that share its connections with Errc::clientClosed, closes the
  /// connections and refuses further calls. Called from any thread; needs no run().
  void close() noexcept;

  /// The settings of this client; networkClient() in it is null.
  const NetworkSession& networkSession() const noexcept { return session_; }
  /// What gets this client's tokens. Never null.
  const std::shared_ptr<Authentication>& auth() const noexcept { return auth_; }

 private:
  struct Graph;
  explicit BoxClient(Graph graph);
  BoxClient withSession(NetworkSession session) const;

  std::shared_ptr<Authentication> auth_;
  NetworkSession session_;
  std::shared_ptr<NetworkClient> networkClient_;
};

}  // namespace box::inline v0_1
