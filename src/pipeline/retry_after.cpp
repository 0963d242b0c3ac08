#include "pipeline/retry_after.hpp"

#include <algorithm>
#include <array>

#include "network/validation.hpp"

namespace box::inline v0_1 {
namespace {

using std::chrono::sys_seconds;

/// Reads a text from left to right. After the first part that does not match, every later step fails too.
class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : text_(text) {}

  void literal(std::string_view expected) noexcept {
    if (text_.size() < expected.size() || !equalsIgnoreCase(text_.substr(0, expected.size()), expected)) {
      failed_ = true;
      return;
    }
    text_.remove_prefix(expected.size());
  }

  /// A number of exactly `digits` digits. If `padded`, the first digit may be a blank.
  int number(std::size_t digits, bool padded = false) noexcept {
    if (text_.size() < digits) failed_ = true;
    if (failed_) return 0;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = padded && i == 0 && text_[0] == ' ' ? '0' : text_[i];
      if (!isDigit(c)) failed_ = true;
      value = value * 10 + (c - '0');
    }
    text_.remove_prefix(digits);
    return value;
  }

  template <std::size_t N>
  unsigned oneOf(const std::array<std::string_view, N>& words) noexcept {
    for (unsigned i = 0; i < N; ++i) {
      if (text_.size() >= words[i].size() && equalsIgnoreCase(text_.substr(0, words[i].size()), words[i])) {
        text_.remove_prefix(words[i].size());
        return i;
      }
    }
    failed_ = true;
    return 0;
  }

  bool done() const noexcept { return !failed_ && text_.empty(); }

 private:
  std::string_view text_;
  bool failed_ = false;
};

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> longDays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

struct Fields {
  int year = 0, day = 0, hour = 0, minute = 0, second = 0;
  unsigned month = 0;  // from 0
};

void scanTime(Scanner& scan, Fields& f) noexcept {
  f.hour = scan.number(2);
  scan.literal(":");
  f.minute = scan.number(2);
  scan.literal(":");
  f.second = scan.number(2);
}

std::optional<sys_seconds> compose(const Fields& f) noexcept {
  const std::chrono::year_month_day date(std::chrono::year(f.year), std::chrono::month(f.month + 1),
                                         std::chrono::day(static_cast<unsigned>(f.day)));
  if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > 60) return std::nullopt;  // 60: a leap second
  return std::chrono::sys_days(date) + std::chrono::hours(f.hour) + std::chrono::minutes(f.minute) +
         std::chrono::seconds(f.second);
}

std::optional<sys_seconds> parseFixdate(std::string_view text) noexcept {
  Scanner scan(text);
  Fields f;
  scan.oneOf(days);
  scan.literal(", ");
  f.day = scan.number(2);
  scan.literal(" ");
  f.month = scan.oneOf(months);
  scan.literal(" ");
  f.year = scan.number(4);
  scan.literal(" ");
  scanTime(scan, f);
  scan.literal(" GMT");
  return scan.done() ? compose(f) : std::nullopt;
}

std::optional<sys_seconds> parseRfc850(std::string_view text, sys_seconds now) noexcept {
  Scanner scan(text);
  Fields f;
  scan.oneOf(longDays);
  scan.literal(", ");
  f.day = scan.number(2);
  scan.literal("-");
  f.month = scan.oneOf(months);
  scan.literal("-");
  const int yearOfCentury = scan.number(2);
  scan.literal(" ");
  scanTime(scan, f);
  scan.literal(" GMT");
  if (!scan.done()) return std::nullopt;
  // RFC 9110: a year that seems to be more than 50 years in the future is the latest year in the past with the same
  // last two digits. A year within the next 50 years is accepted, also in the next century.
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int thisYear = static_cast<int>(today.year());
  const int latest = thisYear + 50;
  f.year = latest - latest % 100 + yearOfCentury;
  if (f.year > latest) f.year -= 100;
  return compose(f);
}

std::optional<sys_seconds> parseAsctime(std::string_view text) noexcept {
  Scanner scan(text);
  Fields f;
  scan.oneOf(days);
  scan.literal(" ");
  f.month = scan.oneOf(months);
  scan.literal(" ");
  f.day = scan.number(2, true);
  scan.literal(" ");
  scanTime(scan, f);
  scan.literal(" ");
  f.year = scan.number(4);
  return scan.done() ? compose(f) : std::nullopt;
}

}  // namespace

std::optional<sys_seconds> parseHttpDate(std::string_view text, sys_seconds now) noexcept {
  text = trimBlanks(text);
  if (const auto date = parseFixdate(text)) return date;
  if (const auto date = parseRfc850(text, now)) return date;
  return parseAsctime(text);
}

std::optional<std::chrono::nanoseconds> parseRetryAfter(const HttpHeaders& headers,
                                                        std::chrono::system_clock::time_point now) noexcept {
  using std::chrono::nanoseconds;
  constexpr std::int64_t longest = 1'000'000'000;  // in seconds, about 31 years; a larger number has the same meaning
  std::optional<nanoseconds> wait;
  const auto longer = [&](std::chrono::seconds s) {
    const std::chrono::seconds cut(std::clamp<std::int64_t>(s.count(), 0, longest));
    wait = std::max(wait.value_or(nanoseconds(0)), nanoseconds(cut));
  };
  const sys_seconds ourNow = std::chrono::floor<std::chrono::seconds>(now);
  for (HeaderView header : headers) {
    if (!equalsIgnoreCase(header.name, "Retry-After")) continue;
    const std::string_view value = trimBlanks(header.value);
    if (!value.empty() && std::all_of(value.begin(), value.end(), isDigit)) {
      std::int64_t seconds = 0;
      for (const char c : value) seconds = std::min(longest, seconds * 10 + (c - '0'));
      longer(std::chrono::seconds(seconds));
    } else if (const auto date = parseHttpDate(value, ourNow)) {
      const auto theirs = headers.get("Date");
      const auto theirNow = theirs ? parseHttpDate(*theirs, ourNow) : std::nullopt;
      longer(*date - theirNow.value_or(ourNow));
    }
  }
  return wait;
}

}  // namespace box::inline v0_1
