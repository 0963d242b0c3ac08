#include "box_directory.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace box::inline v0_1::emulator {
namespace json = boost::json;
namespace {

constexpr std::string_view someTime = "2020-01-01T00:00:00-08:00";
/// Limits of lists as Box documents them.
constexpr std::size_t usualEntries = 100;
constexpr std::size_t mostEntries = 1000;
constexpr std::size_t mostOffset = 10000;
/// Put around the position in a marker. They have characters that a client must encode in a query.
constexpr std::string_view markerStart = "mk+/";
constexpr std::string_view markerEnd = "==";

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool beginsWith(const std::string& text, const std::string& term) { return lowered(text).starts_with(lowered(term)); }

using Fields = std::optional<std::set<std::string>>;

/// The names in `fields`. No value: the query has no `fields`.
Fields readFields(const FormFields& query) {
  const std::string& text = fieldOf(query, "fields");
  if (text.empty()) return std::nullopt;
  const std::vector<std::string> names = commaParts(text);
  return std::set<std::string>(names.begin(), names.end());
}

/// Without `fields` the standard set of members; otherwise the mini set and the fields that the query names.
json::object userJson(const EmulatorUser& user, const Fields& fields) {
  json::object body;
  body["type"] = "user";
  body["id"] = user.id;
  body["name"] = user.name;
  body["login"] = user.login;
  const auto standard = [&](const char* name, const auto& value) {
    if (!fields || fields->contains(name)) body[name] = value;
  };
  const auto extra = [&](const char* name, const auto& value) {
    if (fields && fields->contains(name)) body[name] = value;
  };
  standard("created_at", someTime);
  standard("modified_at", someTime);
  standard("language", "en");
  standard("timezone", "America/Los_Angeles");
  standard("space_amount", std::int64_t{11345156112});
  standard("space_used", 1237009912);
  standard("max_upload_size", 2147483648);
  standard("status", user.status);
  standard("job_title", "");
  standard("phone", "");
  standard("address", "");
  standard("avatar_url", "https://www.box.com/api/avatar/large/" + user.id);
  standard("notification_email", nullptr);
  extra("role", user.role);
  extra("is_platform_access_only", user.platformAccessOnly);
  if (user.externalAppUserId.empty()) {
    extra("external_app_user_id", nullptr);
  } else {
    extra("external_app_user_id", user.externalAppUserId);
  }
  return body;
}

json::object groupJson(const EmulatorGroup& group, const Fields& fields) {
  json::object body;
  body["type"] = "group";
  body["id"] = group.id;
  body["name"] = group.name;
  body["group_type"] = group.type;
  for (const char* name : {"created_at", "modified_at"}) {
    if (!fields || fields->contains(name)) body[name] = someTime;
  }
  return body;
}

json::object membershipJson(const EmulatorMembership& membership, const EmulatorUser& user,
                            const EmulatorGroup& group) {
  const Fields mini = std::set<std::string>();
  json::object body;
  body["type"] = "group_membership";
  body["id"] = membership.id;
  body["user"] = userJson(user, mini);
  body["group"] = groupJson(group, mini);
  body["role"] = membership.role;
  body["created_at"] = someTime;
  body["modified_at"] = someTime;
  return body;
}

/// The part of the query that makes a list's limit invalid; empty where the limit is valid.
std::string_view readLimit(const FormFields& query, std::size_t& limit) {
  limit = usualEntries;
  if (const std::string& text = fieldOf(query, "limit"); !text.empty()) {
    const std::optional<std::uint64_t> number = parseNumber(text);
    if (!number || *number == 0) return "limit";
    limit = std::min<std::uint64_t>(*number, mostEntries);
  }
  return {};
}

/// The page of a list at the query's offset and limit.
template <typename Entry, typename Write>
BoxAnswer offsetPage(BoxAnswers& answers, const FormFields& query, const std::vector<const Entry*>& found,
                     Write write) {
  std::size_t limit = 0;
  if (const std::string_view part = readLimit(query, limit); !part.empty()) {
    return answers.badPart(part, "Invalid value '" + fieldOf(query, part) + "'");
  }
  std::size_t offset = 0;
  if (const std::string& text = fieldOf(query, "offset"); !text.empty()) {
    const std::optional<std::uint64_t> number = parseNumber(text);
    if (!number || *number > mostOffset) return answers.badPart("offset", "Invalid value '" + text + "'");
    offset = *number;
  }
  json::array entries;
  for (std::size_t i = offset; i < found.size() && i - offset < limit; ++i) entries.push_back(write(*found[i]));
  json::object body;
  body["total_count"] = found.size();
  body["entries"] = std::move(entries);
  body["limit"] = limit;
  body["offset"] = offset;
  return answers.withJson(200, json::serialize(body));
}

}  // namespace

BoxDirectory::BoxDirectory(const EmulatorOptions& options, BoxAnswers& answers) : options_(options), answers_(answers) {
  set(options.directory);
}

void BoxDirectory::set(EmulatorDirectory directory) {
  directory_ = std::move(directory);
  EmulatorUser admin = options_.adminUser;
  const auto known = std::find_if(directory_.users.begin(), directory_.users.end(),
                                  [&](const EmulatorUser& user) { return user.id == admin.id; });
  admin.role = "admin";
  if (known == directory_.users.end()) {
    directory_.users.insert(directory_.users.begin(), std::move(admin));
  } else {
    known->role = "admin";
  }
  byId_.clear();
  for (const EmulatorUser& user : directory_.users) byId_.emplace(user.id, &user);
}

const EmulatorUser* BoxDirectory::find(const std::string& id) const {
  if (id == options_.serviceAccount.id) return &options_.serviceAccount;
  const auto known = byId_.find(id);
  return known == byId_.end() ? nullptr : known->second;
}

EmulatorUser BoxDirectory::userOf(const std::string& id) const {
  if (const EmulatorUser* known = find(id)) return *known;
  EmulatorUser user;
  user.id = id;
  user.name = "User " + id;
  user.login = "user" + id + "@example.com";
  return user;
}

std::string BoxDirectory::idOf(const std::string& login) const {
  const auto known = std::find_if(directory_.users.begin(), directory_.users.end(),
                                  [&](const EmulatorUser& user) { return lowered(user.login) == lowered(login); });
  return known == directory_.users.end() ? std::string() : known->id;
}

std::vector<std::string> BoxDirectory::membersOf(const std::string& groupId) const {
  std::vector<std::string> ids;
  for (const EmulatorMembership& membership : directory_.memberships) {
    if (membership.groupId == groupId) ids.push_back(membership.userId);
  }
  return ids;
}

BoxAnswer BoxDirectory::describe(const EmulatorUser& user, const BoxRequest& request) {
  const std::optional<FormFields> query = parseForm(queryOf(request.target));
  if (!query) return answers_.clientError(400);
  return answers_.withJson(200, json::serialize(written(user, readFields(*query))));
}

BoxAnswer BoxDirectory::user(const BoxRequest& request, const std::string& id) {
  const EmulatorUser* known = find(id);
  return known != nullptr ? describe(*known, request) : answers_.clientError(404);
}

/// An external user is found only by the complete login, and then nobody else is listed.
std::vector<const EmulatorUser*> BoxDirectory::matching(const FormFields& query) const {
  const std::string& term = fieldOf(query, "filter_term");
  const std::string& type = fieldOf(query, "user_type");
  const std::string& appId = fieldOf(query, "external_app_user_id");
  std::vector<const EmulatorUser*> found;
  for (const EmulatorUser& user : directory_.users) {
    if (!appId.empty() && user.externalAppUserId != appId) continue;
    if (user.external) {
      if (type != "external" && type != "all") continue;
      if (term.empty() || lowered(user.login) != lowered(term)) continue;
      return {&user};
    }
    if (type == "external") continue;
    if (beginsWith(user.login, term) || beginsWith(user.name, term)) found.push_back(&user);
  }
  return found;
}

BoxAnswer BoxDirectory::users(const BoxRequest& request) {
  const std::optional<FormFields> query = parseForm(queryOf(request.target));
  if (!query) return answers_.clientError(400);
  const std::string& type = fieldOf(*query, "user_type");
  if (!type.empty() && type != "all" && type != "managed" && type != "external") {
    return answers_.badPart("user_type", "Invalid value '" + type + "'");
  }
  const std::vector<const EmulatorUser*> found = matching(*query);
  if (fieldOf(*query, "usemarker") == "true") return usersByMarker(*query, found);
  const Fields fields = readFields(*query);
  return offsetPage(answers_, *query, found, [&](const EmulatorUser& user) { return written(user, fields); });
}

json::object BoxDirectory::written(const EmulatorUser& user, const Fields& fields) const {
  json::object body = userJson(user, fields);
  if (directory_.enterpriseId.empty() || !fields || !fields->contains("enterprise")) return body;
  json::object enterprise;
  enterprise["type"] = "enterprise";
  enterprise["id"] = directory_.enterpriseId;
  enterprise["name"] = directory_.enterpriseName;
  body["enterprise"] = std::move(enterprise);
  return body;
}

BoxAnswer BoxDirectory::usersByMarker(const FormFields& query, const std::vector<const EmulatorUser*>& found) {
  std::size_t limit = 0;
  if (const std::string_view part = readLimit(query, limit); !part.empty()) {
    return answers_.badPart(part, "Invalid value '" + fieldOf(query, part) + "'");
  }
  std::size_t first = 0;
  if (std::string_view marker = fieldOf(query, "marker"); !marker.empty()) {
    const bool framed = marker.starts_with(markerStart) && marker.ends_with(markerEnd);
    if (framed) {
      marker.remove_prefix(markerStart.size());
      marker.remove_suffix(markerEnd.size());
    }
    const std::optional<std::uint64_t> place = framed ? parseNumber(marker) : std::nullopt;
    if (!place) return answers_.badPart("marker", "Invalid marker");
    first = *place;
  }
  const Fields fields = readFields(query);
  json::array entries;
  std::size_t next = first;
  for (; next < found.size() && next - first < limit; ++next) entries.push_back(written(*found[next], fields));
  json::object body;
  body["entries"] = std::move(entries);
  body["limit"] = limit;
  if (next < found.size()) {
    body["next_marker"] = std::string(markerStart) + std::to_string(next) + std::string(markerEnd);
  } else if (directory_.emptyLastMarker) {
    body["next_marker"] = "";
  } else {
    body["next_marker"] = nullptr;
  }
  return answers_.withJson(200, json::serialize(body));
}

BoxAnswer BoxDirectory::groups(const BoxRequest& request) {
  const std::optional<FormFields> query = parseForm(queryOf(request.target));
  if (!query) return answers_.clientError(400);
  std::vector<const EmulatorGroup*> found;
  for (const EmulatorGroup& group : directory_.groups) {
    if (beginsWith(group.name, fieldOf(*query, "filter_term"))) found.push_back(&group);
  }
  const Fields fields = readFields(*query);
  return offsetPage(answers_, *query, found, [&](const EmulatorGroup& group) { return groupJson(group, fields); });
}

BoxAnswer BoxDirectory::memberships(const BoxRequest& request, const std::string& groupId) {
  const std::optional<FormFields> query = parseForm(queryOf(request.target));
  if (!query) return answers_.clientError(400);
  const auto group = std::find_if(directory_.groups.begin(), directory_.groups.end(),
                                  [&](const EmulatorGroup& candidate) { return candidate.id == groupId; });
  if (group == directory_.groups.end()) return answers_.clientError(404);
  std::vector<const EmulatorMembership*> found;
  for (const EmulatorMembership& membership : directory_.memberships) {
    if (membership.groupId == groupId) found.push_back(&membership);
  }
  return offsetPage(answers_, *query, found, [&](const EmulatorMembership& membership) {
    return membershipJson(membership, userOf(membership.userId), *group);
  });
}

}  // namespace box::inline v0_1::emulator
