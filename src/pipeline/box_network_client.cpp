#include "pipeline/box_network_client.hpp"

#include <exception>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "pipeline/call.hpp"

namespace box::inline v0_1 {

BoxNetworkClient::BoxNetworkClient(asio::any_io_executor executor, const NetworkSession& session)
    : services_(std::make_shared<ClientServices>(std::move(executor), session.tls(), session.observer())),
      routes_(services_, session.pool()) {}

std::shared_ptr<const Route> BoxNetworkClient::prepare(const NetworkSession& session) { return routes_.find(session); }

void BoxNetworkClient::close() noexcept {
  services_->watchdog->close();
  routes_.close();
}

asio::awaitable<FetchResponse> BoxNetworkClient::fetch(NetworkRequest request) {
  Call call(*this, request);
  try {
    call.prepare();
    for (;;) {
      call.beginAttempt();
      if (!call.takeToken()) co_await call.acquireToken();
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

}  // namespace box::inline v0_1
