#include "box/observe/data_sanitizer.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "box/observe/observer.hpp"

namespace box {
namespace {

std::string sanitized(std::string_view text) { return defaultDataSanitizer()->sanitize(text); }

TEST(DataSanitizer, LeavesBoxsOwnWordsAlone) {
  for (const char* text :
       {"", "rate_limit_exceeded", "access_denied_insufficient_permissions", "User id format is string",
        "Users can not be NULL or EMPTY", "The 'exp' claim (see help).", "request 0abcdef012345678 failed",
        "internationalisation_of_permissions_and_policies", "12 of 34 entries, 5.6%"}) {
    EXPECT_EQ(sanitized(text), text);
  }
}

TEST(DataSanitizer, HidesAddressesOfPeople) {
  struct {
    const char* text;
    const char* expected;
  } const cases[] = {
      {"ann@example.com", "[login]"},
      {"user ann@example.com not found", "user [login] not found"},
      {"\"ann@example.com\"", "\"[login]\""},
      {"<ann.b+c@example.com>,bob@x", "<[login]>,[login]"},
      {"ann%40example.com", "[login]"},
      {"login=ann@example.com;id=5", "[login];id=5"},
      {"@", "[login]"},
      {"gr\xc3\xbc\xc3\x9f@example.com", "[login]"},
  };
  for (const auto& c : cases) EXPECT_EQ(sanitized(c.text), c.expected);
}

TEST(DataSanitizer, HidesTokensAndKeys) {
  struct {
    std::string text, expected;
  } const cases[] = {
      {"Bearer abc", "Bearer [redacted]"},
      {"Authorization: Bearer x y", "Authorization: Bearer [redacted] y"},
      {"bearer   abc", "bearer [redacted]"},
      {"BEARER \"abc\"", "BEARER \"[redacted]\""},
      {"token T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl is bad", "token [redacted] is bad"},
      {std::string(32, '1'), "[redacted]"},
      {std::string(31, 'a') + "1", "[redacted]"},
      {"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhYmMifQ.c2lnbmF0dXJl", "[redacted]"},
      {"secret=AbCdEfGhIjKlMnOpQrStUvWxYz", "[redacted]"},  // letters alone, but of both cases
      {"3f2504e0-4f89-41d3-9a0c-0305e82c3301", "[redacted]"},
  };
  for (const auto& c : cases) EXPECT_EQ(sanitized(c.text), c.expected);
}

TEST(DataSanitizer, KeepsToOneLineOfVisibleAscii) {
  EXPECT_EQ(sanitized("a\r\nb\tc"), "a b c");
  EXPECT_EQ(sanitized("a\x1b[2Jb"), "a [2Jb");
  EXPECT_EQ(sanitized(std::string_view("a\0b", 3)), "a b");
  EXPECT_EQ(sanitized("a   b"), "a b");
  EXPECT_EQ(sanitized("\xc3\xa9t\xc3\xa9"), "??t??");
  for (int c = 0; c < 256; ++c) {
    for (const char shown : sanitized(std::string("x") + static_cast<char>(c) + "y")) {
      EXPECT_TRUE(shown >= 0x20 && shown < 0x7f) << c;
    }
  }
}

TEST(DataSanitizer, CutsLongText) {
  EXPECT_EQ(sanitized(std::string(199, ',')).size(), 199U);
  EXPECT_EQ(sanitized(std::string(200, ',')), std::string(200, ','));
  EXPECT_EQ(sanitized(std::string(201, ',')), std::string(200, ',') + "...");
  EXPECT_EQ(sanitized(std::string(1'000'000, ',')), std::string(200, ',') + "...");
  EXPECT_EQ(sanitized(std::string(300, 'a')), std::string(200, 'a') + "...");
  std::string words;
  for (int i = 0; i < 1000; ++i) words += "word ";
  EXPECT_EQ(sanitized(words).size(), 203U);
}

TEST(Observer, NamesCloseReasonsAndFailureKinds) {
  for (int i = 0; i <= static_cast<int>(event::CloseReason::closed); ++i) {
    EXPECT_NE(toString(static_cast<event::CloseReason>(i)), "unknown") << i;
  }
  for (int i = 0; i <= static_cast<int>(FailureKind::final); ++i) {
    EXPECT_NE(toString(static_cast<FailureKind>(i)), "unknown") << i;
  }
  EXPECT_EQ(toString(event::CloseReason::unsolicited), "unsolicited");
  EXPECT_EQ(toString(FailureKind::hostNotFound), "hostNotFound");
  EXPECT_EQ(toString(static_cast<FailureKind>(200)), "unknown");
  EXPECT_EQ(toString(static_cast<event::CloseReason>(200)), "unknown");
}

}  // namespace
}  // namespace box
