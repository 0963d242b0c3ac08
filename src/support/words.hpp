#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

/// Reads lines of words that blanks separate: journals and the state of a Follower.
namespace box::inline v0_1 {

/// The words of a line, at least one. Between two successive blanks there is an empty word.
inline std::vector<std::string_view> wordsIn(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == std::string_view::npos) return words;
    line.remove_prefix(blank + 1);
  }
}

/// The number in the word; unset: the word is not a number.
template <class Number>
std::optional<Number> numberIn(std::string_view word) {
  Number number = 0;
  const auto [last, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || last != word.data() + word.size()) return std::nullopt;
  return number;
}

}  // namespace box::inline v0_1
