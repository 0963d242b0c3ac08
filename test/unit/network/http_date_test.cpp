#include "network/http_date.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_seconds;

sys_seconds at(int year, unsigned month, unsigned day, int hour = 0, int minute = 0, int second = 0) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

const sys_seconds today = at(2026, 7, 26, 12);

TEST(HttpDate, ReadsItsThreeForms) {
  const sys_seconds expected = at(1994, 11, 6, 8, 49, 37);
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994", "Sun Nov 06 08:49:37 1994", " Sun, 06 Nov 1994 08:49:37 GMT\t",
                           "sun, 06 nov 1994 08:49:37 gmt", "Mon, 06 Nov 1994 08:49:37 GMT"}) {
    const auto date = parseHttpDate(text, today);
    ASSERT_TRUE(date.has_value()) << text;
    EXPECT_EQ(*date, expected) << text;
  }
}

TEST(HttpDate, KnowsMonthsLeapDaysAndLeapSeconds) {
  EXPECT_EQ(parseHttpDate("Wed, 29 Feb 2028 23:59:59 GMT", today), at(2028, 2, 29, 23, 59, 59));
  EXPECT_EQ(parseHttpDate("Thu, 29 Feb 2024 00:00:00 GMT", today), at(2024, 2, 29));
  EXPECT_EQ(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT", today), at(2017, 1, 1)) << "a leap second is the next one";
  EXPECT_EQ(parseHttpDate("Fri, 31 Dec 9999 23:59:59 GMT", today), at(9999, 12, 31, 23, 59, 59));
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (unsigned i = 0; i < 12; ++i) {
    EXPECT_EQ(parseHttpDate(std::string("Mon, 01 ") + months[i] + " 2001 00:00:00 GMT", today), at(2001, i + 1, 1));
  }
}

TEST(HttpDate, RefusesWhatIsNoDate) {
  for (const char* text : {"",
                           " ",
                           "x",
                           "Sun",
                           "Sun,",
                           "Sun, ",
                           "Sun, 06 Nov 1994",
                           "Sun, 06 Nov 1994 08:49:37",
                           "06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 06 Nov 1994 08:49:37 GMT+1",
                           "Sun, 06 Nov 1994 08:49:37 GMT x",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 00 Nov 1994 08:49:37 GMT",
                           "Sun, 31 Nov 1994 08:49:37 GMT",
                           "Wed, 29 Feb 2023 08:49:37 GMT",
                           "Mon, 29 Feb 2100 08:49:37 GMT",
                           "Sun, 06 Nox 1994 08:49:37 GMT",
                           "Sux, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:00:00 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Sun, 06 Nov -994 08:49:37 GMT",
                           "Sun, 06 Nov 199 08:49:37 GMT",
                           "Sun, +6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 8:49:37 GMT",
                           "Sun 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06-Nov-94 08:49:37 GMT",
                           "Sunday, 06-Nov-1994 08:49:37 GMT",
                           "Sunday, 06-Nov-94 08:49:37",
                           "Sunday, 06 Nov 94 08:49:37 GMT",
                           "Sun Nov 6 08:49:37 1994",
                           "Sun Nov  6 08:49:37 1994 GMT",
                           "Sun Nov  6 08:49:37 94",
                           "1994-11-06T08:49:37Z",
                           "784111777",
                           "Sun, 06 Nov 19\xff\xff 08:49:37 GMT"}) {
    EXPECT_FALSE(parseHttpDate(text, today).has_value()) << text;
  }
  EXPECT_FALSE(parseHttpDate(std::string_view("Sun, 06 Nov 1994 08:49:37 GM\0", 29), today).has_value());
  EXPECT_FALSE(parseHttpDate(std::string(100'000, '9'), today).has_value());
}

TEST(HttpDate, EndsCleanlyWhereverTheTextIsCut) {
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      EXPECT_FALSE(parseHttpDate(text.substr(0, i), today).has_value()) << text.substr(0, i);
    }
  }
}

TEST(HttpDate, PutsTwoDigitYearsIntoTheRightCentury) {
  // RFC 9110 5.6.7: a date that seems to be more than 50 years in the future is in the past.
  struct {
    sys_seconds now;
    const char* year;
    int expected;
  } const cases[] = {
      {at(2026, 7, 26), "94", 1994},  {at(2026, 7, 26), "00", 2000},  {at(2026, 7, 26), "26", 2026},
      {at(2026, 7, 26), "27", 2027},  {at(2026, 7, 26), "76", 2076},  {at(2026, 7, 26), "77", 1977},
      {at(1999, 12, 31), "99", 1999}, {at(1999, 12, 31), "00", 2000}, {at(1999, 12, 31), "49", 2049},
      {at(1999, 12, 31), "50", 1950}, {at(2099, 12, 31), "00", 2100},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(parseHttpDate(std::string("Monday, 01-Jan-") + c.year + " 00:00:00 GMT", c.now), at(c.expected, 1, 1))
        << c.year << " seen from " << c.now.time_since_epoch().count();
  }
}

std::optional<std::chrono::system_clock::time_point> dateOf(std::string_view text) {
  HttpHeaders headers;
  headers.append("date", text);
  return dateIn(headers, today);
}

TEST(HttpDate, OfAResponseIsNotOneThatTheClockCannotHold) {
  EXPECT_EQ(dateOf("Sun, 06 Nov 1994 08:49:37 GMT"), at(1994, 11, 6, 8, 49, 37));
  EXPECT_EQ(dateOf("Thu, 01 Jan 1970 00:00:00 GMT"), at(1970, 1, 1));
  EXPECT_EQ(dateOf("Tue, 31 Dec 2199 23:59:59 GMT"), at(2199, 12, 31, 23, 59, 59));
  EXPECT_FALSE(dateOf("Wed, 31 Dec 1969 23:59:59 GMT"));
  EXPECT_FALSE(dateOf("Wed, 01 Jan 2200 00:00:00 GMT"));
  EXPECT_FALSE(dateOf("Fri, 31 Dec 9999 23:59:59 GMT"));
  EXPECT_FALSE(dateOf("yesterday"));
  EXPECT_FALSE(dateIn(HttpHeaders(), today));
}

}  // namespace
}  // namespace box
