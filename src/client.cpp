#include "box/client.hpp"

#include <string>
#include <utility>

#include "box/error.hpp"
#include "box/network/network_client.hpp"
#include "network/fetch_as.hpp"
#include "network/make_request.hpp"
#include "pipeline/box_network_client.hpp"

namespace box::inline v0_1 {

/// The parts of a client, put together before the client is, whose members depend on each other.
struct BoxClient::Graph {
  std::shared_ptr<Authentication> auth;
  NetworkSession session;
  std::shared_ptr<NetworkClient> networkClient;

  static Graph build(asio::any_io_executor executor, std::shared_ptr<Authentication> auth, NetworkSession session) {
    if (!executor) throw BoxSdkError(Errc::invalidConfiguration, "BoxClient: the executor must not be empty");
    if (!auth) throw BoxSdkError(Errc::invalidConfiguration, "BoxClient: the authentication must not be null");
    std::shared_ptr<NetworkClient> client = session.networkClient();
    if (!client) client = std::make_shared<BoxNetworkClient>(std::move(executor), session);
    // The session is copied into each request, so it must not own the network client that gets the request.
    return Graph{std::move(auth), session.withNetworkClient(nullptr), std::move(client)};
  }
};

BoxClient::BoxClient(Graph graph)
    : sessionTermination(graph.auth, graph.session, graph.networkClient),
      events(graph.auth, graph.session, graph.networkClient),
      users(graph.auth, graph.session, graph.networkClient),
      groups(graph.auth, graph.session, graph.networkClient),
      memberships(graph.auth, graph.session, graph.networkClient),
      auth_(std::move(graph.auth)),
      session_(std::move(graph.session)),
      networkClient_(std::move(graph.networkClient)) {}

BoxClient::BoxClient(asio::any_io_executor executor, std::shared_ptr<Authentication> auth)
    : BoxClient(std::move(executor), std::move(auth), NetworkSession()) {}

BoxClient::BoxClient(asio::any_io_executor executor, std::shared_ptr<Authentication> auth, NetworkSession session)
    : BoxClient(Graph::build(std::move(executor), std::move(auth), std::move(session))) {}

BoxClient BoxClient::withSession(NetworkSession session) const {
  return BoxClient(Graph{auth_, std::move(session), networkClient_});
}

BoxClient BoxClient::withNetworkSession(NetworkSession session) const {
  const auto refuse = [](const char* what) {
    throw BoxSdkError(Errc::invalidConfiguration,
                      std::string("withNetworkSession: the client's ") + what +
                          " cannot be changed; begin with networkSession(), or make a new BoxClient");
  };
  if (session.pool() != session_.pool()) refuse("PoolOptions");
  if (session.tls() != session_.tls()) refuse("TlsOptions");
  if (session.observer() != session_.observer()) refuse("observer");
  if (session.networkClient() && session.networkClient() != networkClient_) refuse("network client");
  return withSession(session.withNetworkClient(nullptr));
}

BoxClient BoxClient::withAsUserHeader(std::string_view userId) const {
  return withExtraHeaders(HeaderListView(HeaderView("As-User", userId)));
}

BoxClient BoxClient::withSuppressedNotifications() const {
  return withExtraHeaders(HeaderListView(HeaderView("Box-Notifications", "off")));
}

BoxClient BoxClient::withExtraHeaders(HeaderListView headers) const {
  return withSession(session_.withExtraHeaders(headers));
}

BoxClient BoxClient::withCustomBaseUrls(BaseUrls urls) const {
  return withSession(session_.withCustomBaseUrls(std::move(urls)));
}

BoxClient BoxClient::withTimeouts(TimeoutOptions timeouts) const {
  return withSession(session_.withTimeouts(timeouts));
}

BoxClient BoxClient::withInterceptors(InterceptorListView interceptors) const {
  return withSession(session_.withInterceptors(interceptors));
}

BoxClient BoxClient::withProxy(ProxyOptions proxy) const { return withSession(session_.withProxy(std::move(proxy))); }

asio::awaitable<FetchResponse> BoxClient::makeRequest(FetchOptions options) const {
  const std::string name = options.operation.empty() ? "makeRequest" : options.operation;
  const std::string tag = options.tag;
  try {
    NetworkRequest request = makeNetworkRequest(std::move(options), session_);
    request.auth = auth_;
    return fetchAs<FetchResponse>(networkClient_, std::move(request), wholeResponse);
  } catch (const BoxSdkError& error) {
    return refuseCall<FetchResponse>(argumentError(error, name, tag));
  }
}

TokenContext BoxClient::tokenContext(Deadline deadline) const {
  return TokenContext(networkClient_, session_, deadline);
}

void BoxClient::close() noexcept { networkClient_->close(); }

}  // namespace box::inline v0_1
