#pragma once

#include <string_view>

/// What editors and shells of Windows put at the beginning of a text file.
namespace box::cli {

/// U+FEFF in UTF-8.
inline constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
/// U+FEFF in UTF-16, which PowerShell writes by default.
inline constexpr std::string_view utf16LittleMark = "\xff\xfe", utf16BigMark = "\xfe\xff";

inline constexpr std::string_view withoutByteOrderMark(std::string_view text) noexcept {
  return text.starts_with(byteOrderMark) ? text.substr(byteOrderMark.size()) : text;
}

/// Whether the text begins as UTF-16 does.
inline constexpr bool isUtf16(std::string_view text) noexcept {
  return text.starts_with(utf16LittleMark) || text.starts_with(utf16BigMark);
}

}  // namespace box::cli
