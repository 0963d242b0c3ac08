#include "read/user_filter.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "box/error.hpp"

namespace box {
namespace {

UserFull user(std::string id, std::string login, std::string role = "user") {
  UserFull u;
  u.id = std::move(id);
  u.login = std::move(login);
  u.role = std::move(role);
  u.status = "active";
  return u;
}

UserMini me() { return user("1", "me@example.com"); }

UserFilter filterOf(const UserSelection& selection, bool isPrimaryAdmin) {
  UserFilter filter(selection);
  filter.setAccount(me(), isPrimaryAdmin);
  return filter;
}

UserMark markIn(const UserSelection& selection, const UserFull& user, bool leftOut, bool isPrimaryAdmin = false) {
  const ListedUser listed = filterOf(selection, isPrimaryAdmin).mark(user, true);
  EXPECT_EQ(listed.leftOut, leftOut);
  return listed.mark;
}

template <class Make>
std::string refusal(Make make) {
  try {
    make();
    return "taken";
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidRequest);
    return error.details().context;
  }
}

TEST(UserFilter, LeavesOutThoseWhoAreNotAskedFor) {
  UserSelection everyone = UserSelection::everyone();
  EXPECT_EQ(markIn(everyone, user("2", "b@example.com"), false), UserMark::none);
  EXPECT_EQ(markIn(everyone, user("1", "me@example.com"), true), UserMark::oneself);
  EXPECT_EQ(markIn(everyone, user("3", "c@example.com", "admin"), true), UserMark::primaryAdmin);
  EXPECT_EQ(markIn(everyone, user("3", "c@example.com", "coadmin"), true), UserMark::coAdmin);
  EXPECT_EQ(markIn(everyone, user("3", "c@example.com", "coadmin"), false, true), UserMark::none)
      << "the primary administrator may manage them";
  UserFull app = user("4", "app@boxdevedition.com");
  app.isPlatformAccessOnly = true;
  EXPECT_EQ(markIn(everyone, app, true), UserMark::appUser);

  everyone.oneself = everyone.primaryAdmin = everyone.coAdmins = everyone.appUsers = true;
  EXPECT_EQ(markIn(everyone, user("1", "me@example.com"), false), UserMark::oneself) << "marked all the same";
  EXPECT_EQ(markIn(everyone, user("3", "c@example.com", "admin"), false), UserMark::primaryAdmin);
  EXPECT_EQ(markIn(everyone, user("3", "c@example.com", "coadmin"), false), UserMark::coAdmin);
  EXPECT_EQ(markIn(everyone, app, false), UserMark::appUser);
}

TEST(UserFilter, OfSeveralMarksTheOneThatLeavesOutHasPrecedence) {
  UserSelection selection = UserSelection::everyone();
  selection.oneself = true;
  EXPECT_EQ(markIn(selection, user("1", "me@example.com", "admin"), true), UserMark::primaryAdmin);
  EXPECT_EQ(markIn(selection, user("1", "me@example.com", "coadmin"), true), UserMark::coAdmin);
  UserFull app = user("1", "app@boxdevedition.com");
  app.isPlatformAccessOnly = true;
  EXPECT_EQ(markIn(selection, app, true), UserMark::appUser);
  selection.primaryAdmin = selection.coAdmins = selection.appUsers = true;
  EXPECT_EQ(markIn(selection, user("1", "me@example.com", "admin"), false), UserMark::oneself);
  EXPECT_EQ(markIn(selection, app, false), UserMark::oneself);
}

TEST(UserFilter, LeavesOutExceptionsAndOtherStatuses) {
  UserSelection selection = UserSelection::everyone();
  selection.except = {"2", "Ann@Example.com"};
  selection.statuses = {"active"};
  selection.oneself = true;
  EXPECT_EQ(markIn(selection, user("2", "b@example.com"), true), UserMark::excepted);
  EXPECT_EQ(markIn(selection, user("9", "ANN@example.COM"), true), UserMark::excepted);
  UserFull gone = user("1", "me@example.com");
  gone.status = "inactive";
  EXPECT_EQ(markIn(selection, gone, true), UserMark::status) << "leaving out has precedence over including";
  EXPECT_FALSE(filterOf(selection, false).mark(user("7", ""), false).leftOut)
      << "a member whose status Box does not tell";
  EXPECT_EQ(filterOf(selection, false).mark(user("7", ""), false).mark, UserMark::unknown);
}

TEST(UserFilter, NobodyWithoutAnIdIsPassedOverInSilence) {
  UserSelection selection = UserSelection::everyone();
  selection.oneself = selection.primaryAdmin = selection.coAdmins = selection.appUsers = true;
  for (const char* id : {"", "null", "123456789012345678901"}) {
    EXPECT_EQ(markIn(selection, user(id, "b@example.com"), true), UserMark::noId) << id;
  }
  const UserFilter domain = filterOf(UserSelection::ofDomain("example.com"), false);
  EXPECT_TRUE(domain.isInScope(user("", ""))) << "the user may be of this domain";
  EXPECT_FALSE(domain.isInScope(user("", "a@elsewhere.example")));
  EXPECT_FALSE(domain.isInScope(user("2", "")));
}

TEST(UserFilter, FindsDomainsAndPrefixesInAnyCase) {
  const UserFilter domain = filterOf(UserSelection::ofDomain("Example.com"), false);
  EXPECT_TRUE(domain.isInScope(user("2", "a@EXAMPLE.COM")));
  EXPECT_FALSE(domain.isInScope(user("2", "a@sub.example.com")));
  EXPECT_FALSE(domain.isInScope(user("2", "a@example.com.evil.org")));
  EXPECT_FALSE(domain.isInScope(user("2", "example.com")));
  EXPECT_TRUE(domain.isInScope(user("2", "\"a@b\"@example.com"))) << "after the last @";
  const UserFilter prefix = filterOf(UserSelection::ofLoginPrefix("Svc-"), false);
  EXPECT_TRUE(prefix.isInScope(user("2", "svc-7@example.com")));
  EXPECT_FALSE(prefix.isInScope(user("2", "my-svc-7@example.com")));
}

TEST(UserFilter, RefusesUnfitSelections) {
  EXPECT_EQ(refusal([] { UserSelection::ofGroups({}); }), "UserSelection: groupIds is empty: name a group");
  EXPECT_EQ(refusal([] { UserSelection::ofGroups({"5", "Staff"}); }).substr(0, 27), "UserSelection: groupIds[1] ");
  EXPECT_EQ(refusal([] { UserSelection::ofGroups({"Staff", "5"}); }).substr(0, 27), "UserSelection: groupIds[0] ");
  for (const char* domain : {"", "a@b.c", "exa mple.com", ".com", "x,y"}) {
    EXPECT_NE(refusal([&] { UserSelection::ofDomain(domain); }), "taken") << domain;
  }
  for (const char* prefix : {"a", "a@", "a@x.", "a@x.org"}) {
    EXPECT_EQ(refusal([&] { UserSelection::ofLoginPrefix(prefix); }), "taken") << prefix;
  }
  for (const char* prefix : {"", "a b", "a@b@", "\n"}) {
    EXPECT_NE(refusal([&] { UserSelection::ofLoginPrefix(prefix); }), "taken") << prefix;
  }
  EXPECT_EQ(refusal([] { UserSelection::ofLoginPrefix("ann@"); }), "taken");
  EXPECT_EQ(refusal([] { UserSelection::ofLoginPrefix("ann@exa"); }), "taken");
  UserSelection selection = UserSelection::everyone();
  selection.statuses = {"active", "asleep"};
  EXPECT_EQ(refusal([&] { static_cast<void>(UserFilter(selection)); }).substr(0, 27), "UserSelection: statuses[1] ");
  selection.statuses = {"asleep"};
  EXPECT_EQ(refusal([&] { static_cast<void>(UserFilter(selection)); }).substr(0, 27), "UserSelection: statuses[0] ");
  selection.statuses.clear();
  selection.except = {"no id and no login"};
  EXPECT_EQ(refusal([&] { static_cast<void>(UserFilter(selection)); }).substr(0, 25), "UserSelection: except[0] ");
  selection.except = {"11", "ann@example.com", "no id and no login"};
  EXPECT_EQ(refusal([&] { static_cast<void>(UserFilter(selection)); }).substr(0, 25), "UserSelection: except[2] ");
  selection.except = {"11", "ann@example.com"};
  selection.statuses = {"active", "inactive", "cannot_delete_edit", "cannot_delete_edit_upload"};
  EXPECT_EQ(refusal([&] { static_cast<void>(UserFilter(selection)); }), "taken");
}

}  // namespace
}  // namespace box
