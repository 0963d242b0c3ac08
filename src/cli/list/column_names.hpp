#pragma once

#include <string>
#include <string_view>

namespace box::cli {

/// What a column has, judged by its cell in the header row.
enum class ColumnRole {
  unknown,
  boxLogin,  ///< a login, in a column with a name that Box uses; Okta has a column "Login" too
  login,     ///< a login or an address, as an identity provider names the column
  user,      ///< possibly a login
  userId,    ///< an id that belongs to a user
  id,
  groupId,
  type,   ///< whether a row is a user or a group
  entry,  ///< a login or an id, in reports of this program
};

/// Judges a header by its letters and digits, without regard to case: those outside brackets, or if these are not
/// known, those inside.
ColumnRole roleOf(std::string_view header);

/// The letters and digits of a header in lower case. `brackets`: those in brackets, otherwise those outside.
std::string bareName(std::string_view header, bool brackets);

}  // namespace box::cli
