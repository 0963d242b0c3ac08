#include "box/observe/data_sanitizer.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "box/observe/observer.hpp"
#include "box/support/unicode.hpp"

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
      {"login mary.o'brien@example.com", "login [login]"},
      {"\"user!name#1&more@example.com\"", "\"[login]\""},
      {"user 'ann@example.com' and {bob@example.com}", "user [login]' and [login]}"},
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
      {"secret=AbCdEfGhIjKlMnOpQrStUvWxYz", "[redacted]"},  // only letters, but in upper and lower case
      {"3f2504e0-4f89-41d3-9a0c-0305e82c3301", "[redacted]"},
  };
  for (const auto& c : cases) EXPECT_EQ(sanitized(c.text), c.expected);
}

TEST(DataSanitizer, KeepsEveryLanguage) {
  for (const char* text :
       {"Zugriff f\xc3\xbcr M\xc3\xbcller: \xe6\x8b\x92\xe5\x90\xa6", "\xd0\xb4\xd0\xb0", "\xf0\x9f\x99\x82"}) {
    EXPECT_EQ(sanitized(text), text);
  }
}

TEST(DataSanitizer, EscapesWhatNobodyCanSee) {
  EXPECT_EQ(sanitized("a\r\nb\tc"), "a\\r\\nb\\tc");
  EXPECT_EQ(sanitized("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(sanitized(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(sanitized("a   b"), "a b");
  EXPECT_EQ(sanitized("a\xe2\x80\x8b"
                      "b\xef\xbb\xbf"),
            "a\\u{200b}b\\u{feff}");
  EXPECT_EQ(sanitized("\xff\xc3"), "\\xff\\xc3") << "bytes that are not UTF-8";
  EXPECT_EQ(sanitized("\xc2\x9b"), "\\u{9b}") << "a control character of 8 bits";
  for (int c = 0; c < 256; ++c) {
    for (const char shown : sanitized(std::string("x") + static_cast<char>(c) + "y")) {
      EXPECT_TRUE(shown >= 0x20 && shown < 0x7f) << c;
    }
  }
}

TEST(DataSanitizer, CutsBetweenCharacters) {
  std::string text = "x";
  while (text.size() < 300) text += "\xe6\x8b\x92 ";
  const std::string cut = sanitized(text);
  EXPECT_TRUE(isUtf8(cut)) << cut;
  EXPECT_LE(cut.size(), 203U);
}

TEST(DataSanitizer, CutsLongText) {
  EXPECT_EQ(sanitized(std::string(199, ',')).size(), 199U);
  EXPECT_EQ(sanitized(std::string(200, ',')), std::string(200, ','));
  EXPECT_EQ(sanitized(std::string(201, ',')), std::string(200, ',') + "...");
  EXPECT_EQ(sanitized(std::string(1'000'000, ',')), std::string(200, ',') + "...");
  EXPECT_EQ(sanitized(std::string(300, 'a')), std::string(200, 'a') + "...");
  EXPECT_EQ(sanitized(std::string(199, ',') + "  "), std::string(199, ',') + " ...") << "whatever is cut off";
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

TEST(DataSanitizer, ShowsWordsThatAreTooShortForAKey) {
  EXPECT_EQ(sanitized(std::string(31, '1')), std::string(31, '1'));
  EXPECT_EQ(sanitized(std::string(15, 'a') + std::string(16, 'A')), std::string(15, 'a') + std::string(16, 'A'));
  EXPECT_EQ(sanitized(std::string(40, 'A')), std::string(40, 'A'));
  EXPECT_EQ(sanitized(std::string(31, 'z') + "0"), "[redacted]");
  EXPECT_EQ(sanitized(std::string(31, 'z') + "9"), "[redacted]");
  EXPECT_EQ(sanitized(std::string(31, 'a') + "A"), "[redacted]");
  EXPECT_EQ(sanitized(std::string(31, 'z') + "Z"), "[redacted]");
  EXPECT_EQ(sanitized("Bearers abc"), "Bearers abc");
}

}  // namespace
}  // namespace box
