#include "support/text_codec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/text_encoding.hpp"
#include "support/words.hpp"

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
  EXPECT_EQ(percentDecoded("%41"sv.substr(0, 2), Plus::literal), std::nullopt) << "what follows the text is not read";
}

TEST(TextCodec, ParametersAreEncodedAndStandBetweenAmpersands) {
  std::string query;
  appendParam(query, "a b", "c&d=");
  appendParam(query, "e", "");
  EXPECT_EQ(query, "a%20b=c%26d%3D&e=");
}

TEST(TextCodec, ALineIsWordsAndAWordMayBeANumber) {
  EXPECT_EQ(wordsIn("a b  c"), (std::vector<std::string_view>{"a", "b", "", "c"}));
  EXPECT_EQ(wordsIn(""), std::vector<std::string_view>{""});
  EXPECT_EQ(numberIn<std::uint64_t>("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(numberIn<int>("-7"), -7);
  for (const char* const word : {"", "1x", " 1", "+1", "x"}) EXPECT_EQ(numberIn<int>(word), std::nullopt) << word;
  EXPECT_EQ(numberIn<std::uint16_t>("65536"), std::nullopt);
}

TEST(TextCodec, TheBeginningOfATextEndsWithAWholeCharacter) {
  const std::string_view text = "a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80";  // characters of 1, 2, 3 and 4 bytes
  const std::size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t most = 0; most < 12; ++most) EXPECT_EQ(beginningOf(text, most), text.substr(0, whole[most])) << most;
  EXPECT_EQ(beginningOf("\x80\x80\x80\x80\x80", 4).size(), 1U)
      << "the bytes are not valid text, and at most a character is lost";
  for (const std::size_t most : {std::size_t(0), std::size_t(1), std::size_t(2)}) {
    EXPECT_EQ(beginningOf("\x80\x80\x80", most), "") << most;
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
