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
  std::string id, type, name, login;
};

/// What a user belongs to.
struct EnterpriseMini {
  std::string id, type, name;
};

/// A user. Which fields Box sends is the caller's choice (`fields`); without that Box leaves out `role` and those after
/// it.
struct UserFull : UserMini {
  std::string createdAt, modifiedAt, language, timezone;
  std::optional<std::int64_t> spaceAmount, spaceUsed, maxUploadSize;  ///< bytes
  std::string status;  ///< active, inactive, cannot_delete_edit or cannot_delete_edit_upload
  std::string jobTitle, phone, address, avatarUrl;
  std::string notificationEmail;  ///< JSON text; empty: none

  std::string role;           ///< admin, coadmin or user
  std::string trackingCodes;  ///< JSON text; empty: none
  std::optional<bool> canSeeManagedUsers, isSyncEnabled, isExternalCollabRestricted;
  std::optional<bool> isExemptFromDeviceLimits, isExemptFromLoginVerification;
  EnterpriseMini enterprise;
  std::vector<std::string> myTags;
  std::string hostname;
  std::optional<bool> isPlatformAccessOnly;  ///< true: an app user
  std::string externalAppUserId;
  std::string rawJson;
};

/// A group, as others refer to one.
struct GroupMini {
  std::string id, type, name;
  std::string groupType;  ///< managed_group or all_users_group
};

struct GroupFull : GroupMini {
  std::string createdAt, modifiedAt;
  std::string provenance, externalSyncIdentifier, description, invitabilityLevel, memberViewabilityLevel;
  std::string permissions;  ///< JSON text; empty: none
  std::string rawJson;
};

/// That a user is in a group.
struct GroupMembership {
  std::string id, type;
  UserMini user;
  GroupMini group;
  std::string role;  ///< member or admin
  std::string createdAt, modifiedAt;
  std::string rawJson;
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
  std::string type;
  std::string eventId;    ///< the same for each copy of an event, in each stream
  std::string eventType;  ///< as LOGIN; more than any list has
  std::string createdAt, recordedAt;
  UserMini createdBy;  ///< who did it; id "2": somebody who had not signed in
  EventSource source;
  std::string sessionId;
  std::string ipAddress;          ///< not in Box's documents, but sent; also "Unknown IP"
  std::string additionalDetails;  ///< JSON text, also where Box sent a string with it; empty: none
  std::string rawJson;
};

/// A page of a list, by offset or by marker. Box says of both kinds only what belongs to it.
struct PageInfo {
  std::optional<std::int64_t> limit;       ///< that Box has used; it may be less than what was asked for
  std::optional<std::int64_t> offset;      ///< of the first entry
  std::optional<std::int64_t> totalCount;  ///< of the whole list, or more than that
  std::string nextMarker, prevMarker;      ///< empty: there is none
};

struct Users : PageInfo {
  std::vector<UserFull> entries;
};
struct Groups : PageInfo {
  std::vector<GroupFull> entries;
};
struct GroupMemberships : PageInfo {
  std::vector<GroupMembership> entries;
};

/// A page of a stream of events.
struct Events {
  std::optional<std::int64_t> chunkSize;
  /// Where the next page begins, with all its digits, whether Box sent a text or a number. Empty: Box sent none; keep
  /// the old one.
  std::string nextStreamPosition;
  std::vector<BoxEvent> entries;
  /// When Box answered, by its own clock (header Date).
  std::optional<std::chrono::system_clock::time_point> date;
};

/// A time as Box writes it, "2012-12-12T10:53:43-08:00": any offset, Z, with or without a fraction of the second, which
/// is dropped. None: it is no such time. *Threads*: any.
BOX_API std::optional<std::chrono::system_clock::time_point> parseBoxTime(std::string_view text) noexcept;
/// The same the other way, as Box's queries take it: "2012-12-12T18:53:43-00:00", UTC, in whole seconds.
BOX_API std::string formatBoxTime(std::chrono::system_clock::time_point time);

}  // namespace box
