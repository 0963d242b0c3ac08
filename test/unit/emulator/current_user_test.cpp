#include "behaviour_support.hpp"

#include <gtest/gtest.h>

#include <string>

namespace box::inline v0_1::emulator::test {
namespace {

BoxRequest me(const std::string& token) { return get("/2.0/users/me", token); }

/// What Box says about the bearer of a token for this subject, which was granted by client credentials.
BoxAnswer meAs(const std::string& type, const std::string& id, const EmulatorOptions& options = EmulatorOptions()) {
  BoxBehaviour box(options);
  const std::string fields = "grant_type=client_credentials&box_subject_type=" + type + "&box_subject_id=" + id;
  const BoxAnswer token = box.answer(form("/oauth2/token", clientFields + fields), at());
  return box.answer(me(textOf(token, "access_token")), at());
}

TEST(BoxCurrentUser, IsTheAdminForATokenOfTheOptions) {
  EmulatorOptions options;
  options.accessTokens = {"static"};
  options.adminUser = {"77", "Ada", "ada@example.com"};
  const BoxAnswer answer = once(me("static"), options);
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.rfind(R"({"type":"user","id":"77","name":"Ada","login":"ada@example.com","created_at":)", 0),
            0U);
  EXPECT_EQ(findHeader(answer.headers, "Content-Type"), "application/json");
  EXPECT_EQ(objection(answer.body, userFacts()), "");
}

TEST(BoxCurrentUser, IsTheUserOfTheToken) {
  EmulatorOptions options;
  options.directory.users = {{"8", "Bea", "bea@example.com"}};
  EXPECT_EQ(textOf(meAs("user", "8", options), "name"), "Bea");
  const BoxAnswer unlisted = meAs("user", "9", options);
  EXPECT_EQ(unlisted.status, 200);
  EXPECT_EQ(textOf(unlisted, "id"), "9");
  EXPECT_NE(textOf(unlisted, "name"), "");
  EXPECT_NE(textOf(unlisted, "login").find('@'), std::string::npos);
  EXPECT_EQ(objection(unlisted.body, userFacts()), "");
}

TEST(BoxCurrentUser, IsTheServiceAccountForAnEnterprise) {
  const BoxAnswer answer = meAs("enterprise", "5");
  EXPECT_EQ(textOf(answer, "id"), "22222");
  EXPECT_EQ(textOf(answer, "id"), textOf(meAs("enterprise", "5"), "id"));
  EXPECT_EQ(textOf(answer, "login").rfind("AutomationUser_", 0), 0U);
  EXPECT_NE(textOf(answer, "login").find("@boxdevedition.com"), std::string::npos);
}

TEST(BoxCurrentUser, IsWhomTheCallActsFor) {
  EmulatorOptions options;
  options.unknownUserIds = {"404"};
  BoxRequest made = me("token-1");
  made.headers.emplace_back("As-User", "42");
  EXPECT_EQ(textOf(once(made, options), "id"), "42");
  made.headers.back().second = "404";
  EXPECT_EQ(once(made, options).status, 404);
}

TEST(BoxCurrentUser, NeedsAGoodTokenButNoScope) {
  EmulatorOptions options;
  options.accessTokens = {"good"};
  options.expiredTokens = {"old"};
  options.underprivilegedTokens = {"weak"};
  EXPECT_EQ(once(me("weak"), options).status, 200);
  for (const char* token : {"old", "unknown", ""}) {
    const BoxAnswer answer = once(me(token), options);
    EXPECT_EQ(answer.status, 401) << token;
    EXPECT_EQ(answer.body, "");
    EXPECT_NE(findHeader(answer.headers, "WWW-Authenticate"), "");
  }
}

TEST(BoxCurrentUser, CountsAsACallAndIsReadOnly) {
  EmulatorOptions options;
  options.rateLimitCalls = 1;
  BoxBehaviour box(options);
  EXPECT_EQ(box.answer(get("/2.0/users/me?fields=id,role", "a"), at()).body,
            R"({"type":"user","id":"11111","name":"Emulator Admin","login":"admin@example.com","role":"admin"})");
  EXPECT_EQ(box.answer(me("a"), at()).status, 429);
  const BoxAnswer answer = box.answer(request("/2.0/users/me", "{}"), at());
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(findHeader(answer.headers, "Allow"), "GET, OPTIONS");
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
