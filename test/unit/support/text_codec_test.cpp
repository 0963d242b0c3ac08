#include "support/text_codec.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::string_view_literals;

TEST(TextCodec, HexDigitsHaveTheirValues) {
  for (int c = 0; c < 256; ++c) {
    const std::size_t at = "0123456789abcdef"sv.find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    EXPECT_EQ(hexValue(static_cast<char>(c)), at == std::string_view::npos ? -1 : static_cast<int>(at)) << c;
  }
  EXPECT_EQ(toHex("\x00\xff\x1a"sv), "00ff1a");
  EXPECT_EQ(toHex(""), "");
}

TEST(TextCodec, PercentEscapesAreDecodedOrRefused) {
  EXPECT_EQ(percentDecoded("a%20b+c%2B", Plus::literal), "a b+c+");
  EXPECT_EQ(percentDecoded("a%20b+c%2b", Plus::blank), "a b c+");
  EXPECT_EQ(percentDecoded("%00", Plus::literal), std::string(1, '\0'));
  EXPECT_EQ(percentDecoded("", Plus::literal), "");
  for (const char* const broken : {"%", "%2", "%zz", "%2z", "a%", "%%41", "% 1"}) {
    EXPECT_EQ(percentDecoded(broken, Plus::literal), std::nullopt) << broken;
  }
}

TEST(TextCodec, Base64IsThatOfTheStandard) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xfb\xff\xbf", "+/+/"}};
  for (const auto& [bytes, text] : cases) EXPECT_EQ(base64(bytes), text);
  EXPECT_EQ(base64Url("\xfb\xff\xbf"), "-_-_");
  EXPECT_EQ(base64Url("f"), "Zg");
  EXPECT_EQ(base64Url("fo"), "Zm8");
  EXPECT_EQ(base64Url(""), "");
}

}  // namespace
}  // namespace box
