#include "network/http_date.hpp"

#include <array>

#include "support/ascii.hpp"
#include "support/time_text.hpp"

namespace box::inline v0_1 {
namespace {

using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> longDays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

/// "08:49:37"
void scanClock(TextScanner& scan, TimeFields& f) noexcept {
  f.hour = scan.number(2);
  scan.literal(":");
  f.minute = scan.number(2);
  scan.literal(":");
  f.second = scan.number(2);
}

std::optional<sys_seconds> parseFixdate(std::string_view text) noexcept {
  TextScanner scan(text);
  TimeFields f;
  scan.oneOf(days);
  scan.literal(", ");
  f.day = scan.number(2);
  scan.literal(" ");
  f.month = 1 + static_cast<int>(scan.oneOf(months));
  scan.literal(" ");
  f.year = scan.number(4);
  scan.literal(" ");
  scanClock(scan, f);
  scan.literal(" GMT");
  return scan.done() ? timeOf(f) : std::nullopt;
}

std::optional<sys_seconds> parseRfc850(std::string_view text, sys_seconds now) noexcept {
  TextScanner scan(text);
  TimeFields f;
  scan.oneOf(longDays);
  scan.literal(", ");
  f.day = scan.number(2);
  scan.literal("-");
  f.month = 1 + static_cast<int>(scan.oneOf(months));
  scan.literal("-");
  const int yearOfCentury = scan.number(2);
  scan.literal(" ");
  scanClock(scan, f);
  scan.literal(" GMT");
  if (!scan.done()) return std::nullopt;
  // RFC 9110: a year that seems to be more than 50 years in the future is the latest year in the past with the same
  // last two digits. A year within the next 50 years is accepted, also in the next century.
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int thisYear = static_cast<int>(today.year());
  const int latest = thisYear + 50;
  f.year = latest - latest % 100 + yearOfCentury;
  if (f.year > latest) f.year -= 100;
  return timeOf(f);
}

std::optional<sys_seconds> parseAsctime(std::string_view text) noexcept {
  TextScanner scan(text);
  TimeFields f;
  scan.oneOf(days);
  scan.literal(" ");
  f.month = 1 + static_cast<int>(scan.oneOf(months));
  scan.literal(" ");
  f.day = scan.number(2, true);
  scan.literal(" ");
  scanClock(scan, f);
  scan.literal(" ");
  f.year = scan.number(4);
  return scan.done() ? timeOf(f) : std::nullopt;
}

}  // namespace

std::optional<sys_seconds> parseHttpDate(std::string_view text, sys_seconds now) noexcept {
  text = trimBlanks(text);
  if (const auto date = parseFixdate(text)) return date;
  if (const auto date = parseRfc850(text, now)) return date;
  return parseAsctime(text);
}

std::optional<std::chrono::system_clock::time_point> dateIn(const HttpHeaders& headers,
                                                            std::chrono::system_clock::time_point now) noexcept {
  constexpr sys_seconds first{};
  constexpr sys_seconds end = std::chrono::sys_days(std::chrono::year(2200) / 1 / 1);
  const auto date = parseHttpDate(headers.get("Date").value_or(""), std::chrono::floor<std::chrono::seconds>(now));
  if (!date || *date < first || *date >= end) return std::nullopt;
  return *date;
}

}  // namespace box::inline v0_1
