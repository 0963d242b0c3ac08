#include "behaviour_support.hpp"

#include <boost/json.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

namespace json = boost::json;

EmulatorOptions withUsers(std::size_t count) {
  EmulatorOptions options;
  for (std::size_t i = 1; i <= count; ++i) {
    const std::string number = std::to_string(i);
    options.directory.users.push_back({"u" + number, "Name " + number, "login" + number + "@example.com"});
  }
  return options;
}

std::vector<std::string> idsOf(const BoxAnswer& answer) {
  std::vector<std::string> ids;
  if (answer.status != 200) return {"status " + std::to_string(answer.status)};
  const json::object body = bodyOf(answer);
  for (const json::value& entry : body.at("entries").as_array()) {
    ids.emplace_back(std::string_view(entry.at("id").as_string()));
  }
  return ids;
}

using Ids = std::vector<std::string>;

class BoxDirectoryTest : public ::testing::Test {
 protected:
  explicit BoxDirectoryTest(EmulatorOptions options = groupsAndUsers()) : box(options) {}

  static EmulatorOptions groupsAndUsers() {
    EmulatorOptions options = withUsers(2);
    EmulatorUser app;
    app.id = "app";
    app.name = "Robot";
    app.login = "AppUser_1@boxdevedition.com";
    app.platformAccessOnly = true;
    app.externalAppUserId = "mine";
    EmulatorUser guest{"guest", "Guest", "guest@other.example"};
    guest.external = true;
    options.directory.users.push_back(app);
    options.directory.users.push_back(guest);
    options.directory.users[1].status = "inactive";
    options.directory.users[1].role = "coadmin";
    options.directory.groups = {{"g1", "Sales"}, {"g2", "Sales West"}, {"g3", "Everyone", "all_users_group"}};
    options.directory.enterpriseId = "5";
    options.directory.enterpriseName = "Example Inc.";
    options.directory.memberships = {{"m1", "g1", "u1"}, {"m2", "g1", "u2", "admin"}, {"m3", "g2", "unlisted"}};
    return options;
  }

  BoxAnswer ask(const std::string& target) { return box.answer(get("/2.0" + target, "token"), at()); }
  Ids ids(const std::string& target) { return idsOf(ask(target)); }

  BoxBehaviour box;
};

TEST_F(BoxDirectoryTest, ListsTheAdminAndTheManagedUsers) {
  const BoxAnswer answer = ask("/users");
  EXPECT_EQ(idsOf(answer), (Ids{"11111", "u1", "u2", "app"}));
  const json::object body = bodyOf(answer);
  EXPECT_EQ(body.at("total_count"), 4);
  EXPECT_EQ(body.at("offset"), 0);
  EXPECT_EQ(body.at("limit"), 100);
  const json::object& user = body.at("entries").at(2).as_object();
  EXPECT_EQ(user.at("status"), "inactive");
  EXPECT_EQ(user.at("notification_email"), nullptr);
  EXPECT_FALSE(user.contains("role")) << "it is not in the standard set";
}

TEST_F(BoxDirectoryTest, FiltersByTheStartOfNameOrLogin) {
  EXPECT_EQ(ids("/users?filter_term=name+2"), (Ids{"u2"}));
  EXPECT_EQ(ids("/users?filter_term=LOGIN"), (Ids{"u1", "u2"}));
  EXPECT_EQ(ids("/users?filter_term=example"), Ids{}) << "a prefix, no part";
  EXPECT_EQ(ids("/users?external_app_user_id=mine"), (Ids{"app"}));
  EXPECT_EQ(ids("/users?external_app_user_id=other"), Ids{});
  EXPECT_EQ(ids("/users?user_type=managed"), (Ids{"11111", "u1", "u2", "app"}));
}

TEST_F(BoxDirectoryTest, FindsExternalUsersByTheirWholeLoginOnly) {
  EXPECT_EQ(ids("/users?user_type=all&filter_term=guest%40other.example"), (Ids{"guest"}));
  EXPECT_EQ(ids("/users?user_type=external&filter_term=Guest@other.example"), (Ids{"guest"}));
  EXPECT_EQ(ids("/users?user_type=external&filter_term=guest"), Ids{});
  EXPECT_EQ(ids("/users?user_type=external"), Ids{});
  EXPECT_EQ(ids("/users?filter_term=guest@other.example"), Ids{});
}

TEST_F(BoxDirectoryTest, GivesTheFieldsThatAreAskedForBesideTheMiniSet) {
  const BoxAnswer answer = ask("/users?filter_term=name+2&fields=role,is_platform_access_only,no_such_field");
  const json::object user = bodyOf(answer).at("entries").at(0).as_object();
  EXPECT_EQ(json::serialize(user), R"({"type":"user","id":"u2","name":"Name 2","login":"login2@example.com",)"
                                   R"("role":"coadmin","is_platform_access_only":false})");
}

TEST_F(BoxDirectoryTest, TellsOfTheEnterpriseWhereItIsAskedFor) {
  for (const char* target : {"/users/u1", "/users/me", "/users/22222"}) {
    const json::object user = bodyOf(ask(std::string(target) + "?fields=enterprise"));
    EXPECT_EQ(json::serialize(user.at("enterprise")), R"({"type":"enterprise","id":"5","name":"Example Inc."})");
    EXPECT_FALSE(bodyOf(ask(target)).contains("enterprise")) << target;
  }
  EXPECT_FALSE(bodyOf(once(get("/2.0/users/me?fields=enterprise", "t"))).contains("enterprise")) << "unknown";
}

TEST_F(BoxDirectoryTest, GivesOneUserById) {
  EXPECT_EQ(textOf(ask("/users/u1"), "name"), "Name 1");
  EXPECT_EQ(textOf(ask("/users/guest"), "login"), "guest@other.example");
  EXPECT_EQ(textOf(ask("/users/11111?fields=role"), "role"), "admin");
  EXPECT_EQ(ask("/users/22222").status, 200) << "the service account";
  EXPECT_EQ(ask("/users/nobody").status, 404);
  EXPECT_EQ(ask("/users/").status, 404);
  EXPECT_EQ(ask("/users/u1/other").status, 404);
}

TEST_F(BoxDirectoryTest, ListsGroupsAndTheirMembers) {
  EXPECT_EQ(ids("/groups"), (Ids{"g1", "g2", "g3"}));
  EXPECT_EQ(ids("/groups?filter_term=sales"), (Ids{"g1", "g2"}));
  EXPECT_EQ(ids("/groups?offset=1&limit=1"), (Ids{"g2"}));
  EXPECT_EQ(ids("/groups/g1/memberships"), (Ids{"m1", "m2"}));
  EXPECT_EQ(ids("/groups/g1/memberships?offset=1"), (Ids{"m2"}));
  EXPECT_EQ(ids("/groups/g3/memberships"), Ids{});
  EXPECT_EQ(ask("/groups/none/memberships").status, 404);
  const json::object membership = bodyOf(ask("/groups/g2/memberships")).at("entries").at(0).as_object();
  EXPECT_EQ(membership.at("type"), "group_membership");
  EXPECT_EQ(membership.at("role"), "member");
  EXPECT_EQ(membership.at("user").at("id"), "unlisted");
  EXPECT_EQ(membership.at("group").at("name"), "Sales West");
}

TEST_F(BoxDirectoryTest, RefusesMethodsAndQueriesThatBoxRefuses) {
  EXPECT_EQ(box.answer(request("/2.0/users", "{}"), at()).status, 405);
  EXPECT_EQ(box.answer(request("/2.0/groups/g1/memberships", "{}"), at()).status, 405);
  for (const char* query : {"offset=10001", "offset=-1", "offset=x", "limit=0", "limit=many", "user_type=app",
                            "usemarker=true&marker=bogus", "usemarker=true&limit=x", "a=1&a=2"}) {
    EXPECT_EQ(ask(std::string("/users?") + query).status, 400) << query;
  }
  EXPECT_EQ(ask("/groups?offset=10001").status, 400);
  EXPECT_EQ(ask("/users?offset=10000").status, 200);
}

TEST(BoxDirectory, PagesByOffsetUpToTheLargestLimit) {
  BoxBehaviour box(withUsers(1500));
  const BoxAnswer first = box.answer(get("/2.0/users?limit=2000", "t"), at());
  EXPECT_EQ(bodyOf(first).at("limit"), 1000) << "the highest limit";
  EXPECT_EQ(idsOf(first).size(), 1000U);
  EXPECT_EQ(bodyOf(first).at("total_count"), 1501);
  const Ids rest = idsOf(box.answer(get("/2.0/users?limit=1000&offset=1000", "t"), at()));
  ASSERT_EQ(rest.size(), 501U);
  EXPECT_EQ(rest.front(), "u1000");
  EXPECT_EQ(idsOf(box.answer(get("/2.0/users?offset=9999", "t"), at())), Ids{});
}

TEST(BoxDirectory, PagesByMarkerToItsEnd) {
  for (const bool emptyLastMarker : {false, true}) {
    EmulatorOptions options = withUsers(4);
    options.directory.emptyLastMarker = emptyLastMarker;
    BoxBehaviour box(options);
    Ids all;
    std::string marker;
    std::vector<std::size_t> sizes;
    do {
      const BoxAnswer page =
          box.answer(get("/2.0/users?usemarker=true&limit=2&marker=" + percentEncoded(marker), "t"), at());
      const json::object body = bodyOf(page);
      EXPECT_FALSE(body.contains("total_count"));
      const Ids ids = idsOf(page);
      sizes.push_back(ids.size());
      all.insert(all.end(), ids.begin(), ids.end());
      marker = textOf(page, "next_marker");
      if (sizes.size() == 3) {
        EXPECT_EQ(body.at("next_marker").is_null(), !emptyLastMarker);
      }
    } while (!marker.empty() && sizes.size() < 9);
    EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 2, 1}));
    EXPECT_EQ(all, (Ids{"11111", "u1", "u2", "u3", "u4"}));
  }
}

TEST(BoxDirectory, MarkersMustBeEncodedInAQuery) {
  BoxBehaviour box(withUsers(4));
  const std::string marker = textOf(box.answer(get("/2.0/users?usemarker=true&limit=2", "t"), at()), "next_marker");
  EXPECT_EQ(box.answer(get("/2.0/users?usemarker=true&marker=" + marker, "t"), at()).status, 400);
}

TEST(BoxDirectory, NeedsTheScopeOfEachCall) {
  EmulatorOptions options = withUsers(1);
  options.directory.groups = {{"g1", "Sales"}};
  options.missingScopes = {"manage_groups"};
  options.underprivilegedTokens = {"weak"};
  options.expiredTokens = {"old"};
  BoxBehaviour box(options);
  EXPECT_EQ(box.answer(get("/2.0/users", "t"), at()).status, 200);
  EXPECT_EQ(box.answer(users(), at()).status, 202);
  for (const char* path : {"/2.0/groups", "/2.0/groups/g1/memberships"}) {
    const BoxAnswer refused = box.answer(get(path, "t"), at());
    EXPECT_EQ(refused.status, 403) << path;
    EXPECT_EQ(refused.body, "");
    EXPECT_NE(findHeader(refused.headers, "WWW-Authenticate").find("insufficient_scope"), std::string::npos);
  }
  EXPECT_EQ(box.answer(get("/2.0/users", "weak"), at()).status, 403);
  EXPECT_EQ(box.answer(get("/2.0/users/u1", "weak"), at()).status, 403);
  EXPECT_EQ(box.answer(get("/2.0/users", "old"), at()).status, 401);
}

TEST(BoxDirectory, CountsAgainstTheRate) {
  EmulatorOptions options;
  options.rateLimitCalls = 1;
  BoxBehaviour box(options);
  EXPECT_EQ(box.answer(get("/2.0/users", "t"), at()).status, 200);
  EXPECT_EQ(box.answer(get("/2.0/groups", "t"), at()).status, 429);
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
