#pragma once

#include <algorithm>
#include <string_view>

namespace box::inline v0_1 {

inline constexpr char toLower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
inline constexpr bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }
inline constexpr bool isLetter(char c) noexcept { return toLower(c) >= 'a' && toLower(c) <= 'z'; }

/// Compares ASCII letters in upper and lower case as equal, in every locale.
inline constexpr bool equalsIgnoreCase(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return x == y || toLower(x) == toLower(y); });
}

inline constexpr bool startsWithIgnoreCase(std::string_view text, std::string_view prefix) noexcept {
  return equalsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

/// The text without the spaces and tabs at both ends.
inline constexpr std::string_view trimBlanks(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace box::inline v0_1
