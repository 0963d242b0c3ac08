#include "cli/text.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace box::cli {
namespace {

using namespace std::chrono_literals;

TEST(CliText, ShowsPlainTextUnchanged) { EXPECT_EQ(printable("Grüße, 東京 🙂"), "Grüße, 東京 🙂"); }

TEST(CliText, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(printable("one\r\ntwo\tthree"), "one\\r\\ntwo\\tthree");
  EXPECT_EQ(printable(std::string_view("\0\x7f", 2)), "\\x00\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u{9b}31m")
      << "C1 CSI";
  EXPECT_EQ(printable("abc\u202egpj"), "abc\\u{202e}gpj") << "right-to-left override";
}

TEST(CliText, PutsAConjunctionBeforeTheLastOfASeries) {
  EXPECT_EQ(inSeries({}, "and"), "");
  EXPECT_EQ(inSeries(std::vector<std::string>{"a"}, "and"), "a");
  EXPECT_EQ(inSeries(std::vector<std::string>{"a", "b"}, "or"), "a or b");
  EXPECT_EQ(inSeries(std::vector<std::string>{"a", "b", "c"}, "and"), "a, b and c");
}

TEST(CliText, CountsInOneWay) {
  EXPECT_EQ(counted(0, "call"), "0 calls");
  EXPECT_EQ(counted(1, "entry"), "1 entry");
  EXPECT_EQ(counted(1'234'567, "entry"), "1,234,567 entries");
  EXPECT_EQ(counted(2, "person"), "2 people");
  EXPECT_EQ(inCounts({{0, "accepted"}, {1000, "rejected"}, {0, "invalid"}, {1, "in doubt"}}),
            "1,000 rejected, 1 in doubt");
  EXPECT_EQ(inCounts({{0, "accepted"}, {0, "rejected"}}), "");
  EXPECT_EQ(inCounts({{0, "accepted"}, {2, "rejected"}}, true), "0 accepted, 2 rejected");
}

TEST(CliText, EscapesWhatNobodySees) {
  EXPECT_EQ(printable("a\u200b\u00ad\ufeff@x"), "a\\u{200b}\\u{ad}\\u{feff}@x");
  EXPECT_EQ(printable("Acc\u00e8s refus\u00e9\u00a0: \u3000"), "Acc\u00e8s refus\u00e9\u00a0: \u3000")
      << "blanks stay in prose";
  EXPECT_EQ(inQuotes("a\u00a0b c"), "'a\\u{a0}b c'") << "but not in entries";
}

TEST(CliText, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "overlong slash";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond Unicode";
  EXPECT_EQ(printable("x\xe2\x82"), "x\\xe2\\x82") << "cut short";
}

TEST(CliText, CutsLongText) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcdef…");
  EXPECT_EQ(printable("ab\u20ac", 4), "ab…") << "never within a character";
}

TEST(CliText, ReplacesInvalidBytesForJson) { EXPECT_EQ(validUtf8("a\xff\u00e9"), "a\ufffd\u00e9"); }

TEST(CliText, QuotesWrongEntriesButNotWhatMayBeAKey) {
  EXPECT_EQ(inQuotes("ann"), "'ann'");
  EXPECT_EQ(inQuotes("123456789012345678901234567890"), "'123456789012345678901234567890'");
  EXPECT_EQ(inQuotes("Ann Example, Some Street 12"), "'Ann Example, Some Street 12'");
  EXPECT_EQ(inQuotes("T9cE5asGnuyYCCqIZFoWjFHvNbvVqHjl"), "a text of 32 characters (not shown: it may be a key)");
  EXPECT_EQ(inQuotes("eyJhbGciOi.JIUzI1NiJ9.abc_-"), "a text of 27 characters (not shown: it may be a key)");
}

TEST(CliText, CountsInWords) {
  EXPECT_EQ(counted(1, "user"), "1 user");
  EXPECT_EQ(counted(0, "user"), "0 users");
  EXPECT_EQ(counted(1, "entry"), "1 entry");
  EXPECT_EQ(counted(2, "entry"), "2 entries");
}

TEST(CliText, UnderstandsDurations) {
  EXPECT_EQ(parseDuration("30s"), 30s);
  EXPECT_EQ(parseDuration("2m"), 2min);
  EXPECT_EQ(parseDuration("1m30s"), 90s);
  EXPECT_EQ(parseDuration("500ms"), 500ms);
  EXPECT_EQ(parseDuration("24h"), 24h);
  EXPECT_EQ(parseDuration("86400000ms"), 24h);
  EXPECT_EQ(parseDuration("1h1m1s1ms"), 1h + 1min + 1s + 1ms);
}

TEST(CliText, RefusesOtherDurations) {
  for (const char* const text : {"", "30", "s", "0s", "-1s", "1.5s", "30 s", "30sec", "25h", "24h1ms", "86400001ms",
                                 "1d", "99999999999999999999s"}) {
    EXPECT_EQ(parseDuration(text), std::nullopt) << text;
  }
}

TEST(CliText, ShowsDurationsAsPeopleSayThem) {
  EXPECT_EQ(shownDuration(0ns), "0 ms");
  EXPECT_EQ(shownDuration(52ms), "52 ms");
  EXPECT_EQ(shownDuration(1500ms), "1.5 s");
  EXPECT_EQ(shownDuration(2s), "2 s");
  EXPECT_EQ(shownDuration(100s), "100 s");
  EXPECT_EQ(shownDuration(999ms), "999 ms");
  EXPECT_EQ(shownDuration(1s), "1 s");
  EXPECT_EQ(shownDuration(1099ms), "1 s");
  EXPECT_EQ(shownDuration(1100ms), "1.1 s");
  EXPECT_EQ(shownDuration(9999ms), "9.9 s");
  EXPECT_EQ(shownDuration(10'500ms), "10 s");
  EXPECT_EQ(shownDuration(120s), "120 s");
  EXPECT_EQ(shownDuration(121s), "2 min 1 s");
  EXPECT_EQ(shownDuration(125s), "2 min 5 s");
  EXPECT_EQ(shownDuration(180s), "3 min");
}

TEST(CliText, ShowsAShortWordThatMayBeAName) {
  EXPECT_EQ(inQuotes("aB3-dE6_gH9jK2mN5pQ"), "'aB3-dE6_gH9jK2mN5pQ'");
  EXPECT_EQ(inQuotes("aB3-dE6_gH9jK2mN5pQ8"), "a text of 20 characters (not shown: it may be a key)");
}

TEST(CliText, CutsALongWrongEntry) {
  const std::string longest(60, ' ');
  EXPECT_EQ(inQuotes(longest), "'" + longest + "'");
  EXPECT_EQ(inQuotes(longest + " "), "'" + longest + "…'");
}

TEST(CliText, FillsColumnsUpToAWidth) {
  EXPECT_EQ(padded("ab", 4), "ab  ");
  EXPECT_EQ(padded("abcd", 4), "abcd");
  EXPECT_EQ(padded("abcde", 4), "abcde");
  EXPECT_EQ(columnWidth(3, 5), 5U) << "as wide as its head";
  EXPECT_EQ(columnWidth(12, 5), 12U);
  EXPECT_EQ(columnWidth(41, 5), 40U) << "a single long entry does not widen the table";
}

TEST(CliText, TrimsBlanksAndTabs) {
  EXPECT_EQ(trimmed(" \t a b\t "), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \t "), "");
  EXPECT_EQ(lowerCase("@AZ[az`{\xc3\x84"), "@az[az`{\xc3\x84");
}

}  // namespace
}  // namespace box::cli
