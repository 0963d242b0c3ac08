#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace box::cli {

/// Text of unknown origin made fit for a terminal or a log: one line; invisible characters, and bytes that are not
/// valid UTF-8, are shown as \n, \x1b or \u{202e}; cut at `limit` bytes.
std::string printable(std::string_view text, std::size_t limit = 500);

/// The same text with U+FFFD for bytes that are not valid UTF-8: JSON must be UTF-8.
std::string validUtf8(std::string_view text);

/// A wrong entry, quoted for an error message: as printable(), and blanks that are not a space are shown by their codes
/// too. A text that looks like a key or a token is not shown: it may be one, given in the wrong place.
std::string inQuotes(std::string_view entry);

/// "1 user", "12 users".
std::string counted(std::size_t count, std::string_view noun);

/// A positive time in one or more parts, "500ms", "30s", "1m30s", "2h",
/// of at most 24 hours; std::nullopt for anything else.
std::optional<std::chrono::milliseconds> parseDuration(std::string_view text) noexcept;

/// As JSON output has durations: whole milliseconds, rounded towards zero.
std::int64_t inMilliseconds(std::chrono::nanoseconds duration) noexcept;

/// "52 ms", "1.5 s", "100 s", "2 min 5 s".
std::string shownDuration(std::chrono::nanoseconds duration);

std::string_view trimmed(std::string_view text) noexcept;
std::string lowerCase(std::string_view text);

}  // namespace box::cli
