#pragma once

#include <string>
#include <vector>

namespace box::inline v0_1::emulator {

/// A user of the emulator's enterprise, or an external user whom the enterprise can look up.
struct EmulatorUser {
  std::string id;     ///< the id that calls use
  std::string name;   ///< the name that people read
  std::string login;  ///< the address with which the user signs in
  /// `active`, `inactive`, `cannot_delete_edit` or `cannot_delete_edit_upload`.
  std::string status = "active";
  /// `admin`, `coadmin` or `user`. `EmulatorOptions::adminUser` is always the admin.
  std::string role = "user";
  /// Whether it is an app user, who exists for an application only.
  bool platformAccessOnly = false;
  /// The application's own id for an app user.
  std::string externalAppUserId{};
  /// Whether the user belongs to another enterprise: such a user is listed only for a query with the whole login.
  bool external = false;
};

/// A group of the emulator's enterprise.
struct EmulatorGroup {
  std::string id;    ///< the id that calls use
  std::string name;  ///< the name that people read
  /// `managed_group` or `all_users_group`.
  std::string type = "managed_group";
};

/// The membership of a user in a group.
struct EmulatorMembership {
  std::string id;       ///< the id of the membership itself
  std::string groupId;  ///< the id of the group
  /// The id of the user. For a user who is not in the directory, name and login are made up from the id.
  std::string userId;
  /// `member` or `admin`.
  std::string role = "member";
};

/// What the calls that list users, groups and memberships return, in this order. `EmulatorOptions::adminUser` is added
/// as the first user if it is not in `users`; `EmulatorOptions::serviceAccount` is not added.
struct EmulatorDirectory {
  std::vector<EmulatorUser> users;              ///< what `GET /2.0/users` lists
  std::vector<EmulatorGroup> groups;            ///< what `GET /2.0/groups` lists
  std::vector<EmulatorMembership> memberships;  ///< what `GET /2.0/groups/ID/memberships` lists
  /// The id in the field `enterprise` of users, where that field is requested; empty (default): the field is missing.
  std::string enterpriseId{};
  /// The name in that field, with `enterpriseId`.
  std::string enterpriseName{};
  /// Whether the last page of a list by marker has `"next_marker": ""`, as some of Box's lists do; by default it has
  /// null.
  bool emptyLastMarker = false;
};

}  // namespace box::inline v0_1::emulator
