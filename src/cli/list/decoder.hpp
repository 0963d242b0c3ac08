#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace box::cli {

/// Converts a file's bytes, piece by piece, to UTF-8 without a byte order mark. Accepts UTF-8, and UTF-16 that begins
/// with a byte order mark. Recognises files that are not text by their first bytes.
class TextDecoder {
 public:
  /// The text of these bytes; bytes of an incomplete character are kept for later. The view is valid until the next
  /// call, and as long as `bytes`.
  std::string_view decode(std::string_view bytes);
  /// The rest of the text, after the last call of decode().
  std::string_view finish();

  /// Why the file is not text, with a remedy: "the file is a PDF: …". Empty: it may be text. After a problem decode()
  /// gives no text.
  std::string_view problem() const noexcept { return problem_; }

 private:
  enum class Encoding { unknown, utf8, utf16Little, utf16Big };

  void decide();
  void takeUtf16(std::string_view bytes);
  void takeUnit(char16_t unit);

  Encoding encoding_ = Encoding::unknown;
  std::string start_;  // the first bytes, until the encoding is known
  std::string text_;
  std::optional<char> half_;  // the first byte of an incomplete UTF-16 unit
  char16_t high_ = 0;         // the first half of a surrogate pair
  std::string_view problem_;
};

/// Names the format of a text that is certainly not a list, such as JSON, HTML or XML, judged by its first line. The
/// result is like that of TextDecoder::problem(); empty: it may be a list.
std::string_view otherFormat(std::string_view firstLine);

}  // namespace box::cli
