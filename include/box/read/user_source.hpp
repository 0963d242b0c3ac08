#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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

namespace box {

struct UserScope;

/// Whom a UserSource lists, and whom it leaves out: `UserSelection::ofDomain("example.com")`, with its members changed
/// as needed.
///
/// *Errors* of all functions that make one: BoxSdkError with Errc::invalidRequest, naming what is wrong.
class BOX_API UserSelection {
 public:
  /// All managed users of the enterprise.
  static UserSelection everyone();
  /// The members of these groups, each person once. Ids.
  static UserSelection ofGroups(std::vector<std::string> groupIds);
  /// The managed users whose login has this after its last @, in any case of its letters.
  static UserSelection ofDomain(std::string domain);
  /// The managed users whose login begins so, in any case of its letters.
  static UserSelection ofLoginPrefix(std::string prefix);

  /// Only users with one of these statuses: active, inactive, cannot_delete_edit, cannot_delete_edit_upload. Empty:
  /// with any.
  std::vector<std::string> statuses;
  /// App users too, who exist for an application only. Their sessions are the application's.
  bool appUsers = false;
  /// Ids and logins of users to leave out; logins in any case of their letters.
  std::vector<std::string> except;
  /// The user in whose name the client acts. Ending one's own sessions may end the run.
  bool oneself = false;
  /// The one primary administrator, whom only he himself may manage.
  bool primaryAdmin = false;
  /// Co-administrators, where the client acts for nobody who may manage them. Where it acts for the primary
  /// administrator they are users as all others.
  bool coAdmins = false;

 private:
  friend class UserFilter;
  friend class UserSource;
  explicit UserSelection(std::shared_ptr<const UserScope> scope) noexcept;

  std::shared_ptr<const UserScope> scope_;
};

/// Why a user is left out, or what there is to know of one who is not.
enum class UserMark : std::uint8_t {
  none,          ///< an ordinary user
  oneself,       ///< in whose name the client acts
  primaryAdmin,  ///< the enterprise's primary administrator
  coAdmin,       ///< a co-administrator whom the client may not manage
  appUser,       ///< of an application
  status,        ///< not one of UserSelection::statuses
  excepted,      ///< in UserSelection::except
  unknown,       ///< a member of a group of whom Box tells no more than id, name and login, such as one from elsewhere
};
/// The enumerator's name, "coAdmin".
BOX_API std::string_view toString(UserMark mark) noexcept;

/// A user of a selection, with what there is to know before its sessions are ended.
struct ListedUser {
  UserFull user;                   ///< as Box tells it
  UserMark mark = UserMark::none;  ///< of several the one that leaves the user out
  bool leftOut = false;            ///< for the reason in `mark`
};

/// The users of a selection, as a list for BulkTermination, or to look at.
///
/// Domains and login prefixes are found among all managed users, because Box cannot be asked for them. Details of a
/// group's members are asked for one by one, or, where there are more than 50, are taken from the list of all managed
/// users. *Errors*: those of the calls; BoxSdkError with Errc::unexpectedResponse, before it gives anybody, where Box
/// does not list all members of a group: end the sessions of such a group by the group itself. *Cancellation*,
/// *Lifetime*: as BulkSource.
class BOX_API UserSource final : public BulkSource {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidRequest.
  UserSource(UsersManager users, MembershipsManager memberships, UserSelection selection);
  ~UserSource() override;

  /// The next users with their marks, also those who are left out; none: there are no more.
  asio::awaitable<std::vector<ListedUser>> nextPage();

  /// The ids of those who are not left out.
  asio::awaitable<bool> read(std::vector<BulkEntry>& into, std::size_t most) override;
  /// How many were left out so far by read().
  std::uint64_t leftOut() const noexcept;
  /// Not complete: nextPage() and read() have failed because Box's list of a group's members ended so.
  ListEnd membersEnd() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// The group with this id, or with exactly this name, in any case of its letters. *Errors*: BoxSdkError with
/// Errc::invalidRequest where no group, or more than one, has the name; with Errc::unexpectedResponse where Box does
/// not list all groups whose names begin so; those of the calls.
BOX_API asio::awaitable<GroupFull> findGroup(GroupsManager groups, std::string idOrName);

}  // namespace box
