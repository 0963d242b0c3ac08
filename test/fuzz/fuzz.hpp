#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "box/support/unicode.hpp"

/// libFuzzer, or replay.cpp, calls this with each input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace box::fuzz {

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program if a promise is broken, so that libFuzzer keeps the input.
inline void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// Removes the text up to the first line feed (or another mark) together with the mark, and gives it without the mark.
inline std::string_view takeLine(std::string_view& text, char mark = '\n') noexcept {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// For ASCII only. It belongs to the second implementations, which share no code with the ones that they check.
inline std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

/// Whether a text in ASCII may be shown in a log and on a terminal.
inline bool isPrintableLine(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// Whether a text in any language may be shown: UTF-8 without invisible characters.
inline bool isVisibleLine(std::string_view text) noexcept {
  while (!text.empty()) {
    const Utf8Character character = firstCharacter(text);
    if (!character.valid || isInvisible(character.value)) return false;
    text.remove_prefix(character.size);
  }
  return true;
}

/// The refusals by one function: each is a short line, and there are few different ones for all inputs. A text that is
/// the same for every input cannot contain a part of an input. A refusal may name one character of the input, and a
/// place as a number.
class Refusals {
 public:
  explicit Refusals(std::size_t most) : most_(most) {}

  void add(std::string_view text) {
    require(text.size() < 300 && isPrintableLine(text), "a refusal is one short line");
    if (!texts_.insert(withoutPlaces(text)).second) return;
    if (texts_.size() > most_) {
      for (const std::string& known : texts_) std::fprintf(stderr, "  %s\n", known.c_str());
    }
    require(texts_.size() <= most_, "a refusal is one of a few texts, whatever was refused");
  }

 private:
  static std::string withoutPlaces(std::string_view text) {
    std::string same;
    while (!text.empty()) {
      std::size_t length = 0;
      if (text.starts_with("U+")) {
        length = std::min(text.find_first_not_of("0123456789ABCDEF", 2), text.size());
      } else if (text.size() >= 3 && text[0] == '\'' && text[2] == '\'') {
        length = 3;
      } else {
        length = std::min(text.find_first_not_of("0123456789"), text.size());
      }
      same.append(length == 0 ? text.substr(0, 1) : std::string_view("#"));
      text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return same;
  }

  std::size_t most_;
  std::set<std::string> texts_;
};

}  // namespace box::fuzz
