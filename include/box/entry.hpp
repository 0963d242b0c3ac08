#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// What an entry of a list names.
enum class EntryKind {
  user,       ///< a user by id or login; an entry with an @ is a login
  userId,     ///< a user by id
  userLogin,  ///< a user by login
  groupId,    ///< a group; groups have no login
};

/// The length of the longest login, in bytes: 64 before the @ and 255 after it, as RFC 5321 4.5.3.1 has it.
inline constexpr std::size_t longestLogin = 320;

/// Why a text is not an entry that can be sent.
struct EntryFault {
  std::size_t offset = 0;  ///< the place of the first byte that is wrong, from 0
  /// What is wrong and what to do, as the end of a sentence that begins with the entry's name or place: "has the
  /// invisible character U+200B: remove it". The text repeats no part of the entry except this character; a character
  /// that cannot be seen is named by its code.
  std::string text;
};

/// Checks an entry. Calls, bulk runs and the program all use this check, and refuse an entry that has a fault. The
/// result is unset where the entry can be sent; it is not checked whether Box knows the entry.
///
/// An id is 1 to 20 digits. A login is one address as people write it: at most longestLogin bytes of valid UTF-8
/// without invisible characters, U+FFFD, blanks, quotation marks (of the apostrophes only the ASCII one is allowed),
/// commas, semicolons, colons, vertical bars, backslashes, and round, square or angle brackets. It has one @ with
/// something on both sides. The part after the @ neither begins nor ends with a dot, and its only ASCII characters are
/// letters, digits, dots, hyphens and underscores. *Threads*: any.
BOX_API std::optional<EntryFault> checkEntry(EntryKind kind, std::string_view entry);

/// The entry without what copying and pasting may have added: blanks of all kinds, tabs and byte order marks (U+FEFF)
/// at its ends, "mailto:" at its start, and what mail programs put around an address, `Lee, Ann <ann@example.com>`,
/// unless the name is itself another address. Use it for entries that people wrote; checkEntry() and the calls of this
/// library remove nothing.
/// *Lifetime*: the result refers to `text`.
BOX_API std::string_view trimmedEntry(std::string_view text) noexcept;

/// Whether the text has the form of Box's ids: 1 to 20 digits.
BOX_API bool isBoxId(std::string_view text) noexcept;

}  // namespace box::inline v0_1
