#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace box {

inline constexpr char toLower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
inline constexpr bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

/// ASCII only, whatever the locale.
inline constexpr bool equalsIgnoreCase(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return x == y || toLower(x) == toLower(y); });
}

inline constexpr bool startsWithIgnoreCase(std::string_view text, std::string_view prefix) noexcept {
  return equalsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

/// Without the spaces and tabs at both ends.
inline constexpr std::string_view trimBlanks(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// RFC 9110 5.6.2.
bool isToken(std::string_view text) noexcept;

/// Visible ASCII, spaces and tabs inside, none at the ends. Nothing that could end the header line (CR, LF, NUL), and no
/// bytes above 127: RFC 9110 5.5 calls them obsolete.
bool isFieldValue(std::string_view text) noexcept;

/// 1 to 20 digits: what Box calls an id.
bool isBoxId(std::string_view text) noexcept;

/// Why this header may not come from a user; empty: it may. The text names the header, never its value.
std::string headerObjection(std::string_view name, std::string_view value);

}  // namespace box
