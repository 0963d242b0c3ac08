#include "box/support/unicode.hpp"

#include <initializer_list>
#include <ios>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace box {
namespace {

TEST(Unicode, TellsWhatNobodySees) {
  for (const char32_t c : std::initializer_list<char32_t>{0x0,    0x1b,   0x7f,   0x85,   0xad,   0x34f,   0x61c,
                                                          0x180e, 0x200b, 0x200d, 0x200e, 0x2028, 0x202e,  0x2060,
                                                          0x2066, 0x3164, 0xfe0f, 0xfeff, 0xfff9, 0xe0041, 0xe0100}) {
    EXPECT_TRUE(isInvisible(c)) << std::hex << static_cast<unsigned>(c);
    EXPECT_FALSE(isBlank(c)) << std::hex << static_cast<unsigned>(c);
  }
  for (const char32_t c :
       std::initializer_list<char32_t>{0x20, 0xa0, 0x1680, 0x2000, 0x200a, 0x202f, 0x205f, 0x2800, 0x3000}) {
    EXPECT_TRUE(isBlank(c)) << std::hex << static_cast<unsigned>(c);
    EXPECT_FALSE(isInvisible(c)) << std::hex << static_cast<unsigned>(c);
  }
  for (const char32_t c :
       std::initializer_list<char32_t>{0x21, 0x7e, 0xa1, 0xac, 0xae, 0x2010, 0x2027, 0x2030, 0x2070, 0x6771, 0xfefe,
                                       0xff00, 0x1f642, 0xdffff, 0xe1000, 0x10ffff}) {
    EXPECT_FALSE(isInvisible(c) || isBlank(c)) << std::hex << static_cast<unsigned>(c);
  }
}

TEST(Unicode, ReadsOneCharacterAtATime) {
  EXPECT_EQ(firstCharacter("a\u00e4").value, U'a');
  const Utf8Character umlaut = firstCharacter("\u00e4x");
  EXPECT_TRUE(umlaut.valid);
  EXPECT_EQ(umlaut.value, U'\u00e4');
  EXPECT_EQ(umlaut.size, 2U);
  const Utf8Character broken = firstCharacter("\xe2\x82");
  EXPECT_FALSE(broken.valid);
  EXPECT_EQ(broken.size, 1U);
}

TEST(Unicode, FollowsRfc3629) {
  using namespace std::string_view_literals;
  for (const std::string_view good :
       {""sv, "a"sv, "\0"sv, "\x7f"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv, "\xe1\x80\x80"sv, "\xec\xbf\xbf"sv,
        "\xed\x80\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv, "\xef\xbf\xbf"sv, "\xf0\x90\x80\x80"sv,
        "\xf1\x80\x80\x80"sv, "\xf3\xbf\xbf\xbf"sv, "\xf4\x8f\xbf\xbf"sv, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82z"sv}) {
    EXPECT_TRUE(isUtf8(good)) << testing::PrintToString(std::string(good));
  }
  for (const std::string_view bad : {"\x80"sv,
                                     "\xbf"sv,
                                     "\xc0\x80"sv,
                                     "\xc1\xbf"sv,
                                     "\xc2"sv,
                                     "\xc2\x7f"sv,
                                     "\xc2\xc0"sv,
                                     "\xdf"sv,
                                     "\xe0\x80\x80"sv,
                                     "\xe0\x9f\xbf"sv,
                                     "\xe0\xa0"sv,
                                     "\xe0\xa0\x7f"sv,
                                     "\xe1\x80"sv,
                                     "\xe1\x7f\x80"sv,
                                     "\xed\xa0\x80"sv,
                                     "\xed\xbf\xbf"sv,
                                     "\xef\xbf"sv,
                                     "\xf0\x80\x80\x80"sv,
                                     "\xf0\x8f\xbf\xbf"sv,
                                     "\xf0\x90\x80"sv,
                                     "\xf0\x90\x80\xc0"sv,
                                     "\xf0\x90\x7f\x80"sv,
                                     "\xf4\x90\x80\x80"sv,
                                     "\xf5\x80\x80\x80"sv,
                                     "\xf8\x88\x80\x80\x80"sv,
                                     "\xfe"sv,
                                     "\xff"sv,
                                     "a\xff"sv,
                                     "\xe2\x82"
                                     "a"sv}) {
    EXPECT_FALSE(isUtf8(bad)) << testing::PrintToString(std::string(bad));
  }
}

TEST(Unicode, ShowsWhatIsInvisible) {
  for (const auto& [text, shown] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"\n", "\\n"},
           {"\r", "\\r"},
           {"\t", "\\t"},
           {"\x1b[2J", "\\x1b"},
           {"a", "\\x61"},
           {"\x7f", "\\x7f"},
           {"\x80", "\\x80"},  // a byte that is not UTF-8
           {"\xff", "\\xff"},
           {"\xc2\x80", "\\u{80}"},
           {"\xe2\x80\x8b", "\\u{200b}"},
           {"\xf4\x8f\xbf\xbf", "\\u{10ffff}"}}) {
    std::string out;
    appendEscaped(out, text, firstCharacter(text));
    EXPECT_EQ(out, shown);
  }
}

}  // namespace
}  // namespace box
