#include <cstdio>

#include "box/read/values.hpp"
#include "support/ascii.hpp"

namespace box::inline v0_1 {
namespace {

using std::chrono::system_clock;

/// Reads numbers of a fixed width, and the separators between them.
class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) noexcept : text_(text) {}

  int number(std::size_t width) noexcept {
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (i >= text_.size() || !isDigit(text_[i])) return fail();
      value = 10 * value + (text_[i] - '0');
    }
    text_.remove_prefix(width);
    return value;
  }
  bool take(std::string_view marks) noexcept {
    if (text_.empty() || marks.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  void mark(std::string_view marks) noexcept {
    if (!take(marks)) fail();
  }
  void skipDigits() noexcept {
    do number(1);
    while (good_ && !text_.empty() && isDigit(text_.front()));
  }
  char front() const noexcept { return text_.empty() ? '\0' : text_.front(); }
  bool finished() const noexcept { return good_ && text_.empty(); }

 private:
  int fail() noexcept {
    good_ = false;
    return 0;
  }

  std::string_view text_;
  bool good_ = true;
};

}  // namespace

std::optional<system_clock::time_point> parseBoxTime(std::string_view text) noexcept {
  namespace c = std::chrono;
  TimeScanner scanner(text);
  const int year = scanner.number(4);
  scanner.mark("-");
  const int month = scanner.number(2);
  scanner.mark("-");
  const int day = scanner.number(2);
  scanner.mark("Tt ");
  const int hour = scanner.number(2);
  scanner.mark(":");
  const int minute = scanner.number(2);
  scanner.mark(":");
  const int second = scanner.number(2);
  if (scanner.take(".")) scanner.skipDigits();
  int offset = 0;
  if (!scanner.take("Zz")) {
    const bool west = scanner.front() == '-';
    scanner.mark("+-");
    const int hours = scanner.number(2);
    scanner.take(":");
    const int minutes = scanner.number(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset = (west ? -60 : 60) * (60 * hours + minutes);
  }
  const c::year_month_day date(c::year(year), c::month(static_cast<unsigned>(month)),
                               c::day(static_cast<unsigned>(day)));
  // The clock counts nanoseconds in 64 bits, and so covers about 1678 to 2262.
  if (!scanner.finished() || !date.ok() || year < 1700 || year > 2200) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return c::sys_days(date) + c::hours(hour) + c::minutes(minute) + c::seconds(second - offset);
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
