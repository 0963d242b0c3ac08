#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "box/auth/authentication.hpp"
#include "box/network/fetch.hpp"
#include "box/network/session.hpp"
#include "box/session_termination.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box {

/// The way in. Copies and with…() copies share connections and tokens; each keeps every setting of the one it came from but
/// the one that it changes.
///
/// *Lifetime*: may be destroyed while calls are in progress; they continue. The client and the context of its executor may be
/// destroyed in either order: the context's end closes the client, see close(). A forked process and its parent share no
/// connection; no thread may use the client or run its context while the process forks.
/// *Threads*: one client may be used on any threads at once.
class BOX_API BoxClient {
 public:
  /// `executor`: of the context on which connections live, an io_context or any other. *Errors*: BoxSdkError with Errc::invalidConfiguration where an
  /// argument is null, no trusted certificate can be loaded, or a URL is unusable.
  BoxClient(asio::any_io_executor executor, std::shared_ptr<Authentication> auth);
  BoxClient(asio::any_io_executor executor, std::shared_ptr<Authentication> auth, NetworkSession session);

  SessionTerminationManager sessionTermination;

  /// Sends any other request of Box's API, with the client's token, settings and guarantees.
  /// Retries follow `options.idempotency`: a POST is not sent again where nobody knows what became of it, unless you say that
  /// this does no harm.
  /// *Errors*, *Cancellation*, *Lifetime*: as for the calls of SessionTerminationManager; Errc::invalidRequest where the URL is
  /// not one of the base URL's.
  asio::awaitable<FetchResponse> makeRequest(FetchOptions options) const;

  /// What an Authentication needs to work through this client's connections: `auth->revokeToken(client.tokenContext())`.
  TokenContext tokenContext(Deadline deadline = Deadline()) const;

  /// With the settings of another session. Begin with this client's, so that the others stay:
  /// `client.withNetworkSession(client.networkSession().withRetryPolicy(policy))`.
  ///
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where the pool's options, TLS, the observer or the network client are
  /// others: the connections are made with them, so they belong to a client for good. Make a new BoxClient instead.
  BoxClient withNetworkSession(NetworkSession session) const;
  /// Acts for this user in all calls (never in token requests). Digits only.
  BoxClient withAsUserHeader(std::string_view userId) const;
  /// Has Box send no mails about what the calls do.
  BoxClient withSuppressedNotifications() const;
  /// Adds headers to those that are there; one of the same name is replaced.
  BoxClient withExtraHeaders(HeaderListView headers) const;
  BoxClient withCustomBaseUrls(BaseUrls urls) const;
  BoxClient withTimeouts(TimeoutOptions timeouts) const;
  /// Adds to those that are there.
  BoxClient withInterceptors(InterceptorListView interceptors) const;
  BoxClient withProxy(ProxyOptions proxy) const;

  /// Ends all calls of this client and of all that share its connections with Errc::clientClosed, closes the connections and
  /// refuses further calls. Called from any thread; needs no run().
  void close() noexcept;

  const NetworkSession& networkSession() const noexcept { return session_; }
  const std::shared_ptr<Authentication>& auth() const noexcept { return auth_; }

 private:
  struct Graph;
  explicit BoxClient(Graph graph);
  BoxClient withSession(NetworkSession session) const;

  std::shared_ptr<Authentication> auth_;
  NetworkSession session_;
  std::shared_ptr<NetworkClient> networkClient_;
};

}  // namespace box
