#include "http/challenge.hpp"

#include <algorithm>
#include <optional>

#include "network/validation.hpp"

namespace box::inline v0_1 {
namespace {

/// Reads words and quoted strings from a text, and skips the blanks between them.
class ChallengeScanner {
 public:
  explicit ChallengeScanner(std::string_view text) : text_(trimBlanks(text)) {}

  bool atEnd() const noexcept { return text_.empty(); }

  std::string_view word() {
    std::size_t size = 0;
    while (size < text_.size() && isToken(text_.substr(size, 1))) ++size;
    const std::string_view word = text_.substr(0, size);
    skip(size);
    return word;
  }

  bool mark(char c) {
    if (!text_.starts_with(c)) return false;
    skip(1);
    return true;
  }

  /// The text between the quotes; each backslash is removed, and the character after it is kept.
  std::optional<std::string> quoted() {
    if (!text_.starts_with('"')) return std::nullopt;
    std::string value;
    for (std::size_t i = 1; i < text_.size(); ++i) {
      if (text_[i] == '"') {
        skip(i + 1);
        return value;
      }
      if (text_[i] == '\\' && ++i == text_.size()) break;
      value += text_[i];
    }
    text_ = {};  // there is no closing quote
    return std::nullopt;
  }

  void skip(std::size_t size) { text_ = trimBlanks(text_.substr(std::min(size, text_.size()))); }

 private:
  std::string_view text_;
};

}  // namespace

std::string challengeParameter(std::string_view challenges, std::string_view name) {
  // Schemes and parameters need not be distinguished, because only a parameter is followed by an equals sign and a
  // value.
  ChallengeScanner scanner(challenges);
  while (!scanner.atEnd()) {
    const std::string_view word = scanner.word();
    if (word.empty()) {
      if (!scanner.quoted()) scanner.skip(1);
      continue;
    }
    if (!scanner.mark('=')) continue;
    std::optional<std::string> value = scanner.quoted();
    if (!value) value = std::string(scanner.word());
    if (!value->empty() && equalsIgnoreCase(word, name)) return *value;
  }
  return {};
}

bool offersScheme(std::string_view challenges, std::string_view scheme) {
  ChallengeScanner scanner(challenges);
  for (bool begins = true; !scanner.atEnd();) {  // a challenge may begin at the start and after each comma
    const std::string_view word = scanner.word();
    if (word.empty()) {
      begins = scanner.mark(',');
      if (!begins && !scanner.quoted()) scanner.skip(1);
    } else {
      if (begins && !scanner.mark('=') && equalsIgnoreCase(word, scheme)) return true;
      begins = false;
    }
  }
  return false;
}

}  // namespace box::inline v0_1
