#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace box::cli {

/// One character of UTF-8 text; `valid` is false for a byte that starts none, and `size` is then 1.
struct Utf8Character {
  char32_t value = 0;
  std::size_t size = 1;
  bool valid = false;
};
/// The character at the start of `text`, which must not be
/// empty. Overlong forms and surrogates are not valid.
Utf8Character firstCharacter(std::string_view text) noexcept;

/// Controls of C0 and C1, DEL, and the marks that reorder or break lines on a display.
bool isControl(char32_t character) noexcept;

/// Text of unknown origin made fit for a terminal or a log: one line, control characters and bytes that are
/// no UTF-8 shown as \n, \x1b or \u{202e}, cut at `limit` bytes.
std::string printable(std::string_view text, std::size_t limit = 500);

/// The same text with U+FFFD for bytes that are no UTF-8: JSON must be UTF-8.
std::string validUtf8(std::string_view text);

/// A wrong entry, quoted for an error message. What looks like a key or
/// token is not shown: it may be one, given in the wrong place.
std::string inQuotes(std::string_view entry);

/// "1 user", "12 users".
std::string counted(std::size_t count, std::string_view noun);

/// A positive time in one or more parts, "500ms", "30s", "1m30s", "2h",
/// of at most 24 hours; std::nullopt for anything else.
std::optional<std::chrono::milliseconds> parseDuration(std::string_view text) noexcept;

/// "52 ms", "1.5 s", "100 s", "2 min 5 s".
std::string shownDuration(std::chrono::nanoseconds duration);

std::string_view trimmed(std::string_view text) noexcept;
std::string lowerCase(std::string_view text);

}  // namespace box::cli
