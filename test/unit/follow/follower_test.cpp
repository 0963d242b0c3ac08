#include "box/follow/follower.hpp"

#include <chrono>
#include <memory>
#include <optional>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include "box/auth/developer_token.hpp"
#include "box/client.hpp"
#include "box/error.hpp"
#include "box/network/network_client.hpp"
#include "support/busy_threads.hpp"

namespace box {
namespace {

class Nobody final : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest) override {
    throw BoxSdkError(Errc::connectFailed, "nobody is there");
  }
};

TEST(Follower, CancelledWhileAHelperThreadWorksItEndsWithOurError) {
  test::BusyThreads threads;
  asio::io_context io;
  const BoxClient client(io.get_executor(), std::make_shared<BoxDeveloperTokenAuth>(Secret("a-developer-token")),
                         NetworkSession().withNetworkClient(std::make_shared<Nobody>()));
  const Follower follower(client);
  asio::cancellation_signal cancel;
  std::optional<BoxSdkError> failure;
  asio::co_spawn(io, tryAwait(follower.follow({{"11", ""}}, FollowMark(), std::chrono::seconds(1))),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown, const auto& result) {
                   EXPECT_FALSE(thrown);
                   if (result.has_error()) failure = result.error();
                 }));
  io.poll();
  cancel.emit(asio::cancellation_type::terminal);
  io.run();
  threads.release();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), asio::error::operation_aborted);
}

}  // namespace
}  // namespace box
