#pragma once

#include <string>
#include <string_view>

namespace box::cli {

/// What a cell of a header row says that its column has.
enum class ColumnRole {
  unknown,
  boxLogin,  ///< a login, in Box's own word
  login,     ///< a login or an address, in the word of some identity provider
  user,      ///< perhaps a login
  userId,    ///< an id that is said to be a user's
  id,
  groupId,
  type,   ///< whether a row is a user or a group
  entry,  ///< a login or an id, in this program's reports
};

/// By its words alone: case, blanks, punctuation and what is in brackets do not count.
ColumnRole roleOf(std::string_view header);

/// The letters and digits of a header in small letters. `brackets`: of what is in them, else of the rest.
std::string bareName(std::string_view header, bool brackets);

}  // namespace box::cli
