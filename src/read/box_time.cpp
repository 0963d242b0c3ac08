#include <cstdio>

#include "box/read/values.hpp"
#include "support/time_text.hpp"

namespace box::inline v0_1 {

using std::chrono::system_clock;

std::optional<system_clock::time_point> parseBoxTime(std::string_view text) noexcept {
  TextScanner scan(text);
  TimeFields fields;
  fields.year = scan.number(4);
  scan.literal("-");
  fields.month = scan.number(2);
  scan.literal("-");
  fields.day = scan.number(2);
  scan.mark("Tt ");
  fields.hour = scan.number(2);
  scan.literal(":");
  fields.minute = scan.number(2);
  scan.literal(":");
  fields.second = scan.number(2);
  if (scan.take(".") != '\0') scan.skipDigits();
  std::chrono::minutes offset{};
  if (scan.take("Zz") == '\0') {
    const bool isWest = scan.mark("+-") == '-';
    const int hours = scan.number(2);
    scan.take(":");
    const int minutes = scan.number(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset = std::chrono::minutes((isWest ? -1 : 1) * (60 * hours + minutes));
  }
  // The clock counts nanoseconds in 64 bits, and so covers about 1678 to 2262.
  if (!scan.done() || fields.year < 1700 || fields.year > 2200) return std::nullopt;
  const auto local = timeOf(fields);
  if (!local) return std::nullopt;
  return *local - offset;
}

std::string formatBoxTime(system_clock::time_point time) {
  namespace c = std::chrono;
  const auto seconds = c::floor<c::seconds>(time);
  const auto day = c::floor<c::days>(seconds);
  const c::year_month_day date(day);
  const c::hh_mm_ss clock(seconds - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d-00:00", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

}  // namespace box::inline v0_1
