#include "auth/token_file.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/token_text.hpp"
#include "box/error.hpp"

namespace {

using namespace std::chrono_literals;
using box::AccessToken;
using box::Errc;
using box::Secret;
using testing::HasSubstr;

AccessToken::TimePoint at(std::int64_t seconds) { return AccessToken::TimePoint(std::chrono::seconds(seconds)); }

std::string encoded(const AccessToken& token) { return std::string(box::encodeToken(token).reveal()); }

TEST(TokenText, HasWhatIsKnown) {
  EXPECT_EQ(encoded(AccessToken(Secret("T1"), at(1'700'000'000), Secret("R1"))),
            R"({"access_token":"T1","expires_at":1700000000,"refresh_token":"R1"})");
  EXPECT_EQ(encoded(AccessToken(Secret("T1"))), R"({"access_token":"T1"})");
  EXPECT_EQ(encoded(AccessToken(Secret("a-._~+/=="), std::nullopt, Secret("R1"))),
            R"({"access_token":"a-._~+/==","refresh_token":"R1"})");
}

TEST(TokenText, TimesAreRoundedDownAndStayInTheRangeOfTheClock) {
  EXPECT_THAT(encoded(AccessToken(Secret("T"), at(1'700'000'000) + 999ms)), HasSubstr(":1700000000}"));
  EXPECT_THAT(encoded(AccessToken(Secret("T"), at(-1))), HasSubstr(":0}"));
  EXPECT_THAT(encoded(AccessToken(Secret("T"), AccessToken::TimePoint::max())), HasSubstr(":9000000000}"));
  EXPECT_THAT(encoded(AccessToken(Secret("T"), AccessToken::TimePoint::min())), HasSubstr(":0}"));
}

TEST(TokenText, ComesBackAsItWas) {
  for (const std::size_t size : {1U, 14U, 15U, 100U, 4000U, 8192U}) {
    const AccessToken token(Secret(std::string(size, 'a')), at(1'700'000'000), Secret(std::string(size, 'r')));
    const auto back = box::decodeToken(box::encodeToken(token).reveal());
    ASSERT_TRUE(back) << size;
    EXPECT_EQ(back->value().reveal(), token.value().reveal());
    EXPECT_EQ(back->refreshToken().reveal(), token.refreshToken().reveal());
    EXPECT_EQ(back->expiresAt(), token.expiresAt());
  }
}

TEST(TokenText, SaysForWhomTheTokenIs) {
  box::TokenBinding binding;
  binding.baseUrl = "https://api.box.com";
  binding.clientId = R"(an "app\\)";
  binding.subject = "enterprise 5";
  const AccessToken token = AccessToken(Secret("T1"), at(1'700'000'000), Secret("R1")).withBinding(binding);
  EXPECT_THAT(encoded(token), HasSubstr(R"("base_url":"https://api.box.com","client_id":)"));
  EXPECT_EQ(box::decodeToken(encoded(token))->binding(), binding);
  binding.clientId = std::string(256, '"');
  EXPECT_EQ(box::decodeToken(encoded(token.withBinding(binding)))->binding(), binding);
  for (const char* const text :
       {R"({"access_token":"T1","client_id":""})", R"({"access_token":"T1","client_id":1})",
        R"({"access_token":"T1","subject":"a\nb"})", R"({"access_token":"T1","subject":"\u00e9"})"}) {
    EXPECT_FALSE(box::decodeToken(text)) << text;
  }
}

TEST(TokenText, AByteOrderMarkIsNoPartOfIt) { EXPECT_TRUE(box::decodeToken("\xef\xbb\xbf{\"access_token\":\"T1\"}")); }

TEST(TokenText, AbsentMembersAreUnknown) {
  const auto token = box::decodeToken(R"( { "access_token" : "T1" }
)");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->value().reveal(), "T1");
  EXPECT_FALSE(token->expiresAt());
  EXPECT_TRUE(token->refreshToken().empty());
}

TEST(TokenText, EscapesOfJsonAreUnderstood) {
  const auto token = box::decodeToken(R"({"access_token":"a\/b\u0063"})");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->value().reveal(), "a/bc");
}

TEST(TokenText, AnythingElseIsNone) {
  const std::string deep = R"({"access_token":"T","refresh_token":)" + std::string(10000, '[');
  const std::string many = [] {
    std::string text = "{\"access_token\":\"T\"";
    for (int i = 0; i < 3000; ++i) text += ",\"" + std::to_string(i) + "\":1";
    return text + "}";
  }();
  const std::string longString = R"({"access_token":")" + std::string(60000, 'a') + "\"}";
  const std::string tooLong = R"({"access_token":")" + std::string(8193, 'a') + "\"}";
  const std::string nul("{\"access_token\":\"T\"}\0", 21);
  for (const std::string& text : std::vector<std::string>{
           "",
           " ",
           "T1",
           "null",
           "\"T1\"",
           "[\"T1\"]",
           "{}",
           "{",
           R"({"access_token":"T1")",
           R"({"access_token":"T)",
           R"({"access_token":"T1"}x)",
           R"({"access_token":"T1"}{"access_token":"T1"})",
           R"({"access_token":"T1",})",
           R"({"access_token":"T1"} // a comment)",
           R"({'access_token':'T1'})",
           R"({"access_token":""})",
           R"({"access_token":null})",
           R"({"access_token":1})",
           R"({"access_token":["T1"]})",
           R"({"access_token":{"a":"T1"}})",
           R"({"access_token":"T 1"})",
           R"({"access_token":"T\r\nX-Evil: 1"})",
           R"({"access_token":"T\u0000"})",
           R"({"access_token":"Tö"})",
           "{\"access_token\":\"T\xff\"}",
           R"({"Access_Token":"T1"})",
           R"({"access_token":"T1","expires_in":3600})",
           R"({"access_token":"T1","token_type":"bearer"})",
           R"({"access_token":"T1","expires_at":"1700000000"})",
           R"({"access_token":"T1","expires_at":null})",
           R"({"access_token":"T1","expires_at":1700000000.5})",
           R"({"access_token":"T1","expires_at":1.7e9})",
           R"({"access_token":"T1","expires_at":-1})",
           R"({"access_token":"T1","expires_at":9000000001})",
           R"({"access_token":"T1","expires_at":18446744073709551615})",
           R"({"access_token":"T1","expires_at":99999999999999999999999})",
           R"({"access_token":"T1","refresh_token":""})",
           R"({"access_token":"T1","refresh_token":null})",
           R"({"access_token":"T1","refresh_token":"R\n1"})",
           R"({"refresh_token":"R1"})",
           deep,
           many,
           longString,
           tooLong,
           nul,
       }) {
    EXPECT_FALSE(box::decodeToken(text)) << text.substr(0, 100);
  }
}

TEST(TokenFile, ThePathMustBeAFiles) {
  for (const std::string& path : {std::string(), std::string("/"), std::string("/tmp/"), std::string("."),
                                  std::string("a/.."), std::string("/tmp/a\0b", 8), std::string("a/.")}) {
    try {
      const box::TokenFile file(path);
      ADD_FAILURE() << "'" << path << "' was accepted";
    } catch (const box::BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration) << path;
    }
  }
  for (const std::string path : {"token", "/token", "./token", "../token", "a/b", ".token", "a//b", "..."}) {
    EXPECT_NO_THROW(box::TokenFile{path}) << path;
  }
}

}  // namespace
