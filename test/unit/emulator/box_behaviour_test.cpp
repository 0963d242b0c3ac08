#include "behaviour_support.hpp"

#include <boost/json.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

namespace json = boost::json;

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
  const std::vector<Refusal> refusals = {{R"({"user_ids":[],"user_logins":[]})", empty},
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
    const BoxAnswer answer = box.answer(users("{}"), at());
    EXPECT_EQ(findHeader(answer.headers, "box-request-id"), answer.boxRequestId);
    ids.insert(answer.boxRequestId);
    ids.insert(textOf(answer, "request_id"));
  }
  EXPECT_EQ(ids.size(), 6U);
}

TEST(BoxBehaviour, CarriesABoxRequestIdOnEveryAnswer) {
  BoxRequest options = users();
  options.method = "OPTIONS";
  const std::vector<BoxRequest> all = {users(),
                                       groups(),
                                       users("{}"),
                                       request("/", ""),
                                       options,
                                       users("", "*"),
                                       form("/oauth2/token", ""),
                                       form("/oauth2/revoke", "")};
  for (const BoxRequest& made : all) EXPECT_NE(findHeader(once(made).headers, "box-request-id"), "") << made.target;
}

TEST(BoxBehaviour, KnowsItsPathsAndMethodsExactly) {
  for (const char* target : {"/", "/2.0/users/terminate_sessions/", "/users/terminate_sessions", "/2.0/user",
                             "/2.0/USERS/terminate_sessions", "/oauth2", ""}) {
    const BoxAnswer answer = once(request(target, "{}"));
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(textOf(answer, "code"), "not_found");
    EXPECT_EQ(objection(answer.body, clientErrorFacts()), "");
  }
  EXPECT_EQ(once(request("/2.0/groups/terminate_sessions?x=1", R"({"group_ids":["1"]})")).status, 202);
  for (const char* target :
       {"/2.0/users/terminate_sessions", "/2.0/groups/terminate_sessions", "/oauth2/token", "/oauth2/revoke"}) {
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
  EXPECT_EQ(box.answer(users(), at()).status, 202);
  EXPECT_EQ(box.answer(users(), at(std::chrono::seconds(5))).status, 202);
  const BoxAnswer refused = box.answer(users(), at(std::chrono::seconds(9)));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(textOf(refused, "code"), "rate_limit_exceeded");
  EXPECT_EQ(objection(refused.body, clientErrorFacts()), "");
  EXPECT_TRUE(std::any_of(refused.headers.begin(), refused.headers.end(), [](const Header& header) {
    return header.first == "retry-after" && header.second == "100";
  }));
  BoxRequest other = users();
  other.headers.front().second = "Bearer another";
  EXPECT_EQ(box.answer(other, at(std::chrono::seconds(9))).status, 202);
  EXPECT_EQ(box.answer(users(), at(std::chrono::seconds(10))).status, 202);
  EXPECT_EQ(box.answer(users(), at(std::chrono::seconds(11))).status, 429);
}

TEST(BoxBehaviour, LimitsTheEntriesOfACallWhenTold) {
  EmulatorOptions options;
  options.maxEntries = 2;
  EXPECT_EQ(once(users(), options).status, 202);
  EXPECT_EQ(once(users(R"({"user_ids":["1","2"],"user_logins":["a"]})"), options).status, 400);
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
