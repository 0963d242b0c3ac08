#include "read/parse.hpp"

#include <initializer_list>
#include <string>

#include "read/json_text.hpp"

namespace box::inline v0_1 {
namespace {

/// The JSON text without a change; empty for null.
std::string kept(JsonText json) { return json.isNull() ? std::string() : std::string(json.text()); }

/// The first value that is not empty.
std::string firstOf(std::initializer_list<JsonText> values) {
  for (const JsonText& value : values) {
    if (std::string text = value.scalar(); !text.empty()) return text;
  }
  return {};
}

void read(JsonText json, UserMini& user) {
  json.forEachMember([&](std::string_view key, JsonText value) {
    if (key == "id") user.id = value.scalar();
    if (key == "type") user.type = value.scalar();
    if (key == "name") user.name = value.scalar();
    if (key == "login") user.login = value.scalar();
  });
}

void read(JsonText json, EnterpriseMini& enterprise) {
  enterprise.id = json.member("id").scalar();
  enterprise.type = json.member("type").scalar();
  enterprise.name = json.member("name").scalar();
}

void read(JsonText json, UserFull& user) {
  read(json, static_cast<UserMini&>(user));
  json.forEachMember([&](std::string_view key, JsonText value) {
    const auto is = [&](std::string_view name) { return key == name; };
    if (is("created_at")) user.createdAt = value.scalar();
    if (is("modified_at")) user.modifiedAt = value.scalar();
    if (is("language")) user.language = value.scalar();
    if (is("timezone")) user.timezone = value.scalar();
    if (is("space_amount")) user.spaceAmount = value.integer();
    if (is("space_used")) user.spaceUsed = value.integer();
    if (is("max_upload_size")) user.maxUploadSize = value.integer();
    if (is("status")) user.status = value.scalar();
    if (is("job_title")) user.jobTitle = value.scalar();
    if (is("phone")) user.phone = value.scalar();
    if (is("address")) user.address = value.scalar();
    if (is("avatar_url")) user.avatarUrl = value.scalar();
    if (is("notification_email")) user.notificationEmail = kept(value);
    if (is("role")) user.role = value.scalar();
    if (is("tracking_codes")) user.trackingCodes = kept(value);
    if (is("can_see_managed_users")) user.canSeeManagedUsers = value.boolean();
    if (is("is_sync_enabled")) user.isSyncEnabled = value.boolean();
    if (is("is_external_collab_restricted")) user.isExternalCollabRestricted = value.boolean();
    if (is("is_exempt_from_device_limits")) user.isExemptFromDeviceLimits = value.boolean();
    if (is("is_exempt_from_login_verification")) user.isExemptFromLoginVerification = value.boolean();
    if (is("enterprise")) read(value, user.enterprise);
    if (is("my_tags")) value.forEachElement([&](JsonText tag) { user.myTags.push_back(tag.scalar()); });
    if (is("hostname")) user.hostname = value.scalar();
    if (is("is_platform_access_only")) user.isPlatformAccessOnly = value.boolean();
    if (is("external_app_user_id")) user.externalAppUserId = value.scalar();
  });
  user.rawJson = json.text();
}

void read(JsonText json, GroupMini& group) {
  json.forEachMember([&](std::string_view key, JsonText value) {
    if (key == "id") group.id = value.scalar();
    if (key == "type") group.type = value.scalar();
    if (key == "name") group.name = value.scalar();
    if (key == "group_type") group.groupType = value.scalar();
  });
}

void read(JsonText json, GroupFull& group) {
  read(json, static_cast<GroupMini&>(group));
  json.forEachMember([&](std::string_view key, JsonText value) {
    const auto is = [&](std::string_view name) { return key == name; };
    if (is("created_at")) group.createdAt = value.scalar();
    if (is("modified_at")) group.modifiedAt = value.scalar();
    if (is("provenance")) group.provenance = value.scalar();
    if (is("external_sync_identifier")) group.externalSyncIdentifier = value.scalar();
    if (is("description")) group.description = value.scalar();
    if (is("invitability_level")) group.invitabilityLevel = value.scalar();
    if (is("member_viewability_level")) group.memberViewabilityLevel = value.scalar();
    if (is("permissions")) group.permissions = kept(value);
  });
  group.rawJson = json.text();
}

void read(JsonText json, GroupMembership& membership) {
  json.forEachMember([&](std::string_view key, JsonText value) {
    const auto is = [&](std::string_view name) { return key == name; };
    if (is("id")) membership.id = value.scalar();
    if (is("type")) membership.type = value.scalar();
    if (is("user")) read(value, membership.user);
    if (is("group")) read(value, membership.group);
    if (is("role")) membership.role = value.scalar();
    if (is("created_at")) membership.createdAt = value.scalar();
    if (is("modified_at")) membership.modifiedAt = value.scalar();
  });
  membership.rawJson = json.text();
}

void read(JsonText json, EventSource& source) {
  JsonText type, id, name, login, itemType, itemId, itemName, userId, userName;
  json.forEachMember([&](std::string_view key, JsonText value) {
    const auto is = [&](std::string_view known) { return key == known; };
    if (is("type")) type = value;
    if (is("id")) id = value;
    if (is("name")) name = value;
    if (is("login")) login = value;
    if (is("item_type")) itemType = value;
    if (is("item_id")) itemId = value;
    if (is("item_name")) itemName = value;
    if (is("user_id")) userId = value;
    if (is("user_name")) userName = value;
  });
  source.type = firstOf({type, itemType});
  source.id = firstOf({id, itemId});
  source.name = firstOf({name, itemName, userName});
  source.login = login.scalar();
  source.userId = source.type == "user" && !source.id.empty() ? source.id : userId.scalar();
  source.rawJson = kept(json);
}

/// The JSON text, also if Box sent it inside a string. A string that contains no JSON stays a string.
std::string detailsIn(JsonText json) {
  if (json.isString()) {
    std::string inner = json.scalar();
    if (const auto document = JsonText::parse(inner); document && (document->isObject() || document->isArray())) {
      return inner;
    }
  }
  return kept(json);
}

void read(JsonText json, BoxEvent& event) {
  json.forEachMember([&](std::string_view key, JsonText value) {
    const auto is = [&](std::string_view name) { return key == name; };
    if (is("type")) event.type = value.scalar();
    if (is("event_id")) event.eventId = value.scalar();
    if (is("event_type")) event.eventType = value.scalar();
    if (is("created_at")) event.createdAt = value.scalar();
    if (is("recorded_at")) event.recordedAt = value.scalar();
    if (is("created_by")) read(value, event.createdBy);
    if (is("source")) read(value, event.source);
    if (is("session_id")) event.sessionId = value.scalar();
    if (is("ip_address")) event.ipAddress = value.scalar();
    if (is("additional_details")) event.additionalDetails = detailsIn(value);
  });
  event.rawJson = json.text();
}

/// Box's largest page has 1,000 entries. Entries need hundreds of bytes each, and a server could send a million.
constexpr std::size_t mostEntries = 5'000;

/// Null and other values that are not objects become entries too, so that each entry keeps its place in the page.
template <class Value>
bool readEntries(JsonText page, std::vector<Value>& entries) {
  const JsonText list = page.member("entries");
  if (!list.isArray()) return false;
  bool tooMany = false;
  list.forEachElement([&](JsonText entry) {
    tooMany = entries.size() == mostEntries;
    if (!tooMany) read(entry, entries.emplace_back());
  });
  return !tooMany;
}

std::optional<JsonText> objectIn(std::string_view body) {
  std::optional<JsonText> json = JsonText::parse(body);
  if (json && !json->isObject()) json.reset();
  return json;
}

template <class Page>
std::optional<Page> parsePage(std::string_view body) {
  const std::optional<JsonText> json = objectIn(body);
  Page page;
  if (!json || !readEntries(*json, page.entries)) return std::nullopt;
  page.limit = json->member("limit").integer();
  page.offset = json->member("offset").integer();
  page.totalCount = json->member("total_count").integer();
  page.nextMarker = json->member("next_marker").scalar();
  page.prevMarker = json->member("prev_marker").scalar();
  return page;
}

}  // namespace

template <>
std::optional<UserFull> parseBody<UserFull>(std::string_view body) {
  const std::optional<JsonText> json = objectIn(body);
  if (!json) return std::nullopt;
  UserFull user;
  read(*json, user);
  return user;
}

template <>
std::optional<Users> parseBody<Users>(std::string_view body) {
  return parsePage<Users>(body);
}

template <>
std::optional<Groups> parseBody<Groups>(std::string_view body) {
  return parsePage<Groups>(body);
}

template <>
std::optional<GroupMemberships> parseBody<GroupMemberships>(std::string_view body) {
  return parsePage<GroupMemberships>(body);
}

template <>
std::optional<Events> parseBody<Events>(std::string_view body) {
  const std::optional<JsonText> json = objectIn(body);
  Events page;
  if (!json || !readEntries(*json, page.entries)) return std::nullopt;
  page.chunkSize = json->member("chunk_size").integer();
  page.nextStreamPosition = json->member("next_stream_position").scalar();
  return page;
}

}  // namespace box::inline v0_1
