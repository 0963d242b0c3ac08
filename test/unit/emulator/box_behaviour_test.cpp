#include "emulator/box_behaviour.hpp"

#include <boost/json.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace box::emulator {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

// --- what Box's OpenAPI document says of the bodies -----------------------------------------------------------------

enum class Type { string, integer, nullableObject, array };

struct FieldFact {
  std::string_view name;
  Type type;
  /// A closed set of values; empty: any. ClientError's `code` is left open: real codes go beyond the listed ones.
  std::vector<std::string_view> values;
};

const std::vector<FieldFact>& clientErrorFacts() {
  static const std::vector<FieldFact> facts = {
      {"type", Type::string, {"error"}},    {"status", Type::integer, {}},   {"code", Type::string, {}},
      {"message", Type::string, {}},        {"help_url", Type::string, {}},  {"request_id", Type::string, {}},
      {"context_info", Type::nullableObject, {}}};
  return facts;
}

const std::vector<FieldFact>& messageFacts() {
  static const std::vector<FieldFact> facts = {{"message", Type::string, {}}};
  return facts;
}

const std::vector<FieldFact>& oauthErrorFacts() {
  static const std::vector<FieldFact> facts = {{"error", Type::string, {}}, {"error_description", Type::string, {}}};
  return facts;
}

const std::vector<FieldFact>& accessTokenFacts() {
  static const std::vector<FieldFact> facts = {{"access_token", Type::string, {}},
                                               {"expires_in", Type::integer, {}},
                                               {"token_type", Type::string, {"bearer"}},
                                               {"restricted_to", Type::array, {}},
                                               {"refresh_token", Type::string, {}},
                                               {"issued_token_type", Type::string, {}}};
  return facts;
}

bool hasType(const json::value& value, Type type) {
  switch (type) {
    case Type::string: return value.is_string();
    case Type::integer: return value.is_int64();
    case Type::nullableObject: return value.is_object() || value.is_null();
    case Type::array: return value.is_array();
  }
  return false;
}

/// Holds a body against the facts; the empty string when it complies.
std::string objection(const std::string& text, const std::vector<FieldFact>& facts) {
  boost::system::error_code ec;
  const json::value parsed = json::parse(text, ec);
  if (ec || !parsed.is_object()) return "no JSON object: " + text;
  for (const auto& entry : parsed.get_object()) {
    const auto fact = std::find_if(facts.begin(), facts.end(),
                                   [&](const FieldFact& f) { return f.name == std::string_view(entry.key()); });
    if (fact == facts.end()) return "undocumented field " + std::string(entry.key());
    if (!hasType(entry.value(), fact->type)) return "wrong type of " + std::string(entry.key());
    if (fact->values.empty()) continue;
    const std::string_view value = entry.value().get_string();
    if (std::find(fact->values.begin(), fact->values.end(), value) == fact->values.end()) {
      return "wrong value of " + std::string(entry.key());
    }
  }
  return {};
}

json::object bodyOf(const BoxAnswer& answer) { return json::parse(answer.body).as_object(); }

std::string textOf(const BoxAnswer& answer, std::string_view key) {
  const json::object body = bodyOf(answer);
  const json::value* value = body.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

// --- requests -------------------------------------------------------------------------------------------------------

BoxRequest request(const std::string& target, const std::string& body, const std::string& token = "token-1") {
  BoxRequest made;
  made.method = "POST";
  made.target = target;
  made.body = body;
  made.headers.emplace_back("authorization", "Bearer " + token);
  made.headers.emplace_back("content-type", "application/json; charset=utf-8");
  return made;
}

BoxRequest users(const std::string& body = R"({"user_ids":["1"],"user_logins":["a@b.c"]})",
                 const std::string& token = "token-1") {
  return request("/2.0/users/terminate_sessions", body, token);
}

BoxRequest groups(const std::string& body = R"({"group_ids":["1"]})") {
  return request("/2.0/groups/terminate_sessions", body);
}

BoxRequest form(const std::string& target, const std::string& body) {
  BoxRequest made;
  made.method = "POST";
  made.target = target;
  made.body = body;
  made.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  return made;
}

BoxAnswer once(const BoxRequest& made, const EmulatorOptions& options = EmulatorOptions()) {
  BoxBehaviour box(options);
  return box.answer(made, Clock::time_point());
}

struct Refusal {
  std::string body;
  std::string message;
};

// --- tests ----------------------------------------------------------------------------------------------------------

TEST(BoxBehaviour, AcceptsUsersWithBoxsExactMessage) {
  const BoxAnswer answer = once(users());
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body,
            R"({"message": "Request is successful, please check the admin events for the status of the job"})");
  EXPECT_EQ(findHeader(answer.headers, "Content-Type"), "application/json");
  EXPECT_EQ(objection(answer.body, messageFacts()), "");
  ASSERT_TRUE(answer.accepted.has_value());
  EXPECT_EQ(answer.accepted->userIds, std::vector<std::string>{"1"});
  EXPECT_EQ(answer.accepted->userLogins, std::vector<std::string>{"a@b.c"});
  EXPECT_EQ(answer.accepted->boxRequestId, answer.boxRequestId);
}

TEST(BoxBehaviour, AcceptsOneEmptyListOfTheTwo) {
  EXPECT_EQ(once(users(R"({"user_ids":[],"user_logins":["a"]})")).status, 202);
  EXPECT_EQ(once(users(R"({"user_logins":[],"user_ids":["1"]})")).status, 202);
}

TEST(BoxBehaviour, RefusesMalformedUsers) {
  const std::string empty = "Users can not be NULL or EMPTY";
  const std::string format = "User id format is string";
  const std::string json = "Supported payload format is JSON";
  const std::vector<Refusal> refusals = {
      {R"({"user_ids":[],"user_logins":[]})", empty},
      {R"({"user_ids":["1"]})", empty},
      {R"({"user_logins":["a"]})", empty},
      {R"({"user_ids":null,"user_logins":["a"]})", empty},
      {R"({"user_ids":["1"],"user_logins":null})", empty},
      {R"({})", empty},
      {R"({"user_ids":[1],"user_logins":[]})", format},
      {R"({"user_ids":["1",2],"user_logins":[]})", format},
      {R"({"user_ids":[null],"user_logins":[]})", format},
      {R"({"user_ids":[""],"user_logins":[]})", format},
      {R"({"user_ids":"1","user_logins":[]})", format},
      {R"({"user_ids":{},"user_logins":[]})", format},
      {R"({"user_ids":["1"],"user_logins":[7]})", format},
      {R"({"user_ids":["1"],"user_logins":"a"})", format},
      {"", json},
      {"[]", json},
      {"null", json},
      {"{\"user_ids\":[\"1\"],\"user_logins\":[]", json},
      {"{\"user_ids\":[\"1\"],\"user_logins\":[]} x", json},
      {"user_ids=1", json}};
  for (const Refusal& refusal : refusals) {
    const BoxAnswer answer = once(users(refusal.body));
    EXPECT_EQ(answer.status, 400) << refusal.body;
    EXPECT_EQ(textOf(answer, "message"), refusal.message) << refusal.body;
    EXPECT_EQ(objection(answer.body, clientErrorFacts()), "") << refusal.body;
    EXPECT_FALSE(answer.accepted.has_value());
  }
}

TEST(BoxBehaviour, RefusesMalformedGroups) {
  const std::string empty = "Groups can not be NULL or EMPTY";
  const std::string format = "group id format is string";
  const std::vector<Refusal> refusals = {{R"({"group_ids":[]})", empty},
                                         {R"({"group_ids":null})", empty},
                                         {R"({})", empty},
                                         {R"({"group_ids":[1]})", format},
                                         {R"({"group_ids":[""]})", format},
                                         {R"({"group_ids":"1"})", format},
                                         {"nonsense", "Supported payload format is JSON"}};
  for (const Refusal& refusal : refusals) {
    const BoxAnswer answer = once(groups(refusal.body));
    EXPECT_EQ(answer.status, 400) << refusal.body;
    EXPECT_EQ(textOf(answer, "message"), refusal.message) << refusal.body;
    EXPECT_EQ(objection(answer.body, clientErrorFacts()), "") << refusal.body;
  }
  EXPECT_EQ(once(groups()).status, 202);
}

TEST(BoxBehaviour, RefusesKeysThatBoxDoesNotNameUnlessToldOtherwise) {
  const std::string body = R"({"group_ids":["1"],"groupIds":["2"]})";
  EXPECT_EQ(once(groups(body)).status, 400);
  EmulatorOptions lenient;
  lenient.refuseUnknownKeys = false;
  EXPECT_EQ(once(groups(body), lenient).status, 202);
}

TEST(BoxBehaviour, RefusesOtherContentTypes) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""}) {
    BoxRequest made = users();
    made.headers.back().second = type;
    const BoxAnswer answer = once(made);
    EXPECT_EQ(answer.status, 400) << type;
    EXPECT_EQ(textOf(answer, "message"), "Supported payload format is JSON");
  }
  BoxRequest bare = users();
  bare.headers.back().second = "APPLICATION/JSON";
  EXPECT_EQ(once(bare).status, 202);
}

TEST(BoxBehaviour, SendsAClientErrorWithAllDocumentedFields) {
  const BoxAnswer answer = once(users("{}"));
  const json::object body = bodyOf(answer);
  for (const FieldFact& fact : clientErrorFacts()) EXPECT_TRUE(body.contains(fact.name)) << fact.name;
  EXPECT_EQ(body.at("status").as_int64(), answer.status);
  const json::object& error = body.at("context_info").at("errors").as_array().at(0).as_object();
  EXPECT_EQ(error.at("name").as_string(), "user_ids");
  EXPECT_EQ(error.at("reason").as_string(), "invalid_parameter");
}

TEST(BoxBehaviour, GivesHeaderAndBodyDifferentIdsEachTime) {
  BoxBehaviour box{EmulatorOptions()};
  std::set<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    const BoxAnswer answer = box.answer(users("{}"), Clock::time_point());
    EXPECT_EQ(findHeader(answer.headers, "box-request-id"), answer.boxRequestId);
    ids.insert(answer.boxRequestId);
    ids.insert(textOf(answer, "request_id"));
  }
  EXPECT_EQ(ids.size(), 6U);
}

TEST(BoxBehaviour, CarriesABoxRequestIdOnEveryAnswer) {
  BoxRequest options = users();
  options.method = "OPTIONS";
  const std::vector<BoxRequest> all = {users(), groups(), users("{}"), request("/", ""), options,
                                       users("", "*"), form("/oauth2/token", ""), form("/oauth2/revoke", "")};
  for (const BoxRequest& made : all) EXPECT_NE(findHeader(once(made).headers, "box-request-id"), "") << made.target;
}

TEST(BoxBehaviour, KnowsItsPathsAndMethodsExactly) {
  for (const char* target : {"/", "/2.0/users/terminate_sessions/", "/users/terminate_sessions", "/2.0/users",
                             "/2.0/USERS/terminate_sessions", "/oauth2", ""}) {
    const BoxAnswer answer = once(request(target, "{}"));
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(textOf(answer, "code"), "not_found");
    EXPECT_EQ(objection(answer.body, clientErrorFacts()), "");
  }
  EXPECT_EQ(once(request("/2.0/groups/terminate_sessions?x=1", R"({"group_ids":["1"]})")).status, 202);
  for (const char* target : {"/2.0/users/terminate_sessions", "/2.0/groups/terminate_sessions", "/oauth2/token",
                             "/oauth2/revoke"}) {
    BoxRequest made = request(target, "");
    made.method = "GET";
    const BoxAnswer answer = once(made);
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(textOf(answer, "code"), "method_not_allowed");
    EXPECT_EQ(findHeader(answer.headers, "Allow"), "POST, OPTIONS");
    EXPECT_EQ(objection(answer.body, clientErrorFacts()), "");
  }
}

TEST(BoxBehaviour, Answers401WithAnEmptyBody) {
  EmulatorOptions options;
  options.accessTokens = {"good"};
  options.expiredTokens = {"old"};
  for (const char* token : {"old", "unknown", "two words", "sn\xc3\xb6w"}) {
    const BoxAnswer answer = once(users("{}", token), options);
    EXPECT_EQ(answer.status, 401) << token;
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(findHeader(answer.headers, "WWW-Authenticate"),
              "Bearer realm=\"Service\", error=\"invalid_token\", "
              "error_description=\"The access token provided is invalid.\"");
  }
  BoxRequest anonymous = users();
  anonymous.headers.erase(anonymous.headers.begin());
  EXPECT_EQ(once(anonymous, options).status, 401);
  EXPECT_EQ(once(anonymous, options).body, "");
  BoxRequest basic = users();
  basic.headers.front().second = "Basic Zm9vOmJhcg==";
  EXPECT_EQ(once(basic).status, 401);
  EXPECT_EQ(once(users(R"({"user_ids":["1"],"user_logins":[]})", "good"), options).status, 202);
}

TEST(BoxBehaviour, Answers403WithAnEmptyBodyForAMissingScope) {
  EmulatorOptions options;
  options.underprivilegedTokens = {"weak"};
  const BoxAnswer answer = once(users("{}", "weak"), options);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, "");
  EXPECT_NE(findHeader(answer.headers, "WWW-Authenticate").find("error=\"insufficient_scope\""), std::string::npos);
}

TEST(BoxBehaviour, KnowsWhomItDoesNotKnowAndWhomItProtects) {
  EmulatorOptions options;
  options.unknownUserIds = {"404"};
  options.unknownUserLogins = {"ghost"};
  options.unknownGroupIds = {"404"};
  options.forbiddenUserIds = {"403"};
  options.forbiddenUserLogins = {"boss"};
  options.forbiddenGroupIds = {"403"};
  EXPECT_EQ(once(users(R"({"user_ids":["1","404"],"user_logins":[]})"), options).status, 404);
  EXPECT_EQ(once(users(R"({"user_ids":[],"user_logins":["ghost"]})"), options).status, 404);
  EXPECT_EQ(once(groups(R"({"group_ids":["404"]})"), options).status, 404);
  EXPECT_EQ(once(users(R"({"user_ids":[],"user_logins":["boss"]})"), options).status, 403);
  EXPECT_EQ(once(groups(R"({"group_ids":["403"]})"), options).status, 403);
  const BoxAnswer answer = once(users(R"({"user_ids":["403"],"user_logins":[]})"), options);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(textOf(answer, "code"), "access_denied_insufficient_permissions");
  EXPECT_EQ(objection(answer.body, clientErrorFacts()), "");
  EXPECT_EQ(once(users(), options).status, 202);
}

TEST(BoxBehaviour, LimitsTheRatePerTokenAndWindow) {
  EmulatorOptions options;
  options.rateLimitCalls = 2;
  options.rateLimitWindow = std::chrono::seconds(10);
  BoxBehaviour box(options);
  const Clock::time_point start;
  EXPECT_EQ(box.answer(users(), start).status, 202);
  EXPECT_EQ(box.answer(users(), start + std::chrono::seconds(5)).status, 202);
  const BoxAnswer refused = box.answer(users(), start + std::chrono::seconds(9));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(textOf(refused, "code"), "rate_limit_exceeded");
  EXPECT_EQ(objection(refused.body, clientErrorFacts()), "");
  EXPECT_TRUE(std::any_of(refused.headers.begin(), refused.headers.end(), [](const Header& header) {
    return header.first == "retry-after" && header.second == "100";
  }));
  BoxRequest other = users();
  other.headers.front().second = "Bearer another";
  EXPECT_EQ(box.answer(other, start + std::chrono::seconds(9)).status, 202);
  EXPECT_EQ(box.answer(users(), start + std::chrono::seconds(10)).status, 202);
  EXPECT_EQ(box.answer(users(), start + std::chrono::seconds(11)).status, 429);
}

TEST(BoxBehaviour, LimitsTheEntriesOfACallWhenTold) {
  EmulatorOptions options;
  options.maxEntries = 2;
  EXPECT_EQ(once(users(), options).status, 202);
  EXPECT_EQ(once(users(R"({"user_ids":["1","2"],"user_logins":["a"]})"), options).status, 400);
}

TEST(BoxOAuth, IssuesATokenForClientCredentials) {
  EmulatorOptions options;
  options.clientId = "id";
  options.clientSecret = "s&cret";
  options.tokenLifetime = std::chrono::seconds(60);
  BoxBehaviour box(options);
  const Clock::time_point start;
  const BoxAnswer answer =
      box.answer(form("/oauth2/token",
                      "grant_type=client_credentials&client_id=id&client_secret=s%26cret&box_subject_type=enterprise&"
                      "box_subject_id=5"),
                 start);
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(objection(answer.body, accessTokenFacts()), "");
  EXPECT_EQ(bodyOf(answer).at("expires_in").as_int64(), 60);
  EXPECT_FALSE(bodyOf(answer).contains("refresh_token"));
  const std::string token = textOf(answer, "access_token");
  const std::string body = R"({"user_ids":["1"],"user_logins":[]})";
  EXPECT_EQ(box.answer(users(body, token), start + std::chrono::seconds(59)).status, 202);
  EXPECT_EQ(box.answer(users(body, token), start + std::chrono::seconds(60)).status, 401);
  EXPECT_EQ(box.answer(users(body, "invented"), start).status, 401);
}

TEST(BoxOAuth, RefusesBadGrants) {
  EmulatorOptions options;
  options.clientId = "id";
  options.clientSecret = "secret";
  options.subjectIds = {"5"};
  const std::string client = "client_id=id&client_secret=secret&";
  const std::vector<Refusal> refusals = {
      {"", "invalid_request"},
      {"grant_type=%zz", "invalid_request"},
      {"grant_type=password&" + client, "unsupported_grant_type"},
      {"grant_type=client_credentials&client_id=id&client_secret=wrong", "invalid_client"},
      {"grant_type=client_credentials", "invalid_client"},
      {"grant_type=client_credentials&" + client + "box_subject_type=robot&box_subject_id=5", "invalid_grant"},
      {"grant_type=client_credentials&" + client + "box_subject_type=user&box_subject_id=6", "unauthorized_client"},
      {"grant_type=refresh_token&" + client + "refresh_token=none", "invalid_grant"},
      {"grant_type=authorization_code&" + client, "invalid_grant"}};
  for (const Refusal& refusal : refusals) {
    const BoxAnswer answer = once(form("/oauth2/token", refusal.body), options);
    EXPECT_EQ(answer.status, 400) << refusal.body;
    EXPECT_EQ(textOf(answer, "error"), refusal.message) << refusal.body;
    EXPECT_EQ(objection(answer.body, oauthErrorFacts()), "");
  }
  BoxRequest json = form("/oauth2/token", "{}");
  json.headers.back().second = "application/json";
  EXPECT_EQ(once(json, options).status, 400);
}

TEST(BoxOAuth, TakesACodeOnce) {
  EmulatorOptions options;
  options.authorizationCodes = {"c0de"};
  BoxBehaviour box(options);
  const BoxRequest made = form("/oauth2/token", "grant_type=authorization_code&client_id=a&client_secret=b&code=c0de");
  const BoxAnswer answer = box.answer(made, Clock::time_point());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(objection(answer.body, accessTokenFacts()), "");
  EXPECT_NE(textOf(answer, "refresh_token"), "");
  EXPECT_EQ(box.answer(made, Clock::time_point()).status, 400);
}

TEST(BoxOAuth, KeepsARefreshTokenUntilItsAccessTokenIsUsed) {
  EmulatorOptions options;
  options.refreshTokens = {"first"};
  options.clientId = "id";
  options.clientSecret = "secret";
  BoxBehaviour box(options);
  const Clock::time_point now;
  const std::string grant = "grant_type=refresh_token&client_id=id&client_secret=secret&refresh_token=";
  EXPECT_EQ(box.answer(form("/oauth2/token", grant + "first"), now).status, 200);
  const BoxAnswer again = box.answer(form("/oauth2/token", grant + "first"), now);
  ASSERT_EQ(again.status, 200);
  const std::string body = R"({"user_ids":["1"],"user_logins":[]})";
  EXPECT_EQ(box.answer(users(body, textOf(again, "access_token")), now).status, 202);
  const BoxAnswer late = box.answer(form("/oauth2/token", grant + "first"), now);
  EXPECT_EQ(late.status, 400);
  EXPECT_EQ(textOf(late, "error_description"), "Refresh token has expired");
  EXPECT_EQ(box.answer(form("/oauth2/token", grant + textOf(again, "refresh_token")), now).status, 200);
}

TEST(BoxOAuth, RevokesWithAnEmptyAnswer) {
  BoxBehaviour box{EmulatorOptions()};
  const Clock::time_point now;
  EXPECT_EQ(box.answer(users(), now).status, 202);
  const BoxAnswer answer = box.answer(form("/oauth2/revoke", "client_id=a&client_secret=b&token=token-1"), now);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(box.answer(users(), now).status, 401);
  EXPECT_EQ(box.answer(form("/oauth2/revoke", "client_id=a&client_secret=b"), now).status, 400);
}

TEST(BoxOAuth, ExpiresOneTokenOrAll) {
  BoxBehaviour box{EmulatorOptions()};
  const Clock::time_point now;
  const std::string body = R"({"user_ids":["1"],"user_logins":[]})";
  EXPECT_EQ(box.answer(users(body, "a"), now).status, 202);
  EXPECT_EQ(box.answer(users(body, "b"), now).status, 202);
  box.expireToken("a");
  EXPECT_EQ(box.answer(users(body, "a"), now).status, 401);
  EXPECT_EQ(box.answer(users(body, "b"), now).status, 202);
  box.expireAllTokens();
  EXPECT_EQ(box.answer(users(body, "b"), now).status, 401);
  EXPECT_EQ(box.answer(users(body, "c"), now).status, 202);
}

TEST(BoxText, ReadsBearerTokens) {
  EXPECT_EQ(bearerToken("Bearer abc-._~+/1=="), "abc-._~+/1==");
  EXPECT_EQ(bearerToken("bearer x"), "x");
  for (const char* bad : {"", "Bearer", "Bearer ", "Bearer =", "Bearer a b", "Bearer a,b", "Basic x", "Bearerx"}) {
    EXPECT_EQ(bearerToken(bad), std::nullopt) << bad;
  }
}

TEST(BoxText, ReducesCredentials) {
  EXPECT_EQ(withoutCredential("AUTHORIZATION", "Bearer abc"), "Bearer sha256:ba7816bf");
  EXPECT_EQ(withoutCredential("authorization", "abc"), "sha256:ba7816bf");
  EXPECT_EQ(withoutCredential("Cookie", "abc"), "sha256:ba7816bf");
  EXPECT_EQ(withoutCredential("X-Other", "abc"), "abc");
}

TEST(BoxText, ReadsForms) {
  const auto fields = parseForm("a=1&b=x+y%26&c&&a=2&=e");
  ASSERT_TRUE(fields.has_value());
  EXPECT_EQ(fields->at("a"), "2");
  EXPECT_EQ(fields->at("b"), "x y&");
  EXPECT_EQ(fields->at("c"), "");
  EXPECT_FALSE(parseForm("a=%4").has_value());
  EXPECT_FALSE(parseForm("a=%4g").has_value());
}

}  // namespace
}  // namespace box::emulator
