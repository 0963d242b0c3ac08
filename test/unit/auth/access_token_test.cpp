#include "box/auth/authentication.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "box/auth/developer_token.hpp"
#include "box/error.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;

/// The text of the refusal; empty: the token was accepted.
std::string refusalOfToken(std::string_view token) {
  try {
    AccessToken{Secret(token)};
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    return error.what();
  }
  return {};
}

TEST(AccessToken, TakesEveryCharacterThatABearerTokenMayHave) {
  for (const char* text : {"a", "T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl", "abc-._~+/09", "abc=", "abc==", "a.b.c"}) {
    EXPECT_EQ(AccessToken{Secret(text)}.value().reveal(), text);
  }
  EXPECT_EQ(refusalOfToken(std::string(8192, 'a')), "");
}

TEST(AccessToken, TakesOneLineBreakOffItsEnd) {
  for (const char* text : {"abc", "abc\n", "abc\r\n", "abc\r"}) {
    EXPECT_EQ(AccessToken{Secret(text)}.value().reveal(), "abc");
  }
  for (const char* text : {"abc\n\n", "abc\r\n\r\n", "abc\n\r", "\nabc", "abc \n", "\n\n"})
    EXPECT_NE(refusalOfToken(text), "");
}

TEST(AccessToken, RefusesWhatIsNoTokenAndNeverRepeatsIt) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {""sv,
                                      "\n"sv,
                                      "\r\n"sv,
                                      " "sv,
                                      "secret token"sv,
                                      " secret"sv,
                                      "secret "sv,
                                      "\"secret\""sv,
                                      "'secret'"sv,
                                      "secret\r\nX-Evil: 1"sv,
                                      "secret\nsecond"sv,
                                      "secret\0"sv,
                                      "secret\x7f"sv,
                                      "s\xc3\xa9"
                                      "cret-secret"sv,
                                      "Bearer secret"sv,
                                      "secret,"sv,
                                      "secret;"sv,
                                      "secret:"sv,
                                      "secret@box"sv,
                                      "=secret"sv,
                                      "se=cret"sv,
                                      "="sv,
                                      "==="sv,
                                      "{secret}"sv,
                                      "secret%20"sv,
                                      "secret\t"sv}) {
    const std::string reason = refusalOfToken(text);
    EXPECT_NE(reason, "") << testing::PrintToString(std::string(text));
    EXPECT_EQ(reason.find("secret"), std::string::npos) << reason;
  }
  EXPECT_NE(refusalOfToken(std::string(8193, 'a')), "");
  EXPECT_NE(refusalOfToken(std::string(10'000'000, 'a')), "");
}

TEST(AccessToken, SaysWhereItsFileHasAnotherEncoding) {
  EXPECT_NE(refusalOfToken("\xef\xbb\xbfsecret").find("byte order mark"), std::string::npos);
  EXPECT_NE(refusalOfToken(std::string_view("\xff\xfes\0e\0", 6)).find("UTF-16"), std::string::npos);
  EXPECT_NE(refusalOfToken(std::string_view("s\0e\0", 4)).find("UTF-16"), std::string::npos);
}

TEST(AccessToken, OfAnAllowedLengthIsToldItsProbableMistake) {
  const std::string hint = "a blank, a quote, a second line?";
  EXPECT_NE(refusalOfToken(" " + std::string(8191, 'a')).find(hint), std::string::npos);
  EXPECT_EQ(refusalOfToken(" " + std::string(8192, 'a')).find(hint), std::string::npos);
}

TEST(AccessToken, RefusesEveryOtherByte) {
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      (c != 0 && std::string_view("-._~+/").find(byte) != std::string_view::npos);
    EXPECT_EQ(refusalOfToken(std::string("a") + byte + "b").empty(), good) << c;
  }
}

TEST(AccessToken, KnowsWhenItExpiresWhereThatIsKnown) {
  EXPECT_EQ(AccessToken{Secret("a")}.expiresAt(), std::nullopt);
  const std::chrono::system_clock::time_point at(1000h);
  EXPECT_EQ(AccessToken(Secret("a"), at).expiresAt(), at);
}

TEST(DeveloperToken, IsAtHandAndTheSameForEverybody) {
  const BoxDeveloperTokenAuth auth(Secret("abc\n"));
  const auto token = auth.currentToken({});
  ASSERT_NE(token, nullptr);
  EXPECT_EQ(token->value().reveal(), "abc");
  EXPECT_EQ(auth.currentToken({}), token);
  EXPECT_THROW(BoxDeveloperTokenAuth(Secret("")), BoxSdkError);
  const char* const unset = nullptr;
  EXPECT_THROW(BoxDeveloperTokenAuth{unset}, BoxSdkError) << "as std::getenv() gives it";
}

}  // namespace
}  // namespace box
