#include "box/session_termination.hpp"

#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "box/auth/developer_token.hpp"
#include "box/error.hpp"
#include "box/network/network_client.hpp"

namespace box {
namespace {

class NeverAsked : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest) override {
    ADD_FAILURE() << "asked";
    co_return FetchResponse();
  }
};

TEST(SessionTerminationManager, NeedsAnAuthenticationAndANetworkClient) {
  const auto auth = std::make_shared<BoxDeveloperTokenAuth>(Secret("a-developer-token"));
  const auto client = std::make_shared<NeverAsked>();
  const auto codeOf = [](std::shared_ptr<Authentication> a, std::shared_ptr<NetworkClient> c) {
    try {
      const SessionTerminationManager manager(std::move(a), NetworkSession(), std::move(c));
    } catch (const BoxSdkError& error) {
      return error.code();
    }
    return error_code();
  };
  EXPECT_FALSE(codeOf(auth, client));
  EXPECT_EQ(codeOf(nullptr, client), Errc::invalidConfiguration);
  EXPECT_EQ(codeOf(auth, nullptr), Errc::invalidConfiguration);
}

}  // namespace
}  // namespace box
