// The input is an HTTP date.
#include "network/http_date.hpp"

#include <array>
#include <cstdio>
#include <string>

#include "fuzz/fuzz.hpp"

namespace {

using namespace box::fuzz;
using namespace std::chrono;

/// The three forms of RFC 9110 5.6.7, with a wrong weekday, which is not checked. Each form pads a day below 10 in its
/// own way.
std::array<std::string, 3> written(sys_seconds time) {
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_days midnight = floor<days>(time);
  const year_month_day date(midnight);
  const hh_mm_ss clock(time - midnight);
  const int year = static_cast<int>(date.year());
  const char* const month = months[static_cast<unsigned>(date.month()) - 1];
  const auto day = static_cast<unsigned>(date.day());
  char text[20];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d", static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  std::array<char, 64> line{};
  const auto filled = [&](const char* form, auto... values) {
    std::snprintf(line.data(), line.size(), form, values...);
    return std::string(line.data());
  };
  return {filled("Mon, %02u %s %04d %s GMT", day, month, year, text),
          filled("Monday, %02u-%s-%02d %s GMT", day, month, year % 100, text),
          filled("Mon %s %2u %s %04d", month, day, text, year)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr sys_seconds now{seconds(1'750'000'000)};  // June 2025
  const auto time = box::parseHttpDate(textOf(data, size), now);
  if (!time) return 0;
  constexpr sys_seconds first = sys_days(year(0) / 1 / 1),
                        end = sys_days(year(10000) / 1 / 1) + seconds(1);  // + 1 for a leap second
  require(*time >= first && *time < end, "a date has a year of four digits");
  if (*time >= sys_days(year(10000) / 1 / 1)) return 0;
  const auto [fixdate, rfc850, asctime] = written(*time);
  require(box::parseHttpDate(fixdate, now) == time, "a date that is written again is read as the same date");
  require(box::parseHttpDate(asctime, now) == time, "a date in C's form is read as the same date");
  if (*time > sys_seconds(sys_days(year(1976) / 1 / 1)) && *time < sys_seconds(sys_days(year(2075) / 1 / 1))) {
    require(box::parseHttpDate(rfc850, now) == time, "a date within 100 years is the same with two digits of its year");
  }
  return 0;
}
