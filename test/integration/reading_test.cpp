// The calls that read, against the emulator.
#include "support/box_test.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "box/read/events.hpp"
#include "box/read/groups.hpp"
#include "box/bulk/bulk_termination.hpp"
#include "box/read/user_source.hpp"
#include "box/read/users.hpp"

namespace {

using namespace box;
using namespace box::test;
using emulator::Reply;

class Reading : public BoxTest {
 protected:
  Reading() {
    emulator::EmulatorDirectory& directory = options.directory;
    for (int i = 0; i < 2'345; ++i) {
      directory.users.push_back(
          {std::to_string(100'000 + i), "Person " + std::to_string(i), "p" + std::to_string(i) + "@example.com"});
    }
    directory.groups.push_back({"5", "Staff"});
    directory.groups.push_back({"6", "Stage"});
    for (int i = 0; i < 12'000; ++i) {
      directory.memberships.push_back(
          {std::to_string(i + 1), i < 1'500 ? "5" : "6", std::to_string(100'000 + i % 2'345)});
    }
    directory.enterpriseId = "4711";
    directory.enterpriseName = "Example";
  }
};

TEST_F(Reading, OfOneselfAndOfOneUser) {
  const BoxClient client = this->client();
  const auto me = result(client.users.getUserMe({.fields = {"id", "login", "role", "enterprise"}}));
  ASSERT_TRUE(me) << me.error().what();
  EXPECT_EQ(me->id, options.adminUser.id);
  EXPECT_EQ(me->role, "admin");
  EXPECT_EQ(me->enterprise.id, "4711");
  EXPECT_EQ(result(client.users.getUserById("100007"))->login, "p7@example.com");
  EXPECT_EQ(result(client.users.getUserById("100007", {.queryParams = {.fields = {"role"}}}))->role, "user");
  EXPECT_EQ(result(client.users.getUserById("9")).error().code(), Errc::notFound);
}

TEST_F(Reading, OfAllUsersByMarker) {
  UserReader reader = client().users.readUsers({.fields = {"id", "login"}});
  std::set<std::string> ids;
  std::size_t count = 0;
  for (;;) {
    const auto page = result(reader.nextPage());
    ASSERT_TRUE(page) << page.error().what();
    if (page->empty()) break;
    for (const UserFull& user : *page) ids.insert(user.id);
    count += page->size();
  }
  EXPECT_EQ(count, 2'346u) << "with the administrator";
  EXPECT_EQ(ids.size(), count);
  EXPECT_EQ(reader.end(), ListEnd::complete);
  EXPECT_EQ(emulator().counts().requests, 3u);
}

TEST_F(Reading, OfAGroupsMembersAsFarAsBoxLists) {
  const BoxClient client = this->client();
  GroupReader groups = client.groups.readGroups({.filterTerm = "sta"});
  EXPECT_EQ(result(groups.nextPage())->size(), 2u);
  for (const auto& [group, size, end] :
       {std::tuple("5", 1'500u, ListEnd::complete), std::tuple("6", 10'500u, ListEnd::complete)}) {
    MembershipReader members = client.memberships.readGroupMemberships(group);
    std::size_t count = 0;
    for (auto page = result(members.nextPage()); page && !page->empty(); page = result(members.nextPage()))
      count += page->size();
    EXPECT_EQ(count, size);
    EXPECT_EQ(members.end(), end);
  }
  MembershipReader cut = client.memberships.readGroupMemberships("6", {.queryParams = {.limit = 400, .offset = 9'700}});
  std::size_t count = 0;
  for (auto page = result(cut.nextPage()); page && !page->empty(); page = result(cut.nextPage())) count += page->size();
  EXPECT_EQ(count, 400u);
  EXPECT_EQ(cut.end(), ListEnd::offsetLimit);
}

TEST_F(Reading, OfEventsInEachFormOfAPosition) {
  using emulator::PositionForm;
  for (const PositionForm form : {PositionForm::text, PositionForm::number, PositionForm::alternating}) {
    emulator::EmulatorEventSettings settings;
    settings.positionForm = form;
    settings.shortPage = 7;
    emulator().setEventSettings(settings);
    const BoxClient client = this->client();
    const auto now = result(client.events.getEvents({.streamType = "admin_logs_streaming", .streamPosition = "now"}));
    ASSERT_TRUE(now);
    EXPECT_GE(now->nextStreamPosition.size(), 19u);
    EventReader reader =
        client.events.readEvents({.streamType = "admin_logs_streaming", .streamPosition = now->nextStreamPosition});
    EXPECT_FALSE(*result(reader.next()));
    for (int i = 0; i < 20; ++i) emulator().addEvent({.type = "LOGIN", .userId = "100007"});
    std::set<std::string> seen;
    for (auto event = result(reader.next()); event && *event; event = result(reader.next())) {
      EXPECT_EQ((*event)->source.userId, "100007");
      EXPECT_TRUE(seen.insert((*event)->eventId).second);
    }
    EXPECT_EQ(seen.size(), 20u);
    EXPECT_FALSE(*result(reader.next()));
  }
}

TEST_F(Reading, IsRefusedWithoutTheRights) {
  options.events.forbidden = true;
  const auto page = result(client().events.getEvents({.streamType = "admin_logs_streaming", .streamPosition = "now"}));
  EXPECT_EQ(page.error().code(), Errc::forbidden);
  EXPECT_EQ(page.error().fate(), Fate::rejected);
}

TEST_F(Reading, RetriesAnAnswerWhoseBodyIsLost) {
  const BoxClient client = this->client();
  emulator().script({Reply::asBox().cutBody(20), Reply::status(503), Reply::asBox()});
  const auto me = result(client.users.getUserMe());
  ASSERT_TRUE(me) << me.error().what();
  EXPECT_EQ(me->id, options.adminUser.id);
  EXPECT_EQ(emulator().counts().requests, 3u);

  emulator().setDefault(Reply::asBox().cutBody(20));
  const auto lost = result(client.users.getUserMe());
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code(), Errc::connectionLost);
  EXPECT_EQ(lost.error().attempts().size(), 5u);
}

TEST_F(Reading, AsksForSmallerPagesWhereOneIsTooLarge) {
  ResponseLimits limits;
  limits.bodyBytes = 16 * 1024;
  UserReader reader = client(session().withResponseLimits(limits)).users.readUsers();
  std::size_t count = 0;
  for (auto user = result(reader.next()); user && *user; user = result(reader.next())) ++count;
  EXPECT_EQ(count, 2'346u);
  EXPECT_EQ(reader.end(), ListEnd::complete);
}

/// The ids that a source gives.
std::vector<std::string> idsIn(const std::vector<BulkEntry>& entries) {
  std::vector<std::string> ids;
  for (const BulkEntry& entry : entries) ids.push_back(entry.value);
  return ids;
}

TEST_F(Reading, ListsOfADomainLeaveOutWhoMustStay) {
  auto& users = options.directory.users;
  users.clear();
  users.push_back({"21", "Ann", "ann@Other.example"});
  users.push_back({"22", "Ben", "ben@other.example", "inactive"});
  users.push_back({"23", "Cid", "cid@other.example", "active", "coadmin"});
  users.push_back({"24", "Dan", "dan@elsewhere.example"});
  users.push_back({"25", "App", "app@other.example", "active", "user", true});
  const BoxClient client = this->client();
  UserSelection selection = UserSelection::ofDomain("other.example");
  selection.statuses = {"active"};
  UserSource source(client.users, client.memberships, selection);
  std::vector<BulkEntry> entries;
  while (*result(source.read(entries, 1))) ASSERT_LT(entries.size(), 10u);
  EXPECT_EQ(idsIn(entries), (std::vector<std::string>{"21", "23"})) << "the client acts for the primary administrator";
  EXPECT_EQ(source.leftOut(), 2u);

  UserSource marked(client.users, client.memberships, UserSelection::everyone());
  std::vector<std::string> marks;
  for (auto page = result(marked.nextPage()); page && !page->empty(); page = result(marked.nextPage())) {
    for (const ListedUser& one : *page) marks.emplace_back(toString(one.mark));
  }
  EXPECT_EQ(marks, (std::vector<std::string>{"oneself", "none", "none", "none", "none", "appUser"}));
}

TEST_F(Reading, ListsOfAGroupsMembersLookUpFewAndFindMany) {
  options.directory.users.push_back({"31", "Co", "co@example.com", "inactive"});
  options.directory.groups.push_back({"8", "Small"});
  for (const char* id : {"100003", "31", "777"}) {
    options.directory.memberships.push_back({"m" + std::string(id), "8", id});
  }
  const BoxClient client = this->client();
  UserSelection few = UserSelection::ofGroups({"8"});
  few.statuses = {"active"};
  UserSource limited(client.users, client.memberships, few);
  std::vector<BulkEntry> entries;
  while (*result(limited.read(entries, 100))) ASSERT_LT(entries.size(), 10u);
  EXPECT_EQ(idsIn(entries), (std::vector<std::string>{"100003", "777"})) << "Box tells only the login of 777";

  UserSource large(client.users, client.memberships, UserSelection::ofGroups({"5", "8", "5"}));
  entries.clear();
  while (*result(large.read(entries, 100))) ASSERT_LT(entries.size(), 10'000u);
  EXPECT_EQ(entries.size(), 1'502u);
  const std::vector<std::string> ids = idsIn(entries);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());

  for (int i = 0; i < 1'000; ++i) options.directory.memberships.push_back({"x" + std::to_string(i), "6", "1"});
  emulator().setDirectory(options.directory);
  UserSource cut(client.users, client.memberships, UserSelection::ofGroups({"6"}));
  entries.clear();
  const auto read = result(cut.read(entries, 100));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Errc::unexpectedResponse);
  EXPECT_TRUE(entries.empty()) << "no user is given where the list is not complete";
  EXPECT_EQ(cut.membersEnd(), ListEnd::offsetLimit);
  EXPECT_EQ(large.membersEnd(), ListEnd::complete);
}

/// The number of users who are left out because Box lists them without an id.
std::size_t withoutId(const std::vector<ListedUser>& page) {
  return static_cast<std::size_t>(std::count_if(
      page.begin(), page.end(), [](const ListedUser& one) { return one.mark == UserMark::noId && one.leftOut; }));
}

TEST_F(Reading, ListsTellWhomBoxListsWithoutAnId) {
  options.directory.users.resize(20);
  options.directory.users.push_back({"", "Nameless", "nameless@example.com"});
  options.directory.groups.push_back({"8", "Small"});
  for (const char* id : {"100003", "", ""}) {
    options.directory.memberships.push_back({"m" + std::to_string(options.directory.memberships.size()), "8", id});
  }
  options.directory.memberships.push_back({"m", "5", ""});
  const BoxClient client = this->client();
  for (const auto& [selection, missing] :
       {std::pair(UserSelection::everyone(), 1u), std::pair(UserSelection::ofDomain("example.com"), 1u),
        std::pair(UserSelection::ofGroups({"8"}), 2u), std::pair(UserSelection::ofGroups({"5"}), 1u)}) {
    UserSource marked(client.users, client.memberships, selection);
    std::size_t seen = 0;
    for (auto page = result(marked.nextPage()); page && !page->empty(); page = result(marked.nextPage())) {
      seen += withoutId(*page);
    }
    EXPECT_EQ(seen, missing);
  }
  UserSource source(client.users, client.memberships, UserSelection::ofGroups({"8"}));
  std::vector<BulkEntry> entries;
  while (*result(source.read(entries, 100))) ASSERT_LT(entries.size(), 10u);
  EXPECT_EQ(idsIn(entries), (std::vector<std::string>{"100003"}));
  EXPECT_EQ(source.leftOut(), 2u);
}

TEST_F(Reading, FindsAGroupByItsNameOrId) {
  options.directory.groups.push_back({"9", "Stage"});
  const BoxClient client = this->client();
  EXPECT_EQ(result(findGroup(client.groups, "staff"))->id, "5");
  EXPECT_EQ(result(findGroup(client.groups, "12"))->id, "12");
  EXPECT_EQ(result(findGroup(client.groups, "Sta")).error().code(), Errc::invalidRequest);
  EXPECT_NE(std::string(result(findGroup(client.groups, "Stage")).error().what()).find("6, 9"), std::string::npos);
  for (int i = 0; i < 11'100; ++i) options.directory.groups.push_back({std::to_string(1'000 + i), "Team of many"});
  options.directory.groups.push_back({"99999", "Team"});
  emulator().setDirectory(options.directory);
  EXPECT_EQ(result(findGroup(client.groups, "Team")).error().code(), Errc::unexpectedResponse)
      << "a group that is not listed may have the same name";
}

TEST_F(Reading, AListIsWhatABulkRunSends) {
  options.directory.users.resize(250);
  const BoxClient client = this->client();
  const BulkTermination bulk(client.sessionTermination);
  const auto summary = result(
      bulk.run(std::make_shared<UserSource>(client.users, client.memberships, UserSelection::ofLoginPrefix("p1"))));
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->end, BulkEnd::finished);
  EXPECT_EQ(summary->counts.accepted, 111u) << "p1, p10 to p19, p100 to p199";
}

}  // namespace
