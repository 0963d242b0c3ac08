#pragma once

#include <memory>

#include "box/network/client.hpp"
#include "box/network/session.hpp"
#include "box/support/asio.hpp"

#include "transport/failure.hpp"

namespace box {

class AccessToken;

/// The library's own NetworkClient: attempts with token, connection, exchange and judgement, one after the other, until one
/// settles the call.
class BoxNetworkClient final : public NetworkClient {
 public:
  /// Pool, TLS options and observer are the session's for good; all other settings come with each request.
  BoxNetworkClient(asio::any_io_executor executor, const NetworkSession& session);
  ~BoxNetworkClient() override;

  asio::awaitable<FetchResponse> fetch(FetchOptions options) override;
  void close() noexcept override;

 private:
  class Attempt;
  class Call;
  class Core;
  class Course;
  class Setback;
  explicit BoxNetworkClient(std::shared_ptr<Core> core) noexcept;

  // Static, with all that they need as arguments: the client may go while they run. What run() calls may rely on its frame.
  static asio::awaitable<FetchResponse> run(std::shared_ptr<Core> core, FetchOptions options);
  static asio::awaitable<void> attemptOnce(Core& core, const FetchOptions& request, Call& call,
                                           const AccessToken* token, bool fresh, Attempt& attempt);
  static asio::awaitable<void> attemptIntercepted(Core& core, const FetchOptions& options, Call& call,
                                                  const Course& course, Attempt& attempt);
  static std::unique_ptr<Setback> settle(const FetchOptions& options, Call& call, Attempt& attempt);
  static asio::awaitable<void> obtainToken(const std::shared_ptr<Core>& core, const FetchOptions& options, Call& call,
                                           Course& course, Attempt& attempt);
  static asio::awaitable<void> pause(Core& core, std::chrono::milliseconds delay, Failure& failure);

  std::shared_ptr<Core> core_;
};

}  // namespace box
