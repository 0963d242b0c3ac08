#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// One character of a UTF-8 text.
struct Utf8Character {
  char32_t value = 0;    ///< its code point; 0 if it is not valid
  std::size_t size = 1;  ///< in bytes
  bool valid = false;    ///< false: no valid character begins with this byte, and `size` is 1
};

/// The character at the start of `text`, which must not be empty. As in RFC 3629, overlong forms, surrogates and values
/// above U+10FFFF are not valid. *Threads*: all functions of this header may be called from any thread.
BOX_API Utf8Character firstCharacter(std::string_view text) noexcept;

/// Whether each character of the text is valid.
BOX_API bool isUtf8(std::string_view text) noexcept;

/// Whether the character looks like a space: U+0020, U+00A0, U+3000 and the other blanks of Unicode, but not the tab.
BOX_API bool isBlank(char32_t character) noexcept;

/// Whether the character is invisible, or changes how other characters are shown: controls, format characters, line
/// separators, fillers, variation selectors. Blanks are not among them.
BOX_API bool isInvisible(char32_t character) noexcept;

/// Appends the first character of `text` in a visible form, even if it is visible already: `\n`, `\r`, `\t`, `\xNN`, as
/// in `\x1b`, for all other ASCII and for a byte that is not UTF-8; `\u{N}`, as in `\u{200b}`, for characters above
/// U+007F. `character`: the result of firstCharacter().
BOX_API void appendEscaped(std::string& out, std::string_view text, const Utf8Character& character);

}  // namespace box::inline v0_1
