#include "box_behaviour.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "contains.hpp"

namespace box::inline v0_1::emulator {
namespace json = boost::json;
namespace {

constexpr std::string_view notJson = "Supported payload format is JSON";

bool containsAny(const std::vector<std::string>& list, const std::vector<std::string>& values) {
  return std::any_of(values.begin(), values.end(), [&](const std::string& value) { return contains(list, value); });
}

enum class ListState { good, missing, malformed };

/// Reads one of the lists of ids. An empty string is not an id.
ListState readList(const json::object& body, std::string_view key, std::vector<std::string>& out) {
  const json::value* value = body.if_contains(key);
  if (value == nullptr || value->is_null()) return ListState::missing;
  const json::array* array = value->if_array();
  if (array == nullptr) return ListState::malformed;
  for (const json::value& entry : *array) {
    const json::string* text = entry.if_string();
    if (text == nullptr || text->empty()) return ListState::malformed;
    out.emplace_back(text->data(), text->size());
  }
  return ListState::good;
}

}  // namespace

BoxBehaviour::BoxBehaviour(const EmulatorOptions& options)
    : options_(options),
      oauth_(options_, answers_),
      directory_(options_, answers_),
      events_(options_, answers_, directory_) {}

BoxAnswer BoxBehaviour::answer(const BoxRequest& request, Moment now) {
  const std::string_view path = pathOf(request.target);
  const bool post = request.method == "POST";
  const bool get = request.method == "GET";
  const std::string postOnly = "POST, OPTIONS";
  const std::string getOnly = "GET, OPTIONS";
  if (path == "/2.0/users/terminate_sessions") {
    return post ? terminate(request, TerminationKind::users, now) : methodAnswer(request, postOnly);
  }
  if (path == "/2.0/groups/terminate_sessions") {
    return post ? terminate(request, TerminationKind::groups, now) : methodAnswer(request, postOnly);
  }
  if (path == "/2.0/users/me") return get ? currentUser(request, now) : methodAnswer(request, getOnly);
  if (path == "/2.0/events") return get ? readEvents(request, now) : methodAnswer(request, getOnly);
  if (path == "/oauth2/token") return post ? oauth_.token(request, now.wall) : methodAnswer(request, postOnly);
  if (path == "/oauth2/revoke") return post ? oauth_.revoke(request) : methodAnswer(request, postOnly);
  if (path == "/api/oauth2/authorize") {
    return get ? oauth_.authorize(request, now.wall) : methodAnswer(request, getOnly);
  }
  if (path == "*" && request.method == "OPTIONS") return methodAnswer(request, postOnly);
  if (std::optional<BoxAnswer> answer = readDirectory(request, now)) return std::move(*answer);
  return answers_.clientError(404);
}

BoxAnswer BoxBehaviour::methodAnswer(const BoxRequest& request, const std::string& allowed) {
  BoxAnswer answer = request.method == "OPTIONS" ? answers_.bare(204) : answers_.clientError(405);
  answer.headers.emplace_back("Allow", allowed);
  return answer;
}

std::optional<BoxAnswer> BoxBehaviour::refuseCaller(const BoxRequest& request, Moment now, std::string& token,
                                                    Entitlement& entitlement) {
  const std::string authorization = findHeader(request.headers, "Authorization");
  if (authorization.empty()) {
    BoxAnswer answer = answers_.bare(401);
    answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"Service\"");
    return answer;
  }
  const std::optional<std::string> bearer = bearerToken(authorization);
  std::optional<TokenStore::Access> access;
  if (bearer) access = oauth_.tokens().use(*bearer, now.wall);
  if (!access) return answers_.unauthorized();
  token = *bearer;
  entitlement = std::move(access->entitlement);
  return std::nullopt;
}

std::optional<BoxAnswer> BoxBehaviour::refuseRate(const std::string& token, Steady now) {
  if (options_.rateLimitCalls == 0) return std::nullopt;
  std::deque<Steady>& times = callTimes_[token];
  while (!times.empty() && now - times.front() >= options_.rateLimitWindow) times.pop_front();
  if (times.size() < options_.rateLimitCalls) {
    times.push_back(now);
    return std::nullopt;
  }
  BoxAnswer answer =
      answers_.clientError(429, "rate_limit_exceeded", "Request rate limit exceeded, please try again later");
  answer.headers.emplace_back("retry-after", std::to_string(options_.retryAfterSeconds));
  return answer;
}

BoxAnswer BoxBehaviour::terminate(const BoxRequest& request, TerminationKind kind, Moment now) {
  std::string token;
  Entitlement entitlement;
  std::optional<BoxAnswer> refusal = refuseCaller(request, now, token, entitlement);
  if (!refusal && !permits(entitlement, "manage_enterprise_properties")) refusal = answers_.insufficientScope();
  if (!refusal) refusal = refuseRate(token, now.steady);
  if (refusal) return std::move(*refusal);

  // The status is 400 and not 415: Box documents this message with 400, and no 415 for these calls.
  if (!equalNoCase(mediaType(findHeader(request.headers, "Content-Type")), "application/json")) {
    return answers_.badPart("content-type", notJson);
  }
  boost::system::error_code ec;
  const json::value parsed = json::parse(request.body, ec);
  const json::object* body = ec ? nullptr : parsed.if_object();
  if (body == nullptr) return answers_.badPart("body", notJson);

  AcceptedTermination termination;
  termination.kind = kind;
  termination.asUser = findHeader(request.headers, "As-User");
  termination.tokenDigest = digestOf(token);
  std::size_t known = 0;
  std::size_t entries = 0;
  if (kind == TerminationKind::users) {
    const std::string_view empty = "Users can not be NULL or EMPTY";
    const std::string_view format = "User id format is string";
    const ListState ids = readList(*body, "user_ids", termination.userIds);
    const ListState logins = readList(*body, "user_logins", termination.userLogins);
    // Box's schema requires both keys, but one list with an entry is enough.
    if (ids == ListState::missing) return answers_.badPart("user_ids", empty);
    if (logins == ListState::missing) return answers_.badPart("user_logins", empty);
    if (ids == ListState::malformed) return answers_.badPart("user_ids", format);
    if (logins == ListState::malformed) return answers_.badPart("user_logins", format);
    known = 2;
    entries = termination.userIds.size() + termination.userLogins.size();
    if (entries == 0) return answers_.badPart("user_ids", empty);
  } else {
    const std::string_view empty = "Groups can not be NULL or EMPTY";
    const ListState ids = readList(*body, "group_ids", termination.groupIds);
    if (ids == ListState::missing) return answers_.badPart("group_ids", empty);
    if (ids == ListState::malformed) return answers_.badPart("group_ids", "group id format is string");
    known = 1;
    entries = termination.groupIds.size();
    if (entries == 0) return answers_.badPart("group_ids", empty);
  }
  if (options_.refuseUnknownKeys && body->size() != known) {
    return answers_.badPart("body", "The payload has keys that are not known");
  }
  if (options_.maxEntries != 0 && entries > options_.maxEntries) {
    return answers_.badPart("body", "Too many entries in one request");
  }
  if (containsAny(options_.forbiddenUserIds, termination.userIds) ||
      containsAny(options_.forbiddenUserLogins, termination.userLogins) ||
      containsAny(options_.forbiddenGroupIds, termination.groupIds)) {
    return answers_.clientError(403, "access_denied_insufficient_permissions",
                                "Access denied - insufficient permission");
  }
  if (containsAny(options_.unknownUserIds, termination.userIds) ||
      containsAny(options_.unknownUserLogins, termination.userLogins) ||
      containsAny(options_.unknownGroupIds, termination.groupIds)) {
    return answers_.clientError(404);
  }
  BoxAnswer answer = answers_.accepted();
  termination.boxRequestId = answer.boxRequestId;
  const Subject& caller = entitlement.subject;
  events_.addTermination(termination, caller.enterprise ? options_.serviceAccount.id : caller.id, now.wall);
  answer.accepted = std::move(termination);
  return answer;
}

BoxAnswer BoxBehaviour::currentUser(const BoxRequest& request, Moment now) {
  std::string token;
  Entitlement entitlement;
  std::optional<BoxAnswer> refusal = refuseCaller(request, now, token, entitlement);
  if (!refusal) refusal = refuseRate(token, now.steady);
  if (refusal) return std::move(*refusal);
  Subject subject = entitlement.subject;
  const std::string asUser = findHeader(request.headers, "As-User");
  if (!asUser.empty()) {
    subject.enterprise = false;
    subject.id = asUser;
  }
  if (!subject.enterprise && contains(options_.unknownUserIds, subject.id)) return answers_.clientError(404);
  return directory_.describe(subject.enterprise ? options_.serviceAccount : directory_.userOf(subject.id), request);
}

std::optional<BoxAnswer> BoxBehaviour::readDirectory(const BoxRequest& request, Moment now) {
  constexpr std::string_view usersPath = "/2.0/users";
  constexpr std::string_view groupsPath = "/2.0/groups";
  constexpr std::string_view membershipsEnd = "/memberships";
  const std::string_view path = pathOf(request.target);
  const bool ofUsers = path.starts_with(usersPath);
  if (!ofUsers && !path.starts_with(groupsPath)) return std::nullopt;
  std::string_view rest = path.substr(ofUsers ? usersPath.size() : groupsPath.size());
  std::string id;
  if (!rest.empty()) {
    if (!rest.starts_with('/')) return std::nullopt;
    rest.remove_prefix(1);
    if (!ofUsers) {
      if (!rest.ends_with(membershipsEnd)) return std::nullopt;
      rest.remove_suffix(membershipsEnd.size());
    }
    id = std::string(rest);
    if (id.empty() || id.find('/') != std::string::npos) return std::nullopt;
  }
  if (request.method != "GET") return methodAnswer(request, "GET, OPTIONS");

  std::string token;
  Entitlement entitlement;
  std::optional<BoxAnswer> refusal = refuseCaller(request, now, token, entitlement);
  if (!refusal && !permits(entitlement, ofUsers ? "manage_managed_users" : "manage_groups")) {
    refusal = answers_.insufficientScope();
  }
  if (!refusal) refusal = refuseRate(token, now.steady);
  if (refusal) return refusal;
  if (ofUsers) return id.empty() ? directory_.users(request) : directory_.user(request, id);
  return id.empty() ? directory_.groups(request) : directory_.memberships(request, id);
}

BoxAnswer BoxBehaviour::readEvents(const BoxRequest& request, Moment now) {
  std::string token;
  Entitlement entitlement;
  std::optional<BoxAnswer> refusal = refuseCaller(request, now, token, entitlement);
  if (!refusal && !permits(entitlement, "manage_enterprise_properties")) refusal = answers_.insufficientScope();
  if (!refusal) refusal = refuseRate(token, now.steady);
  return refusal ? std::move(*refusal) : events_.events(request, now.wall);
}

bool BoxBehaviour::permits(const Entitlement& entitlement, const std::string& scope) const {
  return entitlement.permits(scope) && !contains(options_.missingScopes, scope);
}

}  // namespace box::inline v0_1::emulator
