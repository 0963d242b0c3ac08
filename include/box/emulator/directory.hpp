#pragma once

#include <string>
#include <vector>

namespace box::emulator {

/// Somebody whom the emulator's enterprise knows.
struct EmulatorUser {
  std::string id;     ///< by which calls name it
  std::string name;   ///< as people read it
  std::string login;  ///< the address with which it signs in
  /// `active`, `inactive`, `cannot_delete_edit` or `cannot_delete_edit_upload`.
  std::string status = "active";
  /// `admin`, `coadmin` or `user`. `EmulatorOptions::adminUser` is always the admin.
  std::string role = "user";
  /// An app user: one that exists for an application only.
  bool platformAccessOnly = false;
  /// The application's own id for an app user.
  std::string externalAppUserId{};
  /// Belongs to another enterprise: listed only when it is asked for by its whole login.
  bool external = false;
};

/// A group of the emulator's enterprise.
struct EmulatorGroup {
  std::string id;    ///< by which calls name it
  std::string name;  ///< as people read it
  /// `managed_group` or `all_users_group`.
  std::string type = "managed_group";
};

/// That a user is in a group.
struct EmulatorMembership {
  std::string id;       ///< of the membership itself
  std::string groupId;  ///< of the group
  /// Of the user. One who is not in the directory is made up from the id.
  std::string userId;
  /// `member` or `admin`.
  std::string role = "member";
};

/// What the calls that list users, groups and memberships tell, in this order. `EmulatorOptions::adminUser` is the
/// first of the users, if not among them.
struct EmulatorDirectory {
  std::vector<EmulatorUser> users;              ///< what `GET /2.0/users` lists
  std::vector<EmulatorGroup> groups;            ///< what `GET /2.0/groups` lists
  std::vector<EmulatorMembership> memberships;  ///< what `GET /2.0/groups/ID/memberships` lists
  /// What the field `enterprise` of users tells, where it is asked for; empty (default): the field is missing.
  std::string enterpriseId{};
  /// The name beside `enterpriseId`.
  std::string enterpriseName{};
  /// The last page that is asked for by marker has `"next_marker": ""`, as some of Box's have; default: null.
  bool emptyLastMarker = false;
};

}  // namespace box::emulator
