#include "network/validation.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace box {
namespace {

TEST(Validation, ComparesAsciiWithoutCaseAndNothingElse) {
  EXPECT_TRUE(equalsIgnoreCase("Retry-After", "rETRY-aFTER"));
  EXPECT_TRUE(equalsIgnoreCase("", ""));
  EXPECT_FALSE(equalsIgnoreCase("a", "ab"));
  EXPECT_FALSE(equalsIgnoreCase("\xc3\x84", "\xc3\xa4")) << "whatever the locale says of umlauts";
  EXPECT_FALSE(equalsIgnoreCase("[", "{")) << "32 apart, and no letters";
  EXPECT_FALSE(equalsIgnoreCase("@", "`"));
}

TEST(Validation, ComparesBeginningsAndTrimsBlanks) {
  EXPECT_TRUE(startsWithIgnoreCase("Text/HTML; x", "text/html"));
  EXPECT_TRUE(startsWithIgnoreCase("a", ""));
  EXPECT_FALSE(startsWithIgnoreCase("text/htm", "text/html"));
  EXPECT_EQ(trimBlanks(" \ta b\t "), "a b");
  EXPECT_EQ(trimBlanks("\r\na"), "\r\na") << "line breaks are no blanks";
  EXPECT_EQ(trimBlanks(" \t "), "");
}

TEST(Validation, KnowsTheCharactersOfTokens) {
  for (int c = 0; c < 256; ++c) {
    const char text[] = {static_cast<char>(c), '\0'};
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool expected =
        letter || (c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(text[0]) != std::string_view::npos);
    EXPECT_EQ(isToken(std::string_view(text, 1)), expected) << c;
  }
  EXPECT_FALSE(isToken(""));
}

TEST(Validation, KnowsTheCharactersOfFieldValues) {
  for (int c = 0; c < 256; ++c) {
    const char text[] = {'a', static_cast<char>(c), 'b'};
    EXPECT_EQ(isFieldValue(std::string_view(text, 3)), c == '\t' || (c >= 0x20 && c < 0x7f)) << c;
  }
  EXPECT_TRUE(isFieldValue(""));
  for (const char* text : {" ", "\t", " a", "a ", "\ta", "a\t"}) EXPECT_FALSE(isFieldValue(text)) << text;
}

TEST(Validation, NamesTheHeaderAndNeverItsValue) {
  struct {
    std::string name, value;
    const char* part;
  } const cases[] = {
      {"", "secret", "empty name"},
      {"X Y", "secret", "header's name"},
      {"X-A", "secret\n", "header X-A"},
      {"X-A", std::string(4091, 's') + "secret", "header X-A"},
      {"Cookie", "secret", "header Cookie"},
      {"As-User", "secret", "header As-User"},
      {"proxy-x", "secret", "header proxy-x"},
      {std::string(129, 'n'), "secret", "128"},
  };
  for (const auto& c : cases) {
    const std::string objection = headerObjection(c.name, c.value);
    EXPECT_NE(objection.find(c.part), std::string::npos) << objection;
    EXPECT_EQ(objection.find("secret"), std::string::npos) << objection;
  }
  EXPECT_EQ(headerObjection("X-A", ""), "");
  EXPECT_EQ(headerObjection("X-Proxy-A", "1"), "") << "it only begins otherwise";
  EXPECT_EQ(headerObjection("Hostess", "1"), "");
}

TEST(Validation, DoesNotRepeatANameThatIsNone) {
  for (const char* name : {"secret\r\nX: y", "secret name", "secret\x1b[2J"}) {
    EXPECT_EQ(headerObjection(name, "a").find("secret"), std::string::npos);
  }
}

TEST(Validation, LimitsTheNameAndTheValueOfAHeader) {
  EXPECT_EQ(headerObjection(std::string(128, 'n'), "x"), "");
  EXPECT_NE(headerObjection(std::string(129, 'n'), "x"), "");
  EXPECT_EQ(headerObjection("X-A", std::string(4096, 'v')), "");
  EXPECT_EQ(headerObjection("X-A", std::string(4097, 'v')), "header X-A is longer than 4096 bytes");
}

TEST(Validation, LimitsTheLengthAndTheCharactersOfATag) {
  EXPECT_EQ(tagObjection(""), "");
  EXPECT_EQ(tagObjection(" ~" + std::string(126, 't')), "");
  EXPECT_EQ(tagObjection(std::string(129, 't')), "the tag is longer than 128 characters");
  EXPECT_EQ(tagObjection("ab\n"), "the tag must be printable ASCII; character 3 is not");
  EXPECT_EQ(tagObjection("\x7f"), "the tag must be printable ASCII; character 1 is not");
  EXPECT_EQ(tagObjection("a\xc3\xbc"), "the tag must be printable ASCII; character 2 is not");
}

}  // namespace
}  // namespace box
