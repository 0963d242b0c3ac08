#include "box/observe/data_sanitizer.hpp"

#include <algorithm>
#include <cstddef>

#include "box/support/unicode.hpp"
#include "support/ascii.hpp"
#include "support/text_encoding.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::size_t longest = 200;
/// Request ids are shorter or have hyphens; tokens, keys and assertions are longer.
constexpr std::size_t longestPlainWord = 31;

bool isWordCharacter(char c) noexcept {
  static constexpr std::string_view marks = "+/_=-.%@~";
  return isLetter(c) || isDigit(c) || marks.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
}

bool looksLikeKey(std::string_view word) noexcept {
  if (word.size() <= longestPlainWord) return false;
  // A long run with digits, or with both cases, among its letters: words of a language and Box's codes have
  // neither.
  const auto within = [&](char low, char high) {
    return std::any_of(word.begin(), word.end(), [&](char c) { return c >= low && c <= high; });
  };
  return within('0', '9') || (within('a', 'z') && within('A', 'Z'));
}

/// Appends characters of any language as they are; invisible characters, and bytes that are not UTF-8, as escape
/// sequences.
void appendVisible(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const Utf8Character character = firstCharacter(text);
    if (character.valid && !isInvisible(character.value)) {
      out += text.substr(0, character.size);
    } else {
      appendEscaped(out, text, character);
    }
    text.remove_prefix(character.size);
  }
}

/// Where the word at the end of the text begins, if each character that a login may have belongs to it. For
/// isWordCharacter() fewer do, because Box's own texts have quotes around words.
std::size_t beginOfLogin(std::string_view text) noexcept {
  const std::size_t before = text.find_last_of(" ,;:\"<>|()[]\\");
  return before == std::string_view::npos ? 0 : before + 1;
}

class Default final : public DataSanitizer {
 public:
  std::string sanitize(std::string_view text) const override {
    std::string out;
    bool redactNext = false;
    std::size_t i = 0;
    while (i < text.size() && out.size() < longest) {
      std::size_t end = i;
      while (end < text.size() && isWordCharacter(text[end])) ++end;
      if (end == i) {
        const std::string_view c = text.substr(i++, 1);
        if (c != " " || !out.ends_with(' ')) appendVisible(out, c);
        continue;
      }
      const std::string_view word = text.substr(i, end - i);
      i = end;
      if (word.find('@') != std::string_view::npos || word.find("%40") != std::string_view::npos) {
        out.resize(beginOfLogin(out));
        out += "[login]";
      } else if (redactNext || looksLikeKey(word)) {
        out += "[redacted]";
      } else {
        appendVisible(out, word);
      }
      redactNext = word == "Bearer" || word == "bearer" || word == "BEARER";
    }
    if (out.size() > longest || i < text.size()) {
      out.resize(beginningOf(out, longest).size());
      out += "...";
    }
    return out;
  }
};

}  // namespace

std::shared_ptr<const DataSanitizer> defaultDataSanitizer() { return std::make_shared<const Default>(); }

}  // namespace box::inline v0_1
