#include "box/client.hpp"

#include <memory>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include "box/auth/ccg.hpp"
#include "box/auth/developer_token.hpp"
#include "box/error.hpp"
#include "box/network/network_client.hpp"
#include "pipeline/route.hpp"

namespace box {
namespace {

/// Prepares one route for every session, and keeps the requests. It answers each request with success.
class Keeper : public NetworkClient {
 public:
  std::shared_ptr<const Route> prepare(const NetworkSession&) override {
    ++prepared;
    return route;
  }
  asio::awaitable<FetchResponse> fetch(NetworkRequest request) override {
    const bool termination = request.operation->name == "terminateUsersSessions";
    requests.push_back(std::move(request));
    return answer(termination ? 202 : 200);
  }

  const std::shared_ptr<const Route> route = std::make_shared<const Route>("https://api.box.com");
  int prepared = 0;
  std::vector<NetworkRequest> requests;

 private:
  static asio::awaitable<FetchResponse> answer(int status) {
    FetchResponse response;
    response.statusCode = status;
    response.body = R"({"id":"1","access_token":"a-token"})";
    co_return response;
  }
};

class Client : public testing::Test {
 protected:
  template <class T>
  void await(asio::awaitable<T> call) {
    asio::co_spawn(io, std::move(call), [](std::exception_ptr thrown, const T&) { EXPECT_FALSE(thrown); });
    io.restart();
    io.run();
  }

  static std::shared_ptr<BoxCcgAuth> credentials() {
    CcgConfig config;
    config.clientId = "the-client";
    config.clientSecret = Secret("the-client-secret");
    config.enterpriseId = "4711";
    return std::make_shared<BoxCcgAuth>(std::move(config));
  }

  asio::io_context io;
  std::shared_ptr<Keeper> keeper = std::make_shared<Keeper>();
  std::shared_ptr<BoxCcgAuth> auth = credentials();
  BoxClient client{io.get_executor(), auth, NetworkSession().withNetworkClient(keeper)};
};

TEST_F(Client, IsPreparedOnceAndSoIsEachCopyWithAnotherSetting) {
  EXPECT_EQ(keeper->prepared, 1);
  const BoxClient changed = client.withTimeouts(TimeoutOptions());
  EXPECT_EQ(keeper->prepared, 2);
  const BoxClient same = changed;
  EXPECT_EQ(keeper->prepared, 2) << "a copy has the settings that are prepared";
}

TEST_F(Client, SendsEachRequestOnThePreparedRoute) {
  await(client.sessionTermination.terminateUsersSessions({.userIds = {"1"}}));
  await(client.users.getUserMe());
  FetchOptions options;
  options.url = "/2.0/folders/0";
  await(client.makeRequest(std::move(options)));
  await(auth->retrieveToken(client.tokenContext()));
  ASSERT_EQ(keeper->requests.size(), 4U);
  for (const NetworkRequest& request : keeper->requests) {
    EXPECT_EQ(request.route, keeper->route) << request.operation->name;
  }
  EXPECT_EQ(keeper->prepared, 1);
}

TEST_F(Client, SendsATokenRequestWithOtherSettingsToTheirUrl) {
  const TokenContext own = client.tokenContext();
  const NetworkSession other = own.session.withCustomBaseUrls(BaseUrls("https://other.test"));
  await(auth->retrieveToken(TokenContext(own.client, other, Deadline())));
  ASSERT_EQ(keeper->requests.size(), 1U);
  EXPECT_EQ(keeper->requests.front().route, nullptr) << "it is found for the other URL when the request is sent";
  EXPECT_EQ(keeper->requests.front().session.baseUrls().baseUrl, "https://other.test");
}

TEST_F(Client, MakesTheOperationOfAFixedPathOnce) {
  await(client.users.getUserMe());
  await(client.users.getUserMe());
  ASSERT_EQ(keeper->requests.size(), 2U);
  EXPECT_EQ(keeper->requests[0].operation, keeper->requests[1].operation);
}

}  // namespace
}  // namespace box
