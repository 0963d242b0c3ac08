#pragma once

#include <memory>

#include "box/network/network_client.hpp"
#include "box/network/session.hpp"
#include "box/support/asio.hpp"

namespace box {

struct ClientCore;

/// The library's own NetworkClient: attempts with token, connection, exchange and judgement, one after the other, until one
/// settles the call.
class BoxNetworkClient final : public NetworkClient {
 public:
  /// Pool, TLS options and observer are the session's for good; all other settings come with each request.
  BoxNetworkClient(asio::any_io_executor executor, const NetworkSession& session);
  /// Another one of the same client.
  explicit BoxNetworkClient(std::shared_ptr<ClientCore> core) noexcept;
  ~BoxNetworkClient() override;

  asio::awaitable<FetchResponse> fetch(NetworkRequest request) override;
  std::shared_ptr<const Route> prepare(const NetworkSession& session) override;
  void close() noexcept override;

 private:
  // Static, with all that it needs as arguments: the client may go while it runs.
  static asio::awaitable<FetchResponse> run(std::shared_ptr<ClientCore> core, NetworkRequest request);

  std::shared_ptr<ClientCore> core_;
};

}  // namespace box
