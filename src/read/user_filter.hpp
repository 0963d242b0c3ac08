#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "box/read/user_source.hpp"

namespace box::inline v0_1 {

/// The users from whom a selection is made, before it leaves users out.
struct UserScope {
  enum class Kind : std::uint8_t { everyone, groups, domain, loginPrefix };
  Kind kind = Kind::everyone;
  std::vector<std::string> groupIds;
  std::string text;  // the domain or the prefix
};

/// Decides for each user of an enterprise whether a selection includes the user. It has no I/O.
class UserFilter {
 public:
  /// `me`: the user in whose name the client acts. Throws BoxSdkError with Errc::invalidRequest if the selection is not
  /// valid.
  UserFilter(const UserSelection& selection, UserMini me, bool isPrimaryAdmin);

  /// *Errors*: BoxSdkError with Errc::invalidRequest if the selection is not valid.
  static void check(const UserSelection& selection);

  /// Whether the user has the domain or the login prefix of the selection, if it has one. A user whom Box lists with
  /// neither a usable id nor a login counts as one who has it.
  bool isInScope(const UserMini& user) const;
  /// The decision about a user who is in the scope. `known`: whether Box has given the user's role and status.
  ListedUser mark(UserFull user, bool known) const;

 private:
  UserMark markOf(const UserFull& user, bool known) const;
  bool isLeftOut(UserMark mark) const noexcept;

  const UserSelection selection_;
  const UserMini me_;
  const bool isPrimaryAdmin_;
  std::unordered_set<std::string> except_;  // in lower case
};

}  // namespace box::inline v0_1
