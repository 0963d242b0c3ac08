#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "network/url.hpp"
#include "support/text_codec.hpp"

/// Lines of words with blanks between them: how a Follower's state and mark are kept.
namespace box {

/// Percent-encoded, so that it is one word of printable ASCII; an empty text is "%".
inline void addWord(std::string& out, std::string_view text) {
  out += ' ';
  if (text.empty()) out += '%';
  appendPercentEncoded(out, text);
}

inline void addWord(std::string& out, std::int64_t number) { out.append(1, ' ').append(std::to_string(number)); }
inline void addWord(std::string& out, std::uint64_t number) { out.append(1, ' ').append(std::to_string(number)); }

inline std::optional<std::string> textIn(std::string_view word) {
  if (word == "%") return std::string();
  if (word.empty()) return std::nullopt;
  return percentDecoded(word, Plus::literal);
}

template <class Number>
std::optional<Number> numberIn(std::string_view word) {
  Number number = 0;
  const auto [last, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || last != word.data() + word.size()) return std::nullopt;
  return number;
}

inline std::vector<std::string_view> wordsIn(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == std::string_view::npos) return words;
    line.remove_prefix(blank + 1);
  }
}

}  // namespace box
