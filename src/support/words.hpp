#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

/// Lines that are words with blanks between them: journals and the state of a Follower.
namespace box::inline v0_1 {

/// At least one; two blanks in a row have an empty word between them.
inline std::vector<std::string_view> wordsIn(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == std::string_view::npos) return words;
    line.remove_prefix(blank + 1);
  }
}

/// The number that the whole word is.
template <class Number>
std::optional<Number> numberIn(std::string_view word) {
  Number number = 0;
  const auto [last, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || last != word.data() + word.size()) return std::nullopt;
  return number;
}

}  // namespace box::inline v0_1
