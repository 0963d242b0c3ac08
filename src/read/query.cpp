#include "read/query.hpp"

#include <algorithm>
#include <initializer_list>

#include "box/entry.hpp"
#include "box/error.hpp"
#include "box/support/unicode.hpp"
#include "read/stream_cursor.hpp"
#include "support/ascii.hpp"
#include "support/text_codec.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::int64_t largestPage = 1'000;
constexpr std::int64_t largestPageOfEvents = 500;
constexpr std::size_t longestText = 1'000;

[[noreturn]] void refuseParameter(std::string_view name, std::string_view why) {
  throw BoxSdkError(Errc::invalidRequest, std::string(name) + " " + std::string(why));
}

/// Adds a text for which Box searches. It may be in any language.
void addText(std::string& query, std::string_view key, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  if (text.size() > longestText) refuseParameter(name, "is longer than 1000 bytes");
  for (std::string_view rest = text; !rest.empty();) {
    const Utf8Character character = firstCharacter(rest);
    if (!character.valid) refuseParameter(name, "is not valid UTF-8");
    if (isInvisible(character.value)) refuseParameter(name, "has an invisible character: remove it");
    rest.remove_prefix(character.size);
  }
  appendParam(query, key, text);
}

void addNumber(std::string& query, std::string_view name, std::optional<std::int64_t> number, std::int64_t least,
               std::int64_t most) {
  if (!number) return;
  if (*number < least || *number > most) {
    refuseParameter(name, "must be from " + std::to_string(least) + " to " + std::to_string(most));
  }
  appendParam(query, name, std::to_string(*number));
}

/// Adds a list of names that Box has defined, separated by commas; the commas are not encoded.
template <class IsPart>
void addNames(std::string& query, std::string_view key, std::string_view name, const StringListView& names,
              IsPart isPart, std::string_view kind) {
  constexpr std::size_t longestName = 100;
  std::string list;
  std::size_t position = 0;
  names.forEach([&](std::string_view item) {
    if (item.empty() || item.size() > longestName || !std::all_of(item.begin(), item.end(), isPart)) {
      refuseParameter(std::string(name) + "[" + std::to_string(position) + "]", kind);
    }
    if (!list.empty()) list += ',';
    list.append(item);
    ++position;
  });
  if (list.empty()) return;
  if (!query.empty()) query += '&';
  query.append(key).append(1, '=').append(list);
}

void addFields(std::string& query, const StringListView& fields) {
  const auto isPart = [](char c) { return isLetter(c) || isDigit(c) || c == '_' || c == '.'; };
  addNames(query, "fields", "fields", fields, isPart, "is not the name of a field, such as is_platform_access_only");
}

void addOneOf(std::string& query, std::string_view key, std::string_view name, std::string_view value,
              std::initializer_list<std::string_view> known) {
  if (value.empty()) return;
  if (std::find(known.begin(), known.end(), value) == known.end()) {
    std::string why = "must be one of";
    for (const std::string_view one : known) why.append(one == *known.begin() ? " " : ", ").append(one);
    refuseParameter(name, why);
  }
  appendParam(query, key, value);
}

void addTime(std::string& query, std::string_view key, std::optional<std::chrono::system_clock::time_point> time) {
  if (time) appendParam(query, key, formatBoxTime(*time));
}

bool isEmpty(const StringListView& list) {
  bool empty = true;
  list.forEach([&](std::string_view) { empty = false; });
  return empty;
}

}  // namespace

std::string queryOf(const GetUsersQueryParams& params) {
  std::string query;
  addText(query, "filter_term", "filterTerm", params.filterTerm);
  addOneOf(query, "user_type", "userType", params.userType, {"all", "managed", "external"});
  addText(query, "external_app_user_id", "externalAppUserId", params.externalAppUserId);
  addFields(query, params.fields);
  addNumber(query, "offset", params.offset, 0, Paging::largestOffset);
  addNumber(query, "limit", params.limit, 1, largestPage);
  const bool byMarker = params.usemarker.value_or(!params.marker.empty());
  if (!params.marker.empty() && !byMarker) refuseParameter("marker", "needs usemarker");
  if (byMarker && params.offset) refuseParameter("offset", "cannot be given together with a marker");
  if (byMarker || params.usemarker) appendParam(query, "usemarker", byMarker ? "true" : "false");
  addText(query, "marker", "marker", params.marker);
  return query;
}

std::string queryOf(const GetGroupsQueryParams& params) {
  std::string query;
  addText(query, "filter_term", "filterTerm", params.filterTerm);
  addFields(query, params.fields);
  addNumber(query, "limit", params.limit, 1, largestPage);
  addNumber(query, "offset", params.offset, 0, Paging::largestOffset);
  return query;
}

std::string queryOf(const GetGroupMembershipsQueryParams& params) {
  std::string query;
  addNumber(query, "limit", params.limit, 1, largestPage);
  addNumber(query, "offset", params.offset, 0, Paging::largestOffset);
  return query;
}

std::string queryOf(const GetEventsQueryParams& params) {
  std::string query;
  addOneOf(query, "stream_type", "streamType", params.streamType,
           {"all", "changes", "sync", "admin_logs", "admin_logs_streaming"});
  if (!isStreamPosition(params.streamPosition)) {
    refuseParameter("streamPosition", "must be digits, as Box gave them, or \"now\"");
  }
  if (!params.streamPosition.empty()) appendParam(query, "stream_position", params.streamPosition);
  addNumber(query, "limit", params.limit, 1, largestPageOfEvents);
  const bool ofEnterprise = params.streamType.starts_with("admin_logs");
  if (!ofEnterprise && !isEmpty(params.eventType)) {
    refuseParameter("eventType", "has an effect only on streamType admin_logs and admin_logs_streaming");
  }
  const auto isPart = [](char c) { return isLetter(c) || isDigit(c) || c == '_'; };
  addNames(query, "event_type", "eventType", params.eventType, isPart, "is not the name of a type, such as LOGIN");
  if ((params.createdAfter || params.createdBefore) && params.streamType != "admin_logs") {
    refuseParameter(params.createdAfter ? "createdAfter" : "createdBefore",
                    "has an effect only on streamType admin_logs");
  }
  if (params.createdAfter && params.createdBefore && *params.createdAfter > *params.createdBefore) {
    refuseParameter("createdAfter", "must not be later than createdBefore");
  }
  addTime(query, "created_after", params.createdAfter);
  addTime(query, "created_before", params.createdBefore);
  return query;
}

std::string queryOfFields(const StringListView& fields) {
  std::string query;
  addFields(query, fields);
  return query;
}

void addPageStart(std::string& query, const PageStart& page) {
  appendParam(query, "limit", std::to_string(page.limit));
  if (page.offset) {
    appendParam(query, "offset", std::to_string(*page.offset));
    return;
  }
  appendParam(query, "usemarker", "true");
  if (!page.marker.empty()) appendParam(query, "marker", page.marker);
}

void addStreamStart(std::string& query, std::string_view position, std::int64_t limit) {
  if (!position.empty()) appendParam(query, "stream_position", position);
  appendParam(query, "limit", std::to_string(limit));
}

std::string pathWithId(std::string_view before, std::string_view id, std::string_view after, std::string_view name) {
  if (!isBoxId(id)) refuseParameter(name, "must be an id: 1 to 20 digits");
  return std::string(before).append(id).append(after);
}

}  // namespace box::inline v0_1
