#include "box/read/user_source.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include "scripted_calls.hpp"

namespace box {
namespace {

using Ids = std::vector<std::string>;

class UserSources : public test::ScriptedCalls {
 protected:
  UserSource source(UserSelection selection) { return UserSource(users, memberships, std::move(selection)); }
  void addMe(const std::string& role = "admin") { box->add(R"({"id":"1","role":")" + role + "\"}"); }
  /// A page with all members of a group, who have these ids.
  void addMembers(const Ids& ids) {
    std::string entries;
    for (const std::string& id : ids) {
      entries += (entries.empty() ? "" : ",") + (R"({"id":"m)" + id) + R"(","user":{"id":")" + id + "\"}}";
    }
    box->add(R"({"total_count":)" + std::to_string(ids.size()) + R"(,"offset":0,"limit":1000,"entries":[)" + entries +
             "]}");
  }
  /// The users of the next page as texts: the id, and the mark if there is one.
  Ids page(UserSource& from) {
    const auto listed = await(from.nextPage());
    Ids out;
    if (!listed) return {"failed"};
    for (const ListedUser& one : *listed) {
      std::string text = one.user.id;
      if (one.mark != UserMark::none) text += " " + std::string(toString(one.mark));
      if (one.leftOut) text += " left out";
      out.push_back(text);
    }
    return out;
  }
};

TEST_F(UserSources, ListEveryoneWithMarks) {
  UserSource all = source(UserSelection::everyone());
  addMe("coadmin");
  box->add(R"({"next_marker":"m","entries":[{"id":"1"},{"id":"2"},{"id":"3","role":"admin"},{"id":"x"}]})");
  box->add(R"({"next_marker":"","entries":[{"id":"4","role":"coadmin"}]})");
  EXPECT_EQ(page(all), (Ids{"1 oneself left out", "2", "3 primaryAdmin left out", "x noId left out"}));
  EXPECT_EQ(page(all), Ids{"4 coAdmin left out"});
  EXPECT_EQ(page(all), Ids{});
  const std::string fields = "fields=id,type,name,login,status,role,is_platform_access_only";
  EXPECT_EQ(box->asked, (Ids{"GET /2.0/users/me?" + fields, "GET /2.0/users?" + fields + "&limit=1000&usemarker=true",
                             "GET /2.0/users?" + fields + "&limit=1000&usemarker=true&marker=m"}));
}

TEST_F(UserSources, ListNobodyWhereBoxDoesNotNameTheUserOfTheCredentials) {
  for (const char* answer : {"{}", R"({"id":"","role":"admin"})", R"({"id":"x"})"}) {
    UserSource all = source(UserSelection::everyone());
    box->add(answer);
    ASSERT_FALSE(await(all.nextPage())) << answer;
    EXPECT_EQ(failure->code(), Errc::unexpectedResponse);
    addMe();
    box->add(R"({"entries":[{"id":"1"},{"id":"2"}]})");
    EXPECT_EQ(page(all), (Ids{"1 oneself left out", "2"})) << "it asks again";
  }
}

TEST_F(UserSources, TheAdministratorMayNameCoAdministrators) {
  UserSource all = source(UserSelection::everyone());
  addMe("admin");
  box->add(R"({"entries":[{"id":"4","role":"coadmin"}]})");
  EXPECT_EQ(page(all), Ids{"4"});
}

TEST_F(UserSources, ReadOnPastPagesWithoutAUserOfTheDomain) {
  UserSource some = source(UserSelection::ofDomain("x.org"));
  addMe();
  box->add(R"({"next_marker":"m","entries":[{"id":"2","login":"b@y.org"}]})");
  box->add(R"({"next_marker":"","entries":[{"id":"4","login":"d@y.org"},{"id":"3","login":"c@x.org"}]})");
  EXPECT_EQ(page(some), Ids{"3"});
  EXPECT_EQ(page(some), Ids{});
  EXPECT_EQ(box->asked.at(1).find("filter_term"), std::string::npos) << "Box has no query for domains";
}

TEST_F(UserSources, AskBoxForThePrefixOfLogins) {
  UserSource some = source(UserSelection::ofLoginPrefix("svc-"));
  addMe();
  box->add(R"({"entries":[{"id":"2","login":"svc-1@x.org"},{"id":"3","login":"ann@x.org","name":"svc-"}]})");
  EXPECT_EQ(page(some), Ids{"2"});
  EXPECT_TRUE(box->asked.at(1).starts_with("GET /2.0/users?filter_term=svc-&")) << box->asked.at(1);
}

TEST_F(UserSources, AMemberOfTwoGroupsIsListedOnce) {
  UserSource some = source(UserSelection::ofGroups({"5", "6"}));
  addMe();
  addMembers({"11", "12"});
  addMembers({"12", "13"});
  for (const char* id : {"11", "12", "13"}) box->add(std::string(R"({"id":")") + id + "\"}");
  EXPECT_EQ(page(some), (Ids{"11", "12", "13"}));
  EXPECT_EQ(page(some), Ids{});
  EXPECT_EQ(some.membersEnd(), ListEnd::complete);
}

TEST_F(UserSources, LookUpTenMembersAtATime) {
  UserSource some = source(UserSelection::ofGroups({"5"}));
  addMe();
  Ids members;
  for (int i = 11; i < 23; ++i) members.push_back(std::to_string(i));
  addMembers(members);
  for (const std::string& id : members) box->add(R"({"id":")" + id + "\"}");
  EXPECT_EQ(page(some), Ids(members.begin(), members.begin() + 10));
  EXPECT_EQ(page(some), (Ids{"21", "22"}));
  EXPECT_EQ(page(some), Ids{});
}

TEST_F(UserSources, AMemberOfWhomBoxTellsNothingIsUnknown) {
  UserSource some = source(UserSelection::ofGroups({"5"}));
  addMe();
  addMembers({"11", "12", "x", "13"});
  box->fail(Errc::notFound);
  box->fail(Errc::forbidden);
  box->add(R"({"id":"13"})");
  EXPECT_EQ(page(some), (Ids{"11 unknown", "12 unknown", "x noId left out", "13"}));
}

TEST_F(UserSources, ARefusedTokenSaysNothingAboutAMember) {
  for (const Errc code : {Errc::notFound, Errc::forbidden}) {
    UserSource some = source(UserSelection::ofGroups({"5"}));
    addMe();
    addMembers({"11"});
    box->fail(code, Phase::token);
    EXPECT_EQ(page(some), Ids{"failed"});
    EXPECT_EQ(failure->code(), code);
    box->add(R"({"id":"11","role":"admin"})");
    EXPECT_EQ(page(some), Ids{"11 primaryAdmin left out"});
  }
}

TEST_F(UserSources, AFailedLookUpLosesNobody) {
  UserSource some = source(UserSelection::ofGroups({"5"}));
  addMe();
  addMembers({"11", "12"});
  box->add(R"({"id":"11"})");
  box->fail(Errc::connectionLost);
  EXPECT_EQ(page(some), Ids{"11"}) << "those who were found before it";
  box->fail(Errc::connectionLost);
  EXPECT_EQ(page(some), Ids{"failed"});
  EXPECT_EQ(failure->code(), Errc::connectionLost);
  box->add(R"({"id":"12"})");
  EXPECT_EQ(page(some), Ids{"12"});
  EXPECT_EQ(page(some), Ids{});
}

TEST_F(UserSources, ACancellationBetweenTwoLookUpsLosesNobody) {
  UserSource some = source(UserSelection::ofGroups({"5"}));
  addMe();
  addMembers({"11", "12", "13"});
  for (const char* id : {"11", "12", "13"}) box->add(R"({"id":")" + std::string(id) + "\"}");
  asio::io_context io;
  asio::cancellation_signal cancel;
  box->whenAnswered = [&] {
    // The answer of the second look-up comes together with the cancellation.
    if (box->asked.back().starts_with("GET /2.0/users/12")) cancel.emit(asio::cancellation_type::terminal);
  };
  error_code code;
  asio::co_spawn(io, tryAwait(some.nextPage()),
                 asio::bind_cancellation_slot(
                     cancel.slot(), [&](std::exception_ptr thrown, CallResult<std::vector<ListedUser>> result) {
                       EXPECT_FALSE(thrown);
                       if (!result) code = result.error().code();
                     }));
  io.run();
  EXPECT_EQ(code, asio::error::operation_aborted);
  box->whenAnswered = nullptr;
  EXPECT_EQ(page(some), (Ids{"11", "12", "13"}));
  EXPECT_EQ(page(some), Ids{});
}

TEST_F(UserSources, TheMembersOfALargeGroupAreTakenFromTheListOfAllUsers) {
  for (const int size : {50, 51}) {
    UserSource some = source(UserSelection::ofGroups({"5"}));
    box->asked.clear();
    box->answers.clear();
    addMe();
    Ids members;
    for (int i = 100; i < 100 + size; ++i) members.push_back(std::to_string(i));
    addMembers(members);
    if (size == 50) {
      for (const std::string& id : members) box->add(R"({"id":")" + id + "\"}");
      for (int i = 0; i < 5; ++i) EXPECT_EQ(page(some).size(), 10U);
      EXPECT_EQ(box->asked.at(2).substr(0, 19), "GET /2.0/users/100?");
    } else {
      box->add(R"({"next_marker":"m","entries":[{"id":"7"},{"id":"101"},{"id":"x"},{"id":"101"}]})");
      box->add(R"({"next_marker":"","entries":[{"id":"100"}]})");
      EXPECT_EQ(page(some), Ids{"101"}) << "each once, and no others";
      EXPECT_EQ(page(some), Ids{"100"});
      const Ids rest = page(some);
      EXPECT_EQ(rest.size(), 49U);
      EXPECT_EQ(rest.front(), "102 unknown") << "such as a user of another enterprise";
      EXPECT_EQ(box->asked.at(2).substr(0, 15), "GET /2.0/users?");
    }
    EXPECT_EQ(page(some), Ids{});
  }
}

TEST_F(UserSources, MembersWhoAreNotInTheListOfAllUsersComeByTheThousand) {
  UserSource some = source(UserSelection::ofGroups({"5"}));
  addMe();
  for (const int offset : {0, 1'000}) {
    std::string entries;
    for (int i = offset; i < std::min(offset + 1'000, 1'001); ++i) {
      const std::string id = std::to_string(10'000 + i);
      entries += (i == offset ? R"({"id":"m)" : R"(,{"id":"m)") + id + R"(","user":{"id":")" + id + "\"}}";
    }
    box->add(R"({"total_count":1001,"limit":1000,"offset":)" + std::to_string(offset) + R"(,"entries":[)" + entries +
             "]}");
  }
  box->add(R"({"next_marker":"","entries":[{"id":"7"}]})");
  EXPECT_EQ(page(some).size(), 1'000U);
  EXPECT_EQ(page(some), Ids{"11000 unknown"});
  EXPECT_EQ(page(some), Ids{});
}

TEST_F(UserSources, AGroupThatBoxDoesNotListWholeIsAnError) {
  UserSource some = source(UserSelection::ofGroups({"5"}));
  addMe();
  for (int offset = 0; offset <= 10'000; offset += 1'000) {
    const std::string id = std::to_string(100 + offset);
    box->add(R"({"total_count":20000,"limit":1000,"offset":)" + std::to_string(offset) + R"(,"entries":[{"id":"m)" +
             id + R"(","user":{"id":")" + id + "\"}}]}");
  }
  EXPECT_EQ(page(some), Ids{"failed"});
  EXPECT_EQ(failure->code(), Errc::unexpectedResponse);
  EXPECT_EQ(failure->fate(), Fate::accepted);
  EXPECT_EQ(failure->phase(), Phase::response);
  EXPECT_EQ(refusal(),
            "UserSource: Box does not list all members of group 5, because it lists at most about 11,000: end the "
            "sessions of the group by the group's id");
  EXPECT_EQ(some.membersEnd(), ListEnd::offsetLimit);
}

TEST_F(UserSources, AGroupThatChangesEachTimeIsAnError) {
  UserSource some = source(UserSelection::ofGroups({"5"}));
  addMe();
  for (int reading = 0; reading < 3; ++reading) {
    box->add(R"({"total_count":3000,"limit":1000,"offset":0,"entries":[{"id":"m","user":{"id":"11"}}]})");
    box->add(R"({"total_count":2000,"limit":1000,"offset":1000,"entries":[{"id":"n","user":{"id":"12"}}]})");
  }
  EXPECT_EQ(page(some), Ids{"failed"});
  EXPECT_EQ(refusal(),
            "UserSource: Box does not list all members of group 5, because they changed each time that they were read: "
            "end the sessions of the group by the group's id");
}

TEST_F(UserSources, GiveABulkRunTheIdsOfThoseWhoAreNotLeftOut) {
  UserSource all = source(UserSelection::everyone());
  addMe();
  box->add(R"({"next_marker":"m","entries":[{"id":"1"}]})");
  box->add(R"({"next_marker":"","entries":[{"id":"2"},{"id":"3"},{"id":"x"},{"id":"4"}]})");
  std::vector<BulkEntry> entries;
  EXPECT_EQ(await(all.read(entries, 2)), true);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(all.leftOut(), 2U);
  EXPECT_EQ(await(all.read(entries, 100)), true);
  EXPECT_EQ(await(all.read(entries, 100)), false);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].value, "2");
  EXPECT_EQ(entries[0].line, 1U);
  EXPECT_EQ(entries[2].value, "4");
  EXPECT_EQ(entries[2].line, 3U);
}

class FindGroup : public test::ScriptedCalls {
 protected:
  std::string found(const std::string& idOrName) {
    const auto group = await(findGroup(groups, idOrName));
    return group ? group->id : refusal();
  }
};

TEST_F(FindGroup, AsksNothingAboutAnId) {
  EXPECT_EQ(found("777"), "777");
  EXPECT_TRUE(box->asked.empty());
}

TEST_F(FindGroup, TakesTheWholeNameInAnyCase) {
  box->add(R"({"total_count":2,"limit":1000,"offset":0,"entries":[{"id":"5","name":"Staff EMEA"},)"
           R"({"id":"6","name":"STAFF"}]})");
  EXPECT_EQ(found("staff"), "6");
  EXPECT_EQ(box->asked, Ids{"GET /2.0/groups?filter_term=staff&limit=1000&offset=0"});
}

TEST_F(FindGroup, NeedsExactlyOneGroup) {
  box->add(R"({"total_count":1,"limit":1000,"offset":0,"entries":[{"id":"5","name":"Staff EMEA"}]})");
  EXPECT_EQ(found("staff"), "findGroup: no group has this name, or the account may not see it");
  EXPECT_EQ(failure->code(), Errc::invalidRequest);
  box->add(R"({"total_count":2,"limit":1000,"offset":0,"entries":[{"id":"5","name":"Staff"},)"
           R"({"id":"6","name":"staff"}]})");
  EXPECT_EQ(found("staff"), "findGroup: more than one group has this name: give an id, one of 5, 6");
  EXPECT_EQ(failure->code(), Errc::invalidRequest);
}

TEST_F(FindGroup, NamesTenUsableIdsAtMost) {
  std::string listed = R"({"id":"\u001b[2J","name":"staff"})";
  for (int id = 1; id <= 12; ++id) listed += R"(,{"id":")" + std::to_string(id) + R"(","name":"staff"})";
  box->add(R"({"total_count":13,"limit":1000,"offset":0,"entries":[)" + listed + "]}");
  EXPECT_EQ(found("staff"),
            "findGroup: more than one group has this name: give an id, one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10");
}

TEST_F(FindGroup, DoesNotTakeTheFirstOfAListThatIsNotWhole) {
  for (int offset = 0; offset <= 10'000; offset += 1'000) {
    box->add(R"({"total_count":20000,"limit":1000,"offset":)" + std::to_string(offset) +
             (offset == 0 ? R"(,"entries":[{"id":"5","name":"staff"}]})" : R"(,"entries":[{"id":"6","name":"x"}]})"));
  }
  EXPECT_EQ(found("staff"), "findGroup: Box does not list all groups whose names begin so: give the group's id");
  EXPECT_EQ(failure->code(), Errc::unexpectedResponse);
  EXPECT_EQ(failure->fate(), Fate::accepted);
  EXPECT_EQ(failure->phase(), Phase::response);
}

}  // namespace
}  // namespace box
