#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "box/support/export.hpp"

/// Box's values of users, groups, memberships and events. Types and members have the names of Box's SDKs.
///
/// Values are as Box sends them. An empty text and an unset optional mean that Box sent none, or null, or a value of
/// another type than it documents. Box adds fields, types and enumerators at any time: the whole of each object is in
/// its `rawJson`, exactly as it came. Texts are the server's: escape them before you show them.
namespace box::inline v0_1 {

/// The short form of a user, which other objects contain.
struct UserMini {
  std::string id;     ///< 1 to 20 digits
  std::string type;   ///< "user"
  std::string name;   ///< as people read it
  std::string login;  ///< the address with which the user signs in
};

/// The enterprise that a user belongs to.
struct EnterpriseMini {
  std::string id;    ///< 1 to 20 digits
  std::string type;  ///< "enterprise"
  std::string name;  ///< as people read it
};

/// A user. Which fields Box sends is the caller's choice (`fields`); without `fields` Box leaves out `role` and the
/// members after it.
struct UserFull : UserMini {
  std::string createdAt;                      ///< when the user was made; parseBoxTime() reads it
  std::string modifiedAt;                     ///< when it was last changed; parseBoxTime() reads it
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
  std::optional<bool> isExternalCollabRestricted;     ///< the user may not work with people of other enterprises
  std::optional<bool> isExemptFromDeviceLimits;       ///< the enterprise's limit of devices does not apply
  std::optional<bool> isExemptFromLoginVerification;  ///< the user signs in without a second factor
  EnterpriseMini enterprise;                          ///< the user's; its `id` is empty for a user without one
  std::vector<std::string> myTags;                    ///< of the user
  std::string hostname;                               ///< with which links for the user begin
  std::optional<bool> isPlatformAccessOnly;           ///< true: an app user
  std::string externalAppUserId;                      ///< the application's own id for an app user
  std::string rawJson;                                ///< the whole user as it came
};

/// The short form of a group, which other objects contain.
struct GroupMini {
  std::string id;         ///< 1 to 20 digits
  std::string type;       ///< "group"
  std::string name;       ///< as people read it
  std::string groupType;  ///< managed_group or all_users_group
};

/// A group. Which fields Box sends is the caller's choice (`fields`).
struct GroupFull : GroupMini {
  std::string createdAt;               ///< when the group was made; parseBoxTime() reads it
  std::string modifiedAt;              ///< when it was last changed; parseBoxTime() reads it
  std::string provenance;              ///< the system from which the group comes: "Active Directory"
  std::string externalSyncIdentifier;  ///< the group's id in that system
  std::string description;             ///< as people read it
  std::string invitabilityLevel;       ///< who may invite the group: admins_only, admins_and_members, all_managed_users
  std::string memberViewabilityLevel;  ///< who may see its members: as `invitabilityLevel`
  std::string permissions;             ///< JSON text; empty: none
  std::string rawJson;                 ///< the whole group as it came
};

/// The membership of a user in a group.
struct GroupMembership {
  std::string id;          ///< of the membership
  std::string type;        ///< "group_membership"
  UserMini user;           ///< who is in the group
  GroupMini group;         ///< in which the user is
  std::string role;        ///< member or admin
  std::string createdAt;   ///< since when; parseBoxTime() reads it
  std::string modifiedAt;  ///< when it was last changed; parseBoxTime() reads it
  std::string rawJson;     ///< the whole membership as it came
};

/// What an event is about: a user, a file, a folder, a group, or something without a type. Its form differs in Box's
/// answers, and no form is an error.
struct EventSource {
  std::string type;   ///< `type`, else `item_type`; empty: Box sent none
  std::string id;     ///< `id`, else `item_id`
  std::string name;   ///< `name`, else `item_name`, else `user_name`
  std::string login;  ///< of a user
  /// The user whom the event is about: `id` where `type` is "user", else `user_id`; empty: it is not about a user.
  std::string userId;
  std::string rawJson;  ///< empty: null, or none
};

/// An event. (Event is the name of what observers get.)
struct BoxEvent {
  std::string type;               ///< "event"
  std::string eventId;            ///< the same for each copy of an event, in each stream
  std::string eventType;          ///< such as LOGIN; there are more types than Box documents
  std::string createdAt;          ///< when it happened; parseBoxTime() reads it
  std::string recordedAt;         ///< when Box wrote it down; parseBoxTime() reads it
  UserMini createdBy;             ///< who did it; id "2": a person who had not signed in
  EventSource source;             ///< what it is about
  std::string sessionId;          ///< of the session in which it was done; empty for many events
  std::string ipAddress;          ///< not in Box's documents, but sent; also "Unknown IP"
  std::string additionalDetails;  ///< JSON text, also where Box sent it inside a string; empty: none
  std::string rawJson;            ///< the whole event as it came
};

/// A page of a list by offset or by marker. Box sets only the members of the kind of list that it is.
struct PageInfo {
  std::optional<std::int64_t> limit;       ///< the limit that Box has used; it may be less than the requested one
  std::optional<std::int64_t> offset;      ///< of the first entry
  std::optional<std::int64_t> totalCount;  ///< entries of the whole list; Box may give more than there are
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
  std::optional<std::int64_t> chunkSize;  ///< how many events the page has, as Box says
  /// Where the next page begins, with all its digits, whether Box sent a text or a number. Empty: Box sent none; keep
  /// the previous position.
  std::string nextStreamPosition;
  std::vector<BoxEvent> entries;  ///< in the stream's order
  /// When Box answered, by its own clock (header Date).
  std::optional<std::chrono::system_clock::time_point> date;
};

/// A time as Box writes it, "2012-12-12T10:53:43-08:00": any offset, Z, with or without a fraction of the second, which
/// is dropped. Unset: the text is not such a time. *Threads*: any.
BOX_API std::optional<std::chrono::system_clock::time_point> parseBoxTime(std::string_view text) noexcept;
/// A time as Box's queries take it: "2012-12-12T18:53:43-00:00", UTC, in whole seconds.
BOX_API std::string formatBoxTime(std::chrono::system_clock::time_point time);

}  // namespace box::inline v0_1
