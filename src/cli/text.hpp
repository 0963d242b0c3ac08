#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace box::cli {

/// Makes text from any source fit for a terminal or a log. The result is one line of at most `limit` bytes, in which
/// invisible characters and bytes that are not valid UTF-8 are shown as \n, \x1b or \u{202e}.
std::string printable(std::string_view text, std::size_t limit = 500);

/// The same text with U+FFFD in place of bytes that are not valid UTF-8, because JSON must be UTF-8.
std::string validUtf8(std::string_view text);

/// printable() for a text that is also written as JSON or HTML: a byte that is not valid UTF-8 becomes U+FFFD.
std::string clean(std::string_view text, std::size_t limit = 500);

/// Quotes a wrong entry for an error message. As printable(), but also shows blanks other than a space by their codes.
/// A text that looks like a key or a token is not shown, because it may be a secret in the wrong place.
std::string inQuotes(std::string_view entry);

/// "12,345".
std::string grouped(std::uint64_t number);
/// "1 user", "12,345 users"; also "2 entries" and "2 people" for an entry and a person.
std::string counted(std::uint64_t count, std::string_view noun);

/// "a, b and c" where `conjunction` is "and".
std::string inSeries(std::span<const std::string> texts, std::string_view conjunction);

/// How many there are of a kind.
struct Count {
  std::uint64_t number;
  std::string_view kind;
};
/// "2 accepted, 1 rejected", without those that are 0. `always`: the first one is shown also if it is 0.
std::string inCounts(std::initializer_list<Count> counts, bool always = false);

/// Parses a positive duration of one or more parts, "500ms", "30s", "1m30s", "2h", of at most 24 hours; std::nullopt
/// for anything else.
std::optional<std::chrono::milliseconds> parseDuration(std::string_view text) noexcept;

/// A duration as JSON output shows it: whole milliseconds, rounded towards zero.
std::int64_t inMilliseconds(std::chrono::nanoseconds duration) noexcept;

/// "52 ms", "1.5 s", "100 s", "2 min 5 s".
std::string shownDuration(std::chrono::nanoseconds duration);

/// The text with blanks after it, if it is shorter than the column of a table.
std::string padded(std::string text, std::size_t width);
/// The width of a table's column with entries of people or groups. Few are longer than 40; these push the rest of their
/// line to the right. `head`: the length of the column's name.
std::size_t columnWidth(std::size_t longest, std::size_t head) noexcept;

std::string_view trimmed(std::string_view text) noexcept;
std::string lowerCase(std::string_view text);

/// The time in UTC, cut to whole seconds, in a form of strftime(3).
std::string utcText(const char* form, std::chrono::system_clock::time_point time);

/// "2026-11-29 05:10:11 UTC", and "2026-11-29T05:10:11Z".
std::string shownTime(std::chrono::system_clock::time_point time);
std::string isoTime(std::chrono::system_clock::time_point time);

/// A character that has a meaning in a syntax, and what stands for it in a text of that syntax.
struct Escape {
  char character;
  std::string_view written;
};

/// The text with its replacement for each of these characters.
std::string escaped(std::string_view text, std::initializer_list<Escape> escapes);

}  // namespace box::cli
