#include "box/support/unicode.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>

#include "support/text_codec.hpp"

namespace box::inline v0_1 {
namespace {

struct Range {
  char32_t first, last;
};

template <std::size_t N>
bool isIn(const std::array<Range, N>& ranges, char32_t c) noexcept {
  const auto at = std::lower_bound(ranges.begin(), ranges.end(), c,
                                   [](const Range& range, char32_t value) { return range.last < value; });
  return at != ranges.end() && at->first <= c;
}

// Unicode 15: general category Zs, and the Braille cell without dots.
constexpr std::array<Range, 8> blanks{{{0x20, 0x20},
                                       {0xa0, 0xa0},
                                       {0x1680, 0x1680},
                                       {0x2000, 0x200a},
                                       {0x202f, 0x202f},
                                       {0x205f, 0x205f},
                                       {0x2800, 0x2800},
                                       {0x3000, 0x3000}}};

// Unicode 15: general categories Cc, Zl, Zp and Cf (except its Arabic and Kaithi number signs, which are visible), and
// the property Default_Ignorable_Code_Point.
constexpr std::array<Range, 20> invisible{
    {{0x0, 0x1f},      {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},
     {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e},
     {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
     {0xfff0, 0xfffb}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}}};

}  // namespace

Utf8Character firstCharacter(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  char32_t value = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {};
    value = (value << 6) | (byte(i) & 0x3fU);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff) return {};
  return {value, size, true};
}

bool isUtf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const Utf8Character character = firstCharacter(text);
    if (!character.valid) return false;
    text.remove_prefix(character.size);
  }
  return true;
}

bool isBlank(char32_t character) noexcept { return isIn(blanks, character); }

bool isInvisible(char32_t character) noexcept { return isIn(invisible, character); }

void appendEscaped(std::string& out, std::string_view text, const Utf8Character& character) {
  switch (character.valid ? character.value : U'\0') {
    case U'\n': out += "\\n"; return;
    case U'\r': out += "\\r"; return;
    case U'\t': out += "\\t"; return;
    default: break;
  }
  if (!character.valid || character.value < 0x80) {
    out.append("\\x").append(toHex(text.substr(0, 1)));
    return;
  }
  std::array<char, 8> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::uint32_t>(character.value), 16).ptr;
  out.append("\\u{").append(digits.data(), end).append("}");
}

}  // namespace box::inline v0_1
