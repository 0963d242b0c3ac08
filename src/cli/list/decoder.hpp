#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace box::cli {

/// Makes UTF-8 without a byte order mark of a file's bytes, piece by piece: of UTF-8, and of UTF-16 that begins with a
/// mark. Knows by their first bytes the files that are no text.
class TextDecoder {
 public:
  /// The text of these bytes, as far as it is known yet. The view ends with the next call, or with `bytes`.
  std::string_view decode(std::string_view bytes);
  /// What is left when the input has ended.
  std::string_view finish();

  /// Why it is no text, with the remedy: "the file is a PDF: …". Empty: it may be text. There is no text after it.
  std::string_view problem() const noexcept { return problem_; }

 private:
  enum class Encoding { unknown, utf8, utf16Little, utf16Big };

  void decide();
  void takeUtf16(std::string_view bytes);
  void takeUnit(char16_t unit);

  Encoding encoding_ = Encoding::unknown;
  std::string start_;  // the first bytes, until the encoding is known
  std::string text_;
  std::optional<char> half_;  // the first byte of a unit
  char16_t high_ = 0;         // the first half of a surrogate pair
  std::string_view problem_;
};

/// What a text is, by its first line, if it is certainly no list: JSON, HTML, XML… As TextDecoder::problem(); empty: it
/// may be a list.
std::string_view otherFormat(std::string_view firstLine);

}  // namespace box::cli
