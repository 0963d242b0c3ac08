#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "support/ascii.hpp"

/// What the readers of times share: of HTTP's dates, of Box's times, and of those that the library has stored.
namespace box::inline v0_1 {

/// The latest time that is stored, in the year 2255. After it, the system's clock may overflow, because it counts
/// nanoseconds.
constexpr std::chrono::seconds latestTime{9'000'000'000};

/// Reads a text from left to right. After the first part that does not match, every later step fails too.
class TextScanner {
 public:
  explicit TextScanner(std::string_view text) noexcept : text_(text) {}

  /// Takes the expected text, in upper or lower case.
  void literal(std::string_view expected) noexcept {
    if (!startsWithIgnoreCase(text_, expected)) {
      failed_ = true;
    } else {
      text_.remove_prefix(expected.size());
    }
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

  /// Takes one of the words, and gives its index.
  template <std::size_t N>
  unsigned oneOf(const std::array<std::string_view, N>& words) noexcept {
    for (unsigned i = 0; i < N; ++i) {
      if (startsWithIgnoreCase(text_, words[i])) {
        text_.remove_prefix(words[i].size());
        return i;
      }
    }
    failed_ = true;
    return 0;
  }

  /// Takes the next character and gives it, if it is one of these; otherwise gives 0, which is not a failure.
  char take(std::string_view characters) noexcept {
    if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return '\0';
    const char taken = text_.front();
    text_.remove_prefix(1);
    return taken;
  }

  /// Takes the next character, which must be one of these, and gives it.
  char mark(std::string_view characters) noexcept {
    const char taken = take(characters);
    if (taken == '\0') failed_ = true;
    return taken;
  }

  /// Takes one digit or more.
  void skipDigits() noexcept {
    do number(1);
    while (!failed_ && !text_.empty() && isDigit(text_.front()));
  }

  bool done() const noexcept { return !failed_ && text_.empty(); }

 private:
  std::string_view text_;
  bool failed_ = false;
};

/// A date and a time of day in UTC, as a text has them.
struct TimeFields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

/// The time with these fields, if the calendar has it. The second 60, a leap second, is the first of the next minute.
inline std::optional<std::chrono::sys_seconds> timeOf(const TimeFields& f) noexcept {
  const std::chrono::year_month_day date(std::chrono::year(f.year), std::chrono::month(static_cast<unsigned>(f.month)),
                                         std::chrono::day(static_cast<unsigned>(f.day)));
  if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(f.hour) + std::chrono::minutes(f.minute) +
         std::chrono::seconds(f.second);
}

}  // namespace box::inline v0_1
