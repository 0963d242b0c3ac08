#include "box/follow/follower.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

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

/// Answers every request with a page that is not the last one of its list, and calls `whenAnswered`.
class Endless final : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest) override { return answer(whenAnswered); }

  std::function<void()> whenAnswered;

 private:
  static asio::awaitable<FetchResponse> answer(std::function<void()> whenAnswered) {
    // co_spawn throws if its coroutine is cancelled before it has waited for anything.
    co_await asio::post(asio::use_awaitable);
    whenAnswered();
    FetchResponse response;
    response.statusCode = 200;
    response.body = R"({"total_count":9,"limit":1,"entries":[{"id":"1","user":{"id":"11"}}]})";
    co_return response;
  }
};

TEST(Follower, CancelledBetweenTwoPagesOfMembersItEndsWithOurError) {
  asio::io_context io;
  asio::cancellation_signal cancel;
  const auto network = std::make_shared<Endless>();
  network->whenAnswered = [&] { cancel.emit(asio::cancellation_type::terminal); };
  const BoxClient client(io.get_executor(), std::make_shared<BoxDeveloperTokenAuth>(Secret("a-developer-token")),
                         NetworkSession().withNetworkClient(network));
  std::optional<BoxSdkError> failure;
  asio::co_spawn(io, tryAwait(Follower(client).membersOf({"5"})),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown, const auto& result) {
                   EXPECT_FALSE(thrown);
                   if (result.has_error()) failure = result.error();
                 }));
  io.run();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code(), asio::error::operation_aborted);
  EXPECT_EQ(failure->operation(), "Follower");
}

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

// The helper thread takes some 50 ms for so many targets. If it has ended, or has not begun, nothing is tested.
TEST(Follower, AHelperThreadThatStillWorksDoesNotOwnTheClient) {
  asio::io_context io;
  auto network = std::make_shared<Nobody>();
  const std::weak_ptr<Nobody> ofTheClient = network;
  std::optional<BoxClient> client(std::in_place, io.get_executor(),
                                  std::make_shared<BoxDeveloperTokenAuth>(Secret("a-developer-token")),
                                  NetworkSession().withNetworkClient(std::exchange(network, nullptr)));
  std::vector<FollowTarget> targets(200'000);
  for (std::size_t i = 0; i < targets.size(); ++i) targets[i].id = std::to_string(i + 1);
  asio::cancellation_signal cancel;
  bool ended = false;
  asio::co_spawn(io, tryAwait(Follower(*client).follow(std::move(targets), FollowMark(), std::chrono::seconds(1))),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr, const auto&) { ended = true; }));
  io.run_for(std::chrono::milliseconds(5));
  cancel.emit(asio::cancellation_type::terminal);
  io.restart();
  io.run();
  EXPECT_TRUE(ended);
  client.reset();
  EXPECT_TRUE(ofTheClient.expired()) << "the helper thread would destroy the client";
}

}  // namespace
}  // namespace box
