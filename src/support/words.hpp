#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/number_in.hpp"
#include "support/text_codec.hpp"

/// Lines of words that blanks separate: journals and the state of a Follower.
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

/// How a text becomes one word of printable ASCII: percent-encoded.
struct WordFormat {
  std::string_view empty;            ///< the word for the empty text
  bool (*isPlain)(char c) noexcept;  ///< the characters that stand for themselves

  std::string encoded(std::string_view text) const {
    if (text.empty()) return std::string(empty);
    std::string word;
    appendPercentEncoded(word, text, isPlain);
    if (word != empty) return word;
    // It would be read as the empty text.
    word.clear();
    appendPercentEncoded(word, text, [](char) noexcept { return false; });
    return word;
  }

  /// Unset: the word does not have this format.
  std::optional<std::string> decoded(std::string_view word) const {
    if (word.empty()) return std::nullopt;
    if (word == empty) return std::string();
    if (!std::all_of(word.begin(), word.end(), [this](char c) { return isPlain(c) || c == '%'; })) return std::nullopt;
    return percentDecoded(word, Plus::literal);
  }
};

}  // namespace box::inline v0_1
