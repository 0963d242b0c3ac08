#include "read/json_text.hpp"

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace box {
namespace {

std::string scalarOf(std::string_view text) {
  const auto json = JsonText::parse(text);
  return json ? json->scalar() : "not JSON";
}

TEST(JsonText, TakesWhatIsJsonAndNothingElse) {
  for (const char* text :
       {"{}", " [ ] ", "0", "-0", "1.5e-7", "1E+9", "\"\"", "true", "false", "null", "[1,[2,{\"a\":[]}]]",
        "{\"a\":1,\"a\":2}", "\"\\u00e9\\ud83d\\ude00\"", "\"\xc3\xa9\"", "\t\r\n1 "}) {
    EXPECT_TRUE(JsonText::parse(text)) << text;
  }
  for (const char* text :
       {"",      " ",       "{",         "}",      "[1,]",     "[,1]",     "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{a:1}", "[1 2]",   "01",        "-",      "1.",       ".5",       "1e",  "+1",      "tru",      "nul",
        "\"",    "\"\\x\"", "\"\\u12\"", "\"\n\"", "\"\xff\"", "\"\xc3\"", "1 1", "{}{}",    "[}",       "NaN"}) {
    EXPECT_FALSE(JsonText::parse(text)) << text;
  }
  EXPECT_FALSE(JsonText::parse(std::string_view("\"a\0b\"", 5)));
}

TEST(JsonText, BoundsTheDepth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(JsonText::parse(nested(JsonText::maxDepth)));
  EXPECT_FALSE(JsonText::parse(nested(JsonText::maxDepth + 1)));
  EXPECT_FALSE(JsonText::parse(std::string(100'000, '[')));
}

TEST(JsonText, KeepsEachDigitOfANumber) {
  EXPECT_EQ(scalarOf("1152923110369165139"), "1152923110369165139");
  EXPECT_EQ(scalarOf("123456789012345678901234567890"), "123456789012345678901234567890");
  EXPECT_EQ(scalarOf("1.15e+18"), "1.15e+18");
}

TEST(JsonText, DecodesStrings) {
  EXPECT_EQ(scalarOf("\"a\\\"b\\\\c\\/d\\n\\t\\u0041\""), "a\"b\\c/d\n\tA");
  EXPECT_EQ(scalarOf(R"("a\bb\fc\nd\re\tf\"g\\h\/i")"), "a\bb\fc\nd\re\tf\"g\\h/i");
  EXPECT_EQ(scalarOf("\"\\u00e9\\u20ac\\ud83d\\ude00\""), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(scalarOf("\"\\ud83d\""), "\xef\xbf\xbd") << "half a pair";
  EXPECT_EQ(scalarOf("\"\\ude00x\""), "\xef\xbf\xbdx");
  EXPECT_EQ(scalarOf("\"\\ud83d\\u0041\""),
            "\xef\xbf\xbd"
            "A");
  EXPECT_EQ(scalarOf("true"), "true");
  EXPECT_EQ(scalarOf("null"), "");
  EXPECT_EQ(scalarOf("{\"a\":1}"), "");
}

TEST(JsonText, WalksOverMembersAndElements) {
  const auto json = JsonText::parse(R"( { "a" : [ 1 , "x]}" , {"b":[2]} ] , "c":{"d":"\"}"},"e" :null, "a2":-1.5 } )");
  ASSERT_TRUE(json);
  std::vector<std::pair<std::string, std::string>> members;
  json->forEachMember([&](std::string_view key, JsonText value) { members.emplace_back(key, value.text()); });
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"a", R"([ 1 , "x]}" , {"b":[2]} ])"}, {"c", R"({"d":"\"}"})"}, {"e", "null"}, {"a2", "-1.5"}};
  EXPECT_EQ(members, expected);
  std::vector<std::string> elements;
  json->member("a").forEachElement([&](JsonText value) { elements.emplace_back(value.text()); });
  EXPECT_EQ(elements, (std::vector<std::string>{"1", "\"x]}\"", "{\"b\":[2]}"}));
  EXPECT_TRUE(json->member("nothing").isNull());
  EXPECT_TRUE(json->member("a").member("b").isNull()) << "a list has no members";
}

TEST(JsonText, ReadsNumbersAndTruth) {
  const auto integerOf = [](std::string_view text) { return JsonText::parse(text)->integer(); };
  EXPECT_EQ(integerOf("42"), 42);
  EXPECT_EQ(integerOf("\"42\""), 42);
  EXPECT_EQ(integerOf("4.2"), std::nullopt);
  EXPECT_EQ(integerOf("99999999999999999999"), std::nullopt);
  EXPECT_EQ(integerOf("\"\""), std::nullopt);
  EXPECT_EQ(integerOf("[]"), std::nullopt);
  EXPECT_EQ(JsonText::parse("true")->boolean(), true);
  EXPECT_EQ(JsonText::parse("\"true\"")->boolean(), std::nullopt);
}

/// The character in UTF-8, by the table of RFC 3629.
std::string utf8Of(unsigned c) {
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xc0 + c / 64), static_cast<char>(0x80 + c % 64)};
  if (c < 0x10000)
    return {static_cast<char>(0xe0 + c / 4096), static_cast<char>(0x80 + c / 64 % 64),
            static_cast<char>(0x80 + c % 64)};
  return {static_cast<char>(0xf0 + c / 262144), static_cast<char>(0x80 + c / 4096 % 64),
          static_cast<char>(0x80 + c / 64 % 64), static_cast<char>(0x80 + c % 64)};
}

std::string escaped(unsigned unit) {
  char text[8];
  std::snprintf(text, sizeof text, "\\u%04x", unit);
  return text;
}

TEST(JsonText, DecodesEachCharacterThatIsEscaped) {
  for (unsigned c = 0; c < 0x10000; ++c) {
    const bool isHalf = c >= 0xd800 && c < 0xe000;
    ASSERT_EQ(scalarOf("\"" + escaped(c) + "x\""), (isHalf ? "\xef\xbf\xbd" : utf8Of(c)) + "x") << c;
  }
  for (const unsigned c : {0x10000U, 0x103ffU, 0x10400U, 0x1f600U, 0xffc00U, 0x10ffffU}) {
    const std::string pair = escaped(0xd800 + (c - 0x10000) / 1024) + escaped(0xdc00 + (c - 0x10000) % 1024);
    EXPECT_EQ(scalarOf("\"" + pair + "\""), utf8Of(c)) << c;
    EXPECT_EQ(scalarOf("\"" + pair + "x\""), utf8Of(c) + "x") << c;
  }
  const std::string lost = "\xef\xbf\xbd";
  EXPECT_EQ(scalarOf("\"" + escaped(0xdbff) + escaped(0xdbff) + "\""), lost + lost) << "two first halves";
  EXPECT_EQ(scalarOf("\"" + escaped(0xdc00) + escaped(0xdc00) + "\""), lost + lost) << "two second halves";
  EXPECT_EQ(scalarOf("\"" + escaped(0xd800) + escaped(0xe000) + "\""), lost + utf8Of(0xe000));
}

TEST(JsonText, TakesEachCharacterButControlCharactersInAString) {
  for (unsigned c = 0; c < 0x80; ++c) {
    const std::string text = {'"', static_cast<char>(c), '"'};
    EXPECT_EQ(JsonText::parse(text).has_value(), c >= 0x20 && c != '"' && c != '\\') << c;
  }
  for (const char* text : {"\"\\u123g\"", "\"\\u123\"", "\"\\u\"", "\"\\", "\"\\u12"})
    EXPECT_FALSE(JsonText::parse(text)) << text;
}

TEST(JsonText, EndsAValueAtEachMarkThatMayFollow) {
  for (const char* text : {"[1,2]", "[1 ,2 ]", "[1\t,2\n]"}) {
    std::vector<std::string> elements;
    JsonText::parse(text)->forEachElement([&](JsonText value) { elements.emplace_back(value.text()); });
    EXPECT_EQ(elements, (std::vector<std::string>{"1", "2"})) << text;
  }
  EXPECT_EQ(JsonText::parse(R"({"a":1})")->member("a").text(), "1");
  EXPECT_EQ(JsonText::parse(R"({"a":1,"a":2})")->member("a").text(), "2") << "the last one counts";
  EXPECT_EQ(JsonText::parse(R"({"a":"\\","b":"\""})")->member("b").scalar(), "\"");
  EXPECT_EQ(JsonText::parse("false")->boolean(), false);
  EXPECT_EQ(JsonText::parse("0")->boolean(), std::nullopt);
}

}  // namespace
}  // namespace box
