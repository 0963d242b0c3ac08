#include "auth/downscope.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include "box/error.hpp"
#include "box/network/network_client.hpp"

namespace box {
namespace {

using Token = std::shared_ptr<const AccessToken>;

TEST(Scopes, AreJoinedByBlanks) {
  EXPECT_EQ(joinScopes({"base_explorer"}), "base_explorer");
  EXPECT_EQ(joinScopes({"base_explorer", "item_download", "!#[]~"}), "base_explorer item_download !#[]~");
}

TEST(Scopes, AreAllRefusedIfOneIsMalformed) {
  EXPECT_EQ(joinScopes({}), "");
  for (const char* odd : {"", "two words", "a\"b", "a\\b", "line\n", "\x7f", "\xc3\xbc"}) {
    EXPECT_EQ(joinScopes({odd}), "") << odd;
    EXPECT_EQ(joinScopes({"good", odd}), "") << odd;
    EXPECT_EQ(joinScopes({odd, "good"}), "") << odd;
  }
}

/// Gives a token to each request, and keeps the form that was sent.
class Endpoint final : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest request) override {
    form = request.body;
    FetchResponse response;
    response.statusCode = 200;
    response.body = R"({"access_token":"less"})";
    return give(std::move(response));
  }

  std::string form;

 private:
  static asio::awaitable<FetchResponse> give(FetchResponse response) { co_return response; }
};

asio::awaitable<Token> tokenOf(std::string text) { co_return std::make_shared<const AccessToken>(Secret(text)); }

/// The form that the token request sends, or the text of the failure.
std::string formFor(const std::string& scopes, const std::string& resource) {
  const auto endpoint = std::make_shared<Endpoint>();
  std::string outcome;
  asio::io_context io;
  asio::co_spawn(io,
                 downscope(tokenOf("whole"), scopes, resource, TokenContext(endpoint, NetworkSession(), Deadline())),
                 [&](std::exception_ptr thrown, const Token& token) {
                   try {
                     if (thrown) std::rethrow_exception(thrown);
                     EXPECT_EQ(token->value().reveal(), "less");
                     outcome = endpoint->form;
                   } catch (const BoxSdkError& error) {
                     EXPECT_EQ(error.code(), Errc::invalidRequest);
                     outcome = error.what();
                   }
                 });
  io.run();
  return outcome;
}

TEST(Downscope, ExchangesTheTokenForOneWithFewerRights) {
  const std::string form =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=whole&subject_token_type="
      "urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token&scope=item_preview";
  EXPECT_EQ(formFor("item_preview", ""), form) << "for everything that the account has";
  EXPECT_EQ(formFor("item_preview", "https://api.box.com/2.0/files/1"),
            form + "&resource=https%3A%2F%2Fapi.box.com%2F2.0%2Ffiles%2F1");
}

TEST(Downscope, RefusesScopesThatWereMalformed) {
  EXPECT_TRUE(formFor(joinScopes({"a b"}), "")
                  .starts_with("downscopeToken: give at least one scope; none may be empty or have blanks"));
}

}  // namespace
}  // namespace box
