#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/text_codec.hpp"
#include "support/words.hpp"

/// The form of a Follower's state and mark: lines of words with blanks between them.
namespace box::inline v0_1 {

/// Appends the text, percent-encoded, so that it is one word of printable ASCII; an empty text is "%".
inline void addWord(std::string& out, std::string_view text) {
  out += ' ';
  if (text.empty()) out += '%';
  appendPercentEncoded(out, text);
}

inline void addWord(std::string& out, std::int64_t number) { out.append(1, ' ').append(std::to_string(number)); }
inline void addWord(std::string& out, std::uint64_t number) { out.append(1, ' ').append(std::to_string(number)); }

/// The text of a word that addWord() has written; unset: it is not such a word.
inline std::optional<std::string> textIn(std::string_view word) {
  if (word == "%") return std::string();
  if (word.empty()) return std::nullopt;
  return percentDecoded(word, Plus::literal);
}

}  // namespace box::inline v0_1
