#include "emulator/http_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

TEST(BoxText, ReadsBearerTokens) {
  EXPECT_EQ(bearerToken("Bearer abc-._~+/1=="), "abc-._~+/1==");
  EXPECT_EQ(bearerToken("bearer x"), "x");
  for (const char* bad : {"", "Bearer", "Bearer ", "Bearer =", "Bearer a b", "Bearer a,b", "Basic x", "Bearerx"}) {
    EXPECT_EQ(bearerToken(bad), std::nullopt) << bad;
  }
}

TEST(BoxText, ReducesCredentials) {
  EXPECT_EQ(withoutCredential("AUTHORIZATION", "Bearer abc"), "Bearer sha256:ba7816bf");
  EXPECT_EQ(withoutCredential("authorization", "abc"), "sha256:ba7816bf");
  EXPECT_EQ(withoutCredential("Cookie", "abc"), "sha256:ba7816bf");
  EXPECT_EQ(withoutCredential("X-Other", "abc"), "abc");
}

TEST(BoxText, ReadsForms) {
  const auto fields = parseForm("a=1&b=x+y%26&c&&=e");
  ASSERT_TRUE(fields.has_value());
  EXPECT_EQ(fieldOf(*fields, "a"), "1");
  EXPECT_EQ(fieldOf(*fields, "b"), "x y&");
  EXPECT_EQ(fieldOf(*fields, "c"), "");
  EXPECT_EQ(fieldOf(*fields, "d"), "");
  EXPECT_FALSE(parseForm("a=%4").has_value());
  EXPECT_FALSE(parseForm("a=%4g").has_value());
  EXPECT_FALSE(parseForm("a=1&b=2&a=1").has_value());
}

TEST(BoxText, DividesTargets) {
  EXPECT_EQ(pathOf("/a/b?c=d?e"), "/a/b");
  EXPECT_EQ(queryOf("/a/b?c=d?e"), "c=d?e");
  EXPECT_EQ(queryOf("/a/b"), "");
  EXPECT_EQ(mediaType("text/html ; charset=x"), "text/html");
}

TEST(BoxText, EscapesAllButUnreservedCharacters) {
  EXPECT_EQ(percentEncoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percentEncoded("a b&c=d\r\n\xc3\xa4%"), "a%20b%26c%3Dd%0D%0A%C3%A4%25");
}

TEST(BoxText, DividesWords) {
  EXPECT_EQ(words("  a  b "), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(words(" ").empty());
}

TEST(BoxText, DecodesBase64UrlStrictly) {
  EXPECT_EQ(decodeBase64Url(""), "");
  EXPECT_EQ(decodeBase64Url("Zg"), "f");
  EXPECT_EQ(decodeBase64Url("Zm8"), "fo");
  EXPECT_EQ(decodeBase64Url("Zm9v"), "foo");
  EXPECT_EQ(decodeBase64Url("Zm9vYmFy"), "foobar");
  EXPECT_EQ(decodeBase64Url("-_-_"), "\xfb\xff\xbf");
  EXPECT_EQ(decodeBase64Url("AAAA"), std::string(3, '\0'));
  // Padding, the other alphabet, blanks, an impossible length, bits after the last byte.
  for (const char* bad : {"Zg==", "Zm8=", "+/+/", "Zm 9v", "Zm9v\n", "Z", "Zm9vY", "Zh", "Zm9", "Z.9v"}) {
    EXPECT_EQ(decodeBase64Url(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
