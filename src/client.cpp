#include "box/client.hpp"

#include <string>
#include <utility>

#include "box/error.hpp"
#include "box/network/network_client.hpp"
#include "network/fetch_as.hpp"
#include "network/make_request.hpp"
#include "pipeline/box_network_client.hpp"

namespace box::inline v0_1 {

namespace {

std::shared_ptr<const CallTarget> targetOf(std::shared_ptr<Authentication> auth, const NetworkSession& session,
                                           std::shared_ptr<NetworkClient> networkClient) {
  // The session is copied into each request, so it must not own the network client that gets the request.
  return makeCallTarget("BoxClient", std::move(auth),
                        session.networkClient() ? session.withNetworkClient(nullptr) : session,
                        std::move(networkClient));
}

std::shared_ptr<const CallTarget> targetOf(asio::any_io_executor executor, std::shared_ptr<Authentication> auth,
                                           const NetworkSession& session) {
  if (!executor) throw BoxSdkError(Errc::invalidConfiguration, "BoxClient: the executor must not be empty");
  std::shared_ptr<NetworkClient> client = session.networkClient();
  if (!client) client = std::make_shared<BoxNetworkClient>(std::move(executor), session);
  return targetOf(std::move(auth), session, std::move(client));
}

}  // namespace

BoxClient::BoxClient(std::shared_ptr<const CallTarget> target)
    : sessionTermination(target),
      events(target),
      users(target),
      groups(target),
      memberships(target),
      target_(std::move(target)) {}

BoxClient::BoxClient(asio::any_io_executor executor, std::shared_ptr<Authentication> auth)
    : BoxClient(std::move(executor), std::move(auth), NetworkSession()) {}

BoxClient::BoxClient(asio::any_io_executor executor, std::shared_ptr<Authentication> auth, NetworkSession session)
    : BoxClient(targetOf(std::move(executor), std::move(auth), session)) {}

const NetworkSession& BoxClient::networkSession() const noexcept { return target_->session; }
const std::shared_ptr<Authentication>& BoxClient::auth() const noexcept { return target_->auth; }

BoxClient BoxClient::withSession(NetworkSession session) const {
  return BoxClient(targetOf(target_->auth, session, target_->client));
}

BoxClient BoxClient::withNetworkSession(NetworkSession session) const {
  const auto refuse = [](const char* what) {
    throw BoxSdkError(Errc::invalidConfiguration,
                      std::string("withNetworkSession: the client's ") + what +
                          " cannot be changed; begin with networkSession(), or make a new BoxClient");
  };
  if (session.pool() != networkSession().pool()) refuse("PoolOptions");
  if (session.tls() != networkSession().tls()) refuse("TlsOptions");
  if (session.observer() != networkSession().observer()) refuse("observer");
  if (session.networkClient() && session.networkClient() != target_->client) refuse("network client");
  return withSession(std::move(session));
}

BoxClient BoxClient::withAsUserHeader(std::string_view userId) const {
  return withExtraHeaders(HeaderListView(HeaderView("As-User", userId)));
}

BoxClient BoxClient::withSuppressedNotifications() const {
  return withExtraHeaders(HeaderListView(HeaderView("Box-Notifications", "off")));
}

BoxClient BoxClient::withExtraHeaders(HeaderListView headers) const {
  return withSession(networkSession().withExtraHeaders(headers));
}

BoxClient BoxClient::withCustomBaseUrls(BaseUrls urls) const {
  return withSession(networkSession().withCustomBaseUrls(std::move(urls)));
}

BoxClient BoxClient::withTimeouts(TimeoutOptions timeouts) const {
  return withSession(networkSession().withTimeouts(timeouts));
}

BoxClient BoxClient::withInterceptors(InterceptorListView interceptors) const {
  return withSession(networkSession().withInterceptors(interceptors));
}

BoxClient BoxClient::withProxy(ProxyOptions proxy) const {
  return withSession(networkSession().withProxy(std::move(proxy)));
}

asio::awaitable<FetchResponse> BoxClient::makeRequest(FetchOptions options) const {
  const std::string name = options.operation.empty() ? "makeRequest" : options.operation;
  const std::string tag = options.tag;
  try {
    NetworkRequest request = makeNetworkRequest(std::move(options), target_->session);
    request.auth = target_->auth;
    request.route = target_->route;
    return fetchAs<FetchResponse>(target_->client, std::move(request), wholeResponse);
  } catch (const BoxSdkError& error) {
    return refuseCall<FetchResponse>(error, name, tag);
  }
}

TokenContext BoxClient::tokenContext(Deadline deadline) const {
  return TokenContext(target_->client, target_->session, deadline, target_->route);
}

void BoxClient::close() noexcept { target_->client->close(); }

}  // namespace box::inline v0_1
