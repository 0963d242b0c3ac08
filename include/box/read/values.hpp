#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "box/support/export.hpp"

/// The objects of Box that calls return: users, groups, memberships and events. Types and members have the names of
/// Box's SDKs.
///
/// Values are as Box sends them. An empty text and an unset optional mean that Box sent no value, or null, or a value
/// of a type that does not fit; a number in place of a text is kept as text. Box may add fields, types and enumerators
/// at any time, so objects that have a `rawJson` keep there the whole object, exactly as Box sent it. The texts come
/// from the server: escape them before you show them.
namespace box::inline v0_1 {

/// The short form of a user, which other objects contain.
struct UserMini {
  std::string id;     ///< 1 to 20 digits
  std::string type;   ///< "user"
  std::string name;   ///< the name that people read
  std::string login;  ///< the address with which the user signs in
};

/// The enterprise that a user belongs to.
struct EnterpriseMini {
  std::string id;    ///< 1 to 20 digits
  std::string type;  ///< "enterprise"
  std::string name;  ///< the name that people read
};

/// A user. The caller chooses which fields Box sends (`fields`); without `fields` Box leaves out the members from
/// `role` to `externalAppUserId`.
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
  std::string notificationEmail;              ///< Box's object as JSON text; empty: none

  std::string role;                                ///< admin, coadmin or user
  std::string trackingCodes;                       ///< Box's list as JSON text; empty: none
  std::optional<bool> canSeeManagedUsers;          ///< whether the user finds other users of the enterprise
  std::optional<bool> isSyncEnabled;               ///< whether the user may use Box Sync
  std::optional<bool> isExternalCollabRestricted;  ///< whether the user may not work with people of other enterprises
  /// Whether the enterprise's limit of devices does not apply to the user.
  std::optional<bool> isExemptFromDeviceLimits;
  std::optional<bool> isExemptFromLoginVerification;  ///< whether the user signs in without a second factor
  EnterpriseMini enterprise;                 ///< the enterprise of the user; its `id` is empty for a user without one
  std::vector<std::string> myTags;           ///< the tags of the user
  std::string hostname;                      ///< the host with which links for the user begin
  std::optional<bool> isPlatformAccessOnly;  ///< whether the user is an app user
  std::string externalAppUserId;             ///< the application's own id for an app user
  std::string rawJson;                       ///< the whole object as Box sent it
};

/// The short form of a group, which other objects contain.
struct GroupMini {
  std::string id;         ///< 1 to 20 digits
  std::string type;       ///< "group"
  std::string name;       ///< the name that people read
  std::string groupType;  ///< managed_group or all_users_group
};

/// A group. The caller chooses which fields Box sends (`fields`).
struct GroupFull : GroupMini {
  std::string createdAt;               ///< when the group was made; parseBoxTime() reads it
  std::string modifiedAt;              ///< when it was last changed; parseBoxTime() reads it
  std::string provenance;              ///< the system from which the group was imported: "Active Directory"
  std::string externalSyncIdentifier;  ///< the group's id in that system
  std::string description;             ///< as people read it
  std::string invitabilityLevel;       ///< who may invite the group: admins_only, admins_and_members, all_managed_users
  std::string memberViewabilityLevel;  ///< who may see its members: as `invitabilityLevel`
  std::string permissions;             ///< Box's object as JSON text; empty: none
  std::string rawJson;                 ///< the whole object as Box sent it
};

/// The membership of a user in a group.
struct GroupMembership {
  std::string id;          ///< the id of the membership
  std::string type;        ///< "group_membership"
  UserMini user;           ///< the user who is in the group
  GroupMini group;         ///< the group in which the user is
  std::string role;        ///< member or admin
  std::string createdAt;   ///< since when the user is in the group; parseBoxTime() reads it
  std::string modifiedAt;  ///< when it was last changed; parseBoxTime() reads it
  std::string rawJson;     ///< the whole object as Box sent it
};

/// What an event is about: a user, a file, a folder, a group, or something without a type. It has several forms in
/// Box's answers; an unknown form is not an error.
struct EventSource {
  std::string type;   ///< `type`, or else `item_type`; empty: Box sent neither
  std::string id;     ///< `id`, or else `item_id`
  std::string name;   ///< `name`, or else `item_name`, or else `user_name`
  std::string login;  ///< the login of a user
  /// The user whom the event is about: `id` where `type` is "user", or else `user_id`; empty: the event is not about a
  /// user.
  std::string userId;
  std::string rawJson;  ///< the whole object as Box sent it; empty: Box sent null, or no object
};

/// An event. (The name Event stands for the events of an Observer.)
struct BoxEvent {
  std::string type;               ///< "event"
  std::string eventId;            ///< the same for each copy of an event, in each stream
  std::string eventType;          ///< such as LOGIN; there are more types than Box documents
  std::string createdAt;          ///< when it happened; parseBoxTime() reads it
  std::string recordedAt;         ///< when Box recorded it; parseBoxTime() reads it
  UserMini createdBy;             ///< the user who caused it; id "2": a person who had not signed in
  EventSource source;             ///< what it is about
  std::string sessionId;          ///< the session in which it was done; empty for many events
  std::string ipAddress;          ///< Box sends it, although its documents do not have it; it may be "Unknown IP"
  std::string additionalDetails;  ///< JSON text, also where Box sent it inside a string; empty: none
  std::string rawJson;            ///< the whole object as Box sent it
};

/// A page of a list by offset or by marker. Box sets only the members that belong to that kind of list.
struct PageInfo {
  std::optional<std::int64_t> limit;       ///< the limit that Box has used; it may be less than the requested one
  std::optional<std::int64_t> offset;      ///< the offset of the first entry of the page
  std::optional<std::int64_t> totalCount;  ///< how many entries the whole list has; Box may give more than there are
  std::string nextMarker;                  ///< the marker of the next page; empty on the last page
  std::string prevMarker;                  ///< the marker of the previous page; empty on the first page
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
  /// The position at which the next page begins, with all its digits, whether Box sent a text or a number. Empty: Box
  /// sent no position; keep the previous one.
  std::string nextStreamPosition;
  std::vector<BoxEvent> entries;  ///< in the stream's order
  /// When Box answered, by its own clock (header Date).
  std::optional<std::chrono::system_clock::time_point> date;
};

/// Reads a time as Box writes it, "2012-12-12T10:53:43-08:00", with any offset or Z. A fraction of the second is
/// dropped. Unset: the text is not such a time. *Threads*: any.
BOX_API std::optional<std::chrono::system_clock::time_point> parseBoxTime(std::string_view text) noexcept;
/// A time in the form for Box's queries: "2012-12-12T18:53:43-00:00", UTC, in whole seconds.
BOX_API std::string formatBoxTime(std::chrono::system_clock::time_point time);

}  // namespace box::inline v0_1
