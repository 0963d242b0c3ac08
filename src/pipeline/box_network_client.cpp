#include "pipeline/box_network_client.hpp"

#include <exception>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "pipeline/call.hpp"
#include "pipeline/client_core.hpp"

namespace box {

BoxNetworkClient::BoxNetworkClient(asio::any_io_executor executor, const NetworkSession& session)
    : core_(std::make_shared<ClientCore>(std::move(executor), session)) {}

BoxNetworkClient::BoxNetworkClient(std::shared_ptr<ClientCore> core) noexcept : core_(std::move(core)) {}

BoxNetworkClient::~BoxNetworkClient() = default;

std::shared_ptr<const Route> BoxNetworkClient::prepare(const NetworkSession& session) {
  return core_->routes.find(session);
}

void BoxNetworkClient::close() noexcept {
  core_->network->watchdog->close();
  core_->routes.close();
}

asio::awaitable<FetchResponse> BoxNetworkClient::fetch(NetworkRequest request) {
  return run(core_, std::move(request));
}

asio::awaitable<FetchResponse> BoxNetworkClient::run(std::shared_ptr<ClientCore> core, NetworkRequest request) {
  Call call(core, request);
  try {
    call.route();
    for (;;) {
      call.beginAttempt();
      if (call.lacksToken()) co_await call.requestToken();
      if (call.canSend()) co_await call.send();
      if (call.settle()) co_return call.takeResponse();
      if (call.refusedToken()) {
        const bool another = co_await call.refreshToken();
        if (another) continue;
      }
      call.planRetry();
      if (call.waits()) co_await call.pause();
    }
  } catch (...) {
    call.catchException(std::current_exception());
  }
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  call.endByException(state.cancelled() != asio::cancellation_type::none);
}

}  // namespace box
