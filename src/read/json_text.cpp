#include "read/json_text.hpp"

#include <array>

#include "box/support/unicode.hpp"
#include "support/ascii.hpp"
#include "support/number_in.hpp"
#include "support/text_codec.hpp"

namespace box::inline v0_1 {
namespace {

constexpr bool isSpace(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The bytes that a string may contain without an escape and that are a complete character.
constexpr std::array<bool, 256> plainBytes() noexcept {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}
constexpr std::array<bool, 256> isPlain = plainBytes();

/// Checks a text from its start, one value at a time. The open objects and arrays are in `open_`, so that nested input
/// does not need more stack.
class Checker {
 public:
  explicit Checker(std::string_view text) noexcept : text_(text) {}

  bool isOneValue() noexcept {
    skipSpaces();
    if (!value()) return false;
    while (depth_ != 0) {
      skipSpaces();
      if (!within()) return false;
    }
    skipSpaces();
    return at_ == text_.size();
  }

 private:
  bool take(char c) noexcept {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) noexcept {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void skipSpaces() noexcept {
    while (at_ != text_.size() && isSpace(text_[at_])) ++at_;
  }

  /// Reads the next part of the innermost open object or array.
  bool within() noexcept {
    const char end = open_[depth_ - 1];
    if (take(end)) {
      --depth_;
      first_ = false;
      return true;
    }
    if (!first_) {
      if (!take(',')) return false;
      skipSpaces();
    }
    first_ = false;
    if (end == '}') {
      if (!string()) return false;
      skipSpaces();
      if (!take(':')) return false;
      skipSpaces();
    }
    return value();
  }

  bool value() noexcept {
    if (at_ == text_.size()) return false;
    switch (text_[at_]) {
      case '{': return begin('}');
      case '[': return begin(']');
      case '"': return string();
      case 't': return take("true");
      case 'f': return take("false");
      case 'n': return take("null");
      default: return number();
    }
  }

  bool begin(char end) noexcept {
    if (depth_ == open_.size()) return false;
    ++at_;
    open_[depth_++] = end;
    first_ = true;
    return true;
  }

  bool digits() noexcept {
    const std::size_t from = at_;
    while (at_ != text_.size() && isDigit(text_[at_])) ++at_;
    return at_ != from;
  }

  bool number() noexcept {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) take('-');
    return digits();
  }

  bool string() noexcept {
    if (!take('"')) return false;
    for (;;) {
      while (at_ != text_.size() && isPlain[static_cast<unsigned char>(text_[at_])]) ++at_;
      if (at_ == text_.size()) return false;
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\') {
        ++at_;
        if (!escape()) return false;
      } else {
        const Utf8Character character = firstCharacter(text_.substr(at_));
        if (!character.valid) return false;
        at_ += character.size;
      }
    }
  }

  bool escape() noexcept {
    if (at_ == text_.size()) return false;
    const char c = text_[at_++];
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ == text_.size() || hexValue(text_[at_]) < 0) return false;
    }
    return true;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::array<char, JsonText::maxDepth> open_{};  // the character that ends each open object or array
  std::size_t depth_ = 0;
  bool first_ = false;
};

char32_t hexUnit(std::string_view digits) noexcept {
  char32_t unit = 0;
  for (const char c : digits) unit = unit * 16 + static_cast<char32_t>(hexValue(c));
  return unit;
}

void appendUtf8(std::string& out, char32_t c) {
  const auto add = [&](char32_t bits) { out += static_cast<char>(bits); };
  if (c < 0x80) return add(c);
  if (c < 0x800) {
    add(0xc0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      add(0xe0 | (c >> 12));
    } else {
      add(0xf0 | (c >> 18));
      add(0x80 | ((c >> 12) & 0x3f));
    }
    add(0x80 | ((c >> 6) & 0x3f));
  }
  add(0x80 | (c & 0x3f));
}

/// Appends the character that an escape stands for. `rest` begins after the backslash; returned is how many bytes of
/// `rest` belong to the escape. Half a surrogate pair becomes U+FFFD.
std::size_t appendEscape(std::string& out, std::string_view rest) {
  switch (rest[0]) {
    case 'b': out += '\b'; return 1;
    case 'f': out += '\f'; return 1;
    case 'n': out += '\n'; return 1;
    case 'r': out += '\r'; return 1;
    case 't': out += '\t'; return 1;
    case 'u': break;
    default: out += rest[0]; return 1;
  }
  const char32_t unit = hexUnit(rest.substr(1, 4));
  if (unit < 0xd800 || unit > 0xdfff) {
    appendUtf8(out, unit);
    return 5;
  }
  if (unit < 0xdc00 && rest.substr(5).starts_with("\\u") && rest.size() >= 11) {
    const char32_t low = hexUnit(rest.substr(7, 4));
    if (low >= 0xdc00 && low <= 0xdfff) {
      appendUtf8(out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
      return 11;
    }
  }
  appendUtf8(out, 0xfffd);
  return 5;
}

/// The position after the string that begins at `at`.
std::size_t endOfString(std::string_view text, std::size_t at) noexcept {
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

}  // namespace

std::optional<JsonText> JsonText::parse(std::string_view text) noexcept {
  if (!Checker(text).isOneValue()) return std::nullopt;
  while (isSpace(text.front())) text.remove_prefix(1);
  while (isSpace(text.back())) text.remove_suffix(1);
  return JsonText(text);
}

std::string JsonText::scalar() const {
  std::string out;
  if (isNull() || isObject() || isArray()) return out;
  if (!isString()) return std::string(text_);
  std::string_view rest = text_.substr(1, text_.size() - 2);
  out.reserve(rest.size());
  for (;;) {
    const std::size_t backslash = rest.find('\\');
    out.append(rest.substr(0, backslash));
    if (backslash == std::string_view::npos) return out;
    rest.remove_prefix(backslash + 1);
    rest.remove_prefix(appendEscape(out, rest));
  }
}

std::optional<bool> JsonText::boolean() const noexcept {
  if (text_ == "true") return true;
  if (text_ == "false") return false;
  return std::nullopt;
}

std::optional<std::int64_t> JsonText::integer() const noexcept {
  std::string_view digits = text_;
  if (isString()) digits = digits.substr(1, digits.size() - 2);
  return numberIn<std::int64_t>(digits);
}

JsonText JsonText::member(std::string_view name) const noexcept {
  JsonText found;
  forEachMember([&](std::string_view key, JsonText value) {
    if (key == name) found = value;
  });
  return found;
}

bool JsonText::skipToNext(std::size_t& at, char end) const noexcept {
  while (isSpace(text_[at]) || text_[at] == ',') ++at;
  return text_[at] != end;
}

void JsonText::skipTo(std::size_t& at, char mark) const noexcept {
  while (text_[at] != mark) ++at;
  ++at;
  while (isSpace(text_[at])) ++at;
}

JsonText JsonText::take(std::size_t& at) const noexcept {
  const std::size_t from = at;
  const char first = text_[at];
  if (first == '"') {
    at = endOfString(text_, at);
  } else if (first == '{' || first == '[') {
    std::size_t depth = 0;
    do {
      const char c = text_[at];
      if (c == '"') {
        at = endOfString(text_, at);
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at;
    } while (depth != 0);
  } else {
    while (at != text_.size() && !isSpace(text_[at]) && text_[at] != ',' && text_[at] != '}' && text_[at] != ']') ++at;
  }
  return JsonText(text_.substr(from, at - from));
}

}  // namespace box::inline v0_1
