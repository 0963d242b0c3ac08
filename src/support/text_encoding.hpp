#pragma once

#include <cstddef>
#include <string_view>

namespace box::inline v0_1 {

inline constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";

/// Whether the text is UTF-16. Without a byte order mark it is recognised because each ASCII character has a zero byte.
inline bool isUtf16(std::string_view text) noexcept {
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") ||
         (text.size() >= 2 && (text[0] == '\0' || text[1] == '\0'));
}

/// The beginning of a UTF-8 text: at most `most` bytes, which do not end within a character.
inline std::string_view beginningOf(std::string_view text, std::size_t most) noexcept {
  if (text.size() <= most) return text;
  const auto continues = [text](std::size_t i) { return (static_cast<unsigned char>(text[i]) & 0xc0U) == 0x80U; };
  std::size_t end = most;
  while (end > 0 && end + 3 > most && continues(end)) --end;
  return text.substr(0, end);
}

/// The probable reason why a secret has invalid characters. `likely`: the text for the usual mistakes.
inline std::string_view oddityOf(std::string_view secret, std::string_view likely) noexcept {
  if (isUtf16(secret)) return "it is UTF-16: save its file as UTF-8";
  if (secret.starts_with(byteOrderMark)) return "it begins with a byte order mark: save its file as UTF-8 without one";
  return likely;
}

}  // namespace box::inline v0_1
