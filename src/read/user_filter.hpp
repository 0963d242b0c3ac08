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
  /// *Errors*: BoxSdkError with Errc::invalidRequest if the selection is not valid.
  explicit UserFilter(UserSelection selection);

  /// Must be called before isInScope() and mark(). `me`: the user in whose name the client acts.
  void setAccount(UserMini me, bool isPrimaryAdmin);
  bool knowsAccount() const noexcept { return knowsAccount_; }
  const UserSelection& selection() const noexcept { return selection_; }

  /// Whether the user has the domain or the login prefix of the selection, if it has one. A user whom Box lists with
  /// neither a usable id nor a login counts as one who has it.
  bool isInScope(const UserMini& user) const;
  /// The decision about a user who is in the scope. `known`: whether Box has given the user's role and status.
  ListedUser mark(UserFull user, bool known) const;

 private:
  UserMark markOf(const UserFull& user, bool known) const;
  bool isLeftOut(UserMark mark) const noexcept;

  UserSelection selection_;
  UserMini me_;
  bool knowsAccount_ = false, isPrimaryAdmin_ = false;
  std::unordered_set<std::string> except_;  // in lower case
};

}  // namespace box::inline v0_1
