#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "box/bulk/bulk_source.hpp"
#include "box/read/groups.hpp"
#include "box/read/list_reader.hpp"
#include "box/read/users.hpp"
#include "box/read/values.hpp"
#include "box/support/asio.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

struct UserScope;

/// Which users a UserSource lists, and which of them it leaves out: make one with a static function, such as
/// `UserSelection::ofDomain("example.com")`, and change its members as needed.
///
/// If Box does not give the data of a group's member (404, 403), the member has UserMark::unknown and is included,
/// because the rules below about status and app users cannot be applied: list in `except` those whose sessions must not
/// end.
///
/// *Errors* of all functions that make one: BoxSdkError with Errc::invalidRequest; the text says what is wrong.
class BOX_API UserSelection {
 public:
  /// All managed users of the enterprise.
  static UserSelection everyone();
  /// The members of the groups with these ids. Each person is listed once.
  static UserSelection ofGroups(std::vector<std::string> groupIds);
  /// The managed users whose login has this domain after its last @; upper and lower case are the same.
  static UserSelection ofDomain(std::string domain);
  /// The managed users whose login begins with this text; upper and lower case are the same.
  static UserSelection ofLoginPrefix(std::string prefix);

  /// Only users with one of these statuses: active, inactive, cannot_delete_edit, cannot_delete_edit_upload. Empty:
  /// users with any status.
  std::vector<std::string> statuses;
  /// Whether app users are included. They exist for an application only, and their sessions are those of the
  /// application. Default: false.
  bool appUsers = false;
  /// Ids and logins of users who are left out; in logins upper and lower case of the letters A to Z are the
  /// same.
  std::vector<std::string> except;
  /// Whether the user in whose name the client acts is included. Default: false, because ending that user's sessions
  /// may end the run.
  bool oneself = false;
  /// Whether the primary administrator is included. No other user may manage the primary administrator. Default: false.
  bool primaryAdmin = false;
  /// Whether co-administrators are included where the client acts for a user who may not manage them. Where the client
  /// acts for the primary administrator, co-administrators are included in the same way as all other users. Default:
  /// false.
  bool coAdmins = false;

 private:
  friend class UserFilter;
  friend class UserSource;
  explicit UserSelection(std::shared_ptr<const UserScope> scope) noexcept;

  std::shared_ptr<const UserScope> scope_;
};

/// Why a user is left out, or what is special about a user who is not.
enum class UserMark : std::uint8_t {
  none,          ///< an ordinary user
  oneself,       ///< the user in whose name the client acts
  primaryAdmin,  ///< the enterprise's primary administrator
  coAdmin,       ///< a co-administrator whom the client may not manage
  appUser,       ///< an app user
  status,        ///< a user with none of UserSelection::statuses
  excepted,      ///< a user in UserSelection::except
  unknown,  ///< a member of a group of whom Box gives only id, name and login, such as a user of another enterprise
  noId,     ///< a user whom Box lists without a usable id; always left out, because no call can name the user by id
};
/// The enumerator's name, "coAdmin".
BOX_API std::string_view toString(UserMark mark) noexcept;

/// A user of a selection, with what you should know before you end the user's sessions.
struct ListedUser {
  UserFull user;                   ///< as Box gives it
  UserMark mark = UserMark::none;  ///< if several apply, the one for which the user is left out
  bool leftOut = false;            ///< whether the user is left out, for the reason in `mark`
};

/// The users of a selection, as a source for BulkTermination, or to be shown.
///
/// For a domain it reads Box's list of all managed users and gives only those of the domain, because Box has no query
/// for domains. For a login prefix it asks Box for the managed users whose name or login begins with it, and checks the
/// logins itself. It requests the details of a group's members one by one; if there are more than 50, it takes them
/// from the list of all managed users. *Errors*: those of the calls; BoxSdkError with Errc::unexpectedResponse, before
/// it gives any user, where Box does not list all members of a group: end the sessions of such a group by its group id.
/// *Cancellation*: as for BulkSource. *Lifetime*: the source may be destroyed while a read is in progress.
class BOX_API UserSource final : public BulkSource {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidRequest where the selection is not valid.
  UserSource(UsersManager users, MembershipsManager memberships, UserSelection selection);
  ~UserSource() override;

  /// The next users with their marks, also the users who are left out; empty: there are no more users.
  asio::awaitable<std::vector<ListedUser>> nextPage();

  /// Gives the ids of the users who are not left out.
  asio::awaitable<bool> read(std::vector<BulkEntry>& into, std::size_t most) override;
  /// How many users read() has left out so far.
  std::uint64_t leftOut() const noexcept;
  /// How Box's list of a group's members ended. If it is not `complete`, nextPage() and read() have failed for that
  /// reason.
  ListEnd membersEnd() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace box::inline v0_1
