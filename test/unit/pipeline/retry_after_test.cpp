#include "pipeline/retry_after.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;

const auto today = std::chrono::sys_days(std::chrono::year(2026) / 7 / 26) + 12h;

std::optional<std::chrono::nanoseconds> wait(std::string_view value) {
  HttpHeaders headers;
  headers.append("Retry-After", value);
  return parseRetryAfter(headers, today);
}

TEST(RetryAfter, ReadsSeconds) {
  EXPECT_EQ(wait("0"), 0ms);
  EXPECT_EQ(wait("1"), 1s);
  EXPECT_EQ(wait("100"), 100s) << "what Box documents";
  EXPECT_EQ(wait("007"), 7s);
  EXPECT_EQ(wait(" 12\t"), 12s);
}

TEST(RetryAfter, TakesDigitsWithoutEndForAVeryLongTime) {
  constexpr auto longest = 1'000'000'000s;
  EXPECT_EQ(wait("999999999999999999999999999999"), longest);
  EXPECT_EQ(wait("18446744073709551616"), longest) << "no wrap at 2^64";
  EXPECT_EQ(wait("9223372036854775808"), longest) << "no wrap at 2^63";
  EXPECT_EQ(wait(std::string(10'000, '7')), longest);
  EXPECT_EQ(wait("Fri, 31 Dec 9999 23:59:59 GMT"), longest);
}

TEST(RetryAfter, IgnoresWhatIsNeitherSecondsNorADate) {
  for (const char* text :
       {"",    " ",   "-1",   "-0",   "+5",   "1.5",   "1e3", "0x10", "inf", "Infinity",         "nan", "NaN", "5s",
        "5 s", "5,6", "5, 6", "soon", "five", "\"5\"", "5;",  "1 2",  "--",  "Sun, 06 Nov 1994", "٣"}) {
    EXPECT_FALSE(wait(text).has_value()) << text;
  }
  EXPECT_FALSE(wait(std::string_view("5\0", 2)).has_value());
}

TEST(RetryAfter, TakesABlankForADigitOnlyInTheDayOfAsctime) {
  EXPECT_TRUE(wait("Sat Aug  1 12:00:00 2026").has_value());
  for (const char* text : {"Sat,  1 Aug 2026 12:00:00 GMT", "Saturday,  1-Aug-26 12:00:00 GMT",
                           "Sat, 01 Aug 2026  2:00:00 GMT", "Sat, 01 Aug 2026 12: 0:00 GMT",
                           "Sat, 01 Aug 2026 12:00: 0 GMT", "Sat Aug  1  2:00:00 2026", "Sat Aug  1 12:00:00  026"}) {
    EXPECT_FALSE(wait(text).has_value()) << text;
  }
}

TEST(RetryAfter, IsNothingWhereThereIsNoHeader) {
  HttpHeaders headers;
  headers.append("Retry-After-Not", "5");
  headers.append("X-Retry-After", "5");
  EXPECT_FALSE(parseRetryAfter(headers, today).has_value());
}

TEST(RetryAfter, FindsTheHeaderInAnyCase) {
  for (const char* name : {"retry-after", "Retry-After", "RETRY-AFTER", "rEtRy-aFtEr"}) {
    HttpHeaders headers;
    headers.append(name, "3");
    EXPECT_EQ(parseRetryAfter(headers, today), 3s) << name;
  }
}

TEST(RetryAfter, TakesTheLongestOfSeveralHeadersAndSkipsJunkAmongThem) {
  HttpHeaders headers;
  headers.append("Retry-After", "3");
  headers.append("retry-after", "-9999");
  headers.append("Retry-After", "40");
  headers.append("Retry-After", "Sun, 26 Jul 2026 12:00:10 GMT");
  headers.append("Retry-After", "nonsense");
  EXPECT_EQ(parseRetryAfter(headers, today), 40s);
}

TEST(RetryAfter, CountsADateFromOurClockWhereTheServerNamesNone) {
  EXPECT_EQ(wait("Sun, 26 Jul 2026 12:01:40 GMT"), 100s);
  EXPECT_EQ(wait("Sunday, 26-Jul-26 12:01:40 GMT"), 100s);
  EXPECT_EQ(wait("Sun Jul 26 12:01:40 2026"), 100s);
}

TEST(RetryAfter, TakesADateThatHasPassedForZero) {
  EXPECT_EQ(wait("Sun, 26 Jul 2026 11:59:59 GMT"), 0ms);
  EXPECT_EQ(wait("Thu, 01 Jan 1970 00:00:00 GMT"), 0ms);
  EXPECT_EQ(wait("Sun, 01 Jan 0000 00:00:00 GMT"), 0ms);
}

TEST(RetryAfter, CountsADateFromTheServersOwnDate) {
  // Our clock is wrong by a year; the server's two dates differ by 30 s.
  HttpHeaders headers;
  headers.append("date", "Fri, 25 Jul 2025 08:00:00 GMT");
  headers.append("Retry-After", "Fri, 25 Jul 2025 08:00:30 GMT");
  EXPECT_EQ(parseRetryAfter(headers, today), 30s);
}

TEST(RetryAfter, FallsBackToOurClockWhereTheServersDateIsJunk) {
  HttpHeaders headers;
  headers.append("Date", "yesterday");
  headers.append("Retry-After", "Sun, 26 Jul 2026 12:00:05 GMT");
  EXPECT_EQ(parseRetryAfter(headers, today), 5s);
}

TEST(RetryAfter, LeavesSecondsAloneWhateverTheServersDateSays) {
  HttpHeaders headers;
  headers.append("Date", "Fri, 25 Jul 2025 08:00:00 GMT");
  headers.append("Retry-After", "7");
  EXPECT_EQ(parseRetryAfter(headers, today), 7s);
}

}  // namespace
}  // namespace box
