#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/text_codec.hpp"
#include "support/words.hpp"

/// The format of a Follower's state and mark: lines of words that blanks separate.
namespace box::inline v0_1 {

/// Appends the text as one word of printable ASCII, percent-encoded. The empty text is "%".
inline void addWord(std::string& out, std::string_view text) {
  out += ' ';
  if (text.empty()) out += '%';
  appendPercentEncoded(out, text);
}

inline void addWord(std::string& out, std::int64_t number) { out.append(1, ' ').append(std::to_string(number)); }
inline void addWord(std::string& out, std::uint64_t number) { out.append(1, ' ').append(std::to_string(number)); }

/// The text of a word that addWord() has written. Unset: the word does not have that format.
inline std::optional<std::string> textIn(std::string_view word) {
  if (word == "%") return std::string();
  if (word.empty()) return std::nullopt;
  return percentDecoded(word, Plus::literal);
}

}  // namespace box::inline v0_1
