#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// What an entry of a list is to name.
enum class EntryKind {
  user,       ///< a user by id or login: with an @ it is a login
  userId,     ///< a user by id
  userLogin,  ///< a user by login
  groupId,    ///< a group; groups have no login
};

/// Why a text is not an entry that can be sent.
struct EntryFault {
  std::size_t offset = 0;  ///< the place of the first byte that is wrong, from 0
  /// What is wrong and what to do, to follow the entry's name or place: "has the invisible character U+200B: remove
  /// it". It repeats no part of the entry except this character, which it names by its code if the character cannot be
  /// seen.
  std::string text;
};

/// The one rule about entries: calls, bulk runs and the program refuse what has a fault here.
///
/// Ids are 1 to 20 digits. A login is one address as a person sees it: one @ with something on both sides, at most 320
/// bytes of valid UTF-8, no invisible character, blank or quote, nothing that separates addresses, and after the @ no
/// ASCII character but letters, digits, dot, hyphen and underscore. Unset: the entry can be sent, whether Box knows it
/// or not.
/// *Threads*: any.
BOX_API std::optional<EntryFault> checkEntry(EntryKind kind, std::string_view entry);

/// The entry without what copy and paste may add to it: blanks of all kinds, tabs and byte order marks (U+FEFF) at its
/// ends, "mailto:" at its start, and what mail programs put around an address, `Lee, Ann <ann@example.com>`, unless the
/// name is another address. For entries that people wrote; checkEntry() and the calls of this library remove nothing.
BOX_API std::string_view trimmedEntry(std::string_view text) noexcept;

/// Whether it is an id of Box's: 1 to 20 digits.
BOX_API bool isBoxId(std::string_view text) noexcept;

}  // namespace box::inline v0_1
