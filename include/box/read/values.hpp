#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "box/support/export.hpp"

/// What Box tells of users, groups, memberships and events. Types and members have the names of Box's SDKs.
///
/// Values are as Box has them. An empty text, and an optional without a value: Box sent none, or null, or something of
/// another kind than its documents have. Box adds fields, types and enumerators at any time: the whole of each thing is
/// in its `rawJson`, exactly as it came. Texts are the server's: escape them before you show them.
namespace box {

/// A user, as others refer to one.
struct UserMini {
  std::string id;     ///< 1 to 20 digits
  std::string type;   ///< "user"
  std::string name;   ///< as people read it
  std::string login;  ///< the address with which the user signs in
};

/// What a user belongs to.
struct EnterpriseMini {
  std::string id;    ///< 1 to 20 digits
  std::string type;  ///< "enterprise"
  std::string name;  ///< as people read it
};

/// A user. Which fields Box sends is the caller's choice (`fields`); without that Box leaves out `role` and those after
/// it.
struct UserFull : UserMini {
  std::string createdAt;                      ///< when the user was made; parseBoxTime() reads it
  std::string modifiedAt;                     ///< when something of it changed last; parseBoxTime() reads it
  std::string language;                       ///< a code like "en"
  std::string timezone;                       ///< a name like "Africa/Bujumbura"
  std::optional<std::int64_t> spaceAmount;    ///< bytes that the user may store
  std::optional<std::int64_t> spaceUsed;      ///< bytes that the user stores
  std::optional<std::int64_t> maxUploadSize;  ///< bytes that one file may have
  std::string status;                         ///< active, inactive, cannot_delete_edit or cannot_delete_edit_upload
  std::string jobTitle;                       ///< as people read it
  std::string phone;                          ///< in any form
  std::string address;                        ///< where the person lives or works, in any form
  std::string avatarUrl;                      ///< a picture of the person
  std::string notificationEmail;              ///< JSON text; empty: none

  std::string role;                                   ///< admin, coadmin or user
  std::string trackingCodes;                          ///< JSON text; empty: none
  std::optional<bool> canSeeManagedUsers;             ///< the user finds other users of the enterprise
  std::optional<bool> isSyncEnabled;                  ///< the user may use Box Sync
  std::optional<bool> isExternalCollabRestricted;     ///< the user may not work with people elsewhere
  std::optional<bool> isExemptFromDeviceLimits;       ///< the enterprise's limit of devices does not apply
  std::optional<bool> isExemptFromLoginVerification;  ///< the user signs in without a second factor
  EnterpriseMini enterprise;                          ///< the user's; its `id` is empty for a user without one
  std::vector<std::string> myTags;                    ///< of the user
  std::string hostname;                               ///< with which links for the user begin
  std::optional<bool> isPlatformAccessOnly;           ///< true: an app user
  std::string externalAppUserId;                      ///< the application's own id for an app user
  std::string rawJson;                                ///< the whole user as it came
};

/// A group, as others refer to one.
struct GroupMini {
  std::string id;         ///< 1 to 20 digits
  std::string type;       ///< "group"
  std::string name;       ///< as people read it
  std::string groupType;  ///< managed_group or all_users_group
};

/// A group. Which fields Box sends is the caller's choice (`fields`).
struct GroupFull : GroupMini {
  std::string createdAt;               ///< when the group was made; parseBoxTime() reads it
  std::string modifiedAt;              ///< when something of it changed last; parseBoxTime() reads it
  std::string provenance;              ///< the system from which the group comes: "Active Directory"
  std::string externalSyncIdentifier;  ///< the group's id in that system
  std::string description;             ///< as people read it
  std::string invitabilityLevel;       ///< who may invite the group: admins_only, admins_and_members, all_managed_users
  std::string memberViewabilityLevel;  ///< who may see its members: as `invitabilityLevel`
  std::string permissions;             ///< JSON text; empty: none
  std::string rawJson;                 ///< the whole group as it came
};

/// That a user is in a group.
struct GroupMembership {
  std::string id;          ///< of the membership
  std::string type;        ///< "group_membership"
  UserMini user;           ///< who is in the group
  GroupMini group;         ///< in which the user is
  std::string role;        ///< member or admin
  std::string createdAt;   ///< since when; parseBoxTime() reads it
  std::string modifiedAt;  ///< when it changed last; parseBoxTime() reads it
  std::string rawJson;     ///< the whole membership as it came
};

/// What an event is about: a user, a file, a folder, a group, or something that has no type. Box's shapes differ, and
/// none of them is an error.
struct EventSource {
  std::string type;   ///< `type`, else `item_type`; empty: Box says none
  std::string id;     ///< `id`, else `item_id`
  std::string name;   ///< `name`, else `item_name`, else `user_name`
  std::string login;  ///< of a user
  /// The user whom it is about: `id` where `type` is "user", else `user_id`; empty: it is about no user.
  std::string userId;
  std::string rawJson;  ///< empty: null, or none
};

/// An event. (Event is the name of what observers get.)
struct BoxEvent {
  std::string type;               ///< "event"
  std::string eventId;            ///< the same for each copy of an event, in each stream
  std::string eventType;          ///< as LOGIN; more than any list has
  std::string createdAt;          ///< when it happened; parseBoxTime() reads it
  std::string recordedAt;         ///< when Box wrote it down; parseBoxTime() reads it
  UserMini createdBy;             ///< who did it; id "2": somebody who had not signed in
  EventSource source;             ///< what it is about
  std::string sessionId;          ///< of the session in which it was done; empty for many events
  std::string ipAddress;          ///< not in Box's documents, but sent; also "Unknown IP"
  std::string additionalDetails;  ///< JSON text, also where Box sent a string with it; empty: none
  std::string rawJson;            ///< the whole event as it came
};

/// A page of a list, by offset or by marker. Box says of both kinds only what belongs to it.
struct PageInfo {
  std::optional<std::int64_t> limit;       ///< that Box has used; it may be less than what was asked for
  std::optional<std::int64_t> offset;      ///< of the first entry
  std::optional<std::int64_t> totalCount;  ///< of the whole list, or more than that
  std::string nextMarker;                  ///< of the next page; empty on the last page
  std::string prevMarker;                  ///< of the page before; empty on the first page
};

/// A page of a list of users.
struct Users : PageInfo {
  std::vector<UserFull> entries;  ///< in Box's order
};

/// A page of a list of groups.
struct Groups : PageInfo {
  std::vector<GroupFull> entries;  ///< in Box's order
};

/// A page of a list of memberships.
struct GroupMemberships : PageInfo {
  std::vector<GroupMembership> entries;  ///< in Box's order
};

/// A page of a stream of events.
struct Events {
  std::optional<std::int64_t> chunkSize;  ///< how many events Box says that it sent
  /// Where the next page begins, with all its digits, whether Box sent a text or a number. Empty: Box sent none; keep
  /// the old one.
  std::string nextStreamPosition;
  std::vector<BoxEvent> entries;  ///< in the stream's order
  /// When Box answered, by its own clock (header Date).
  std::optional<std::chrono::system_clock::time_point> date;
};

/// A time as Box writes it, "2012-12-12T10:53:43-08:00": any offset, Z, with or without a fraction of the second, which
/// is dropped. None: it is no such time. *Threads*: any.
BOX_API std::optional<std::chrono::system_clock::time_point> parseBoxTime(std::string_view text) noexcept;
/// The same the other way, as Box's queries take it: "2012-12-12T18:53:43-00:00", UTC, in whole seconds.
BOX_API std::string formatBoxTime(std::chrono::system_clock::time_point time);

}  // namespace box
