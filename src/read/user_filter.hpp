#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "box/read/user_source.hpp"

namespace box::inline v0_1 {

/// Which users a selection is about, before it leaves any out.
struct UserScope {
  enum class Kind : std::uint8_t { everyone, groups, domain, loginPrefix };
  Kind kind = Kind::everyone;
  std::vector<std::string> groupIds;
  std::string text;  // the domain or the prefix
};

/// Decides about each user of an enterprise whether a selection includes or leaves out the user. No I/O.
class UserFilter {
 public:
  /// `me`: the user in whose name the client acts. Throws BoxSdkError with Errc::invalidRequest where the selection is
  /// invalid.
  UserFilter(const UserSelection& selection, UserMini me, bool isPrimaryAdmin);

  /// *Errors*: BoxSdkError with Errc::invalidRequest where the selection is invalid.
  static void check(const UserSelection& selection);

  /// Whether the user is within the domain or the login prefix, where the selection has one. A user whom Box lists with
  /// neither a usable id nor a login counts as within.
  bool isInScope(const UserMini& user) const;
  /// The decision about a user who is in the scope. `known`: Box has given the user's role and status.
  ListedUser judge(UserFull user, bool known) const;

 private:
  UserMark markOf(const UserFull& user, bool known) const;
  bool isLeftOut(UserMark mark) const noexcept;

  const UserSelection selection_;
  const UserMini me_;
  const bool isPrimaryAdmin_;
  std::unordered_set<std::string> except_;  // in lower case
};

}  // namespace box::inline v0_1
